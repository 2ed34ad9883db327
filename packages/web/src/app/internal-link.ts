import { useRouter } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { MouseEvent } from 'react';

interface InternalLink {
  readonly href: string;
  readonly onClick: (event: MouseEvent) => void;
}

/** Props of a link to a path of this page that is written as text: a plain click stays in the page, any other opens it as links do. */
export function useInternalLink(): (path: string) => InternalLink {
  const router = useRouter();
  return useCallback(
    (path) => ({
      href: path,
      onClick(event) {
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        router.history.push(path);
      },
    }),
    [router],
  );
}

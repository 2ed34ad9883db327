import type { ResolvedLink } from '@vitrine/compute/field/links.ts';
import type { ReactElement } from 'react';

/** Links of what a tooltip tells of; one that leads nowhere safe is its title alone. */
export function LinkItems({ links }: { readonly links: readonly ResolvedLink[] }): ReactElement {
  return (
    <>
      {links.map(({ title, href, targetBlank }) =>
        href === undefined ? (
          <span key={title}>{title}</span>
        ) : (
          <a key={`${title} ${href}`} href={href} {...(targetBlank ? { target: '_blank', rel: 'noopener noreferrer' } : {})}>
            {title}
          </a>
        ),
      )}
    </>
  );
}

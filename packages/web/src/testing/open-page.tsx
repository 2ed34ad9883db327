import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, RouterProvider } from '@tanstack/react-router';
import { ThemeProvider } from '@vitrine/ui/theme/theme-provider.tsx';
import { createRoot } from 'react-dom/client';
import { createQueryClient } from '../api/query-client.ts';
import { createAppRouter } from '../router.tsx';

export interface OpenPage {
  readonly router: ReturnType<typeof createAppRouter>;
  /** Takes it out of the document, and forgets what it was answered. */
  close(): void;
}

/** The whole page at an address such as `/cardinality`, in the document of the test. */
export function openPage(path: string, client = createQueryClient()): OpenPage {
  const router = createAppRouter(client, createMemoryHistory({ initialEntries: [path] }));
  const place = document.createElement('div');
  document.body.append(place);
  const root = createRoot(place);
  root.render(
    <ThemeProvider>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </ThemeProvider>,
  );
  return {
    router,
    close() {
      root.unmount();
      client.clear();
    },
  };
}

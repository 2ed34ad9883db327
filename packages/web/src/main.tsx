import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { ThemeProvider } from '@vitrine/ui/theme/theme-provider.tsx';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueryClient } from './api/query-client.ts';
import { createAppRouter } from './router.tsx';
import { parseSearch, readDashboardSearch } from './time/dashboard-search.ts';

const client = createQueryClient();
const router = createAppRouter(client);
const { theme } = readDashboardSearch(parseSearch(window.location.search));

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <ThemeProvider {...(theme === undefined ? {} : { force: theme })}>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </ThemeProvider>
  </StrictMode>,
);

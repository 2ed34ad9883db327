// @vitest-environment happy-dom
import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import type { Run } from '@vitrine/model/run.ts';
import { ThemeProvider } from '@vitrine/ui/theme/theme-provider.tsx';
import { act, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createQueryClient } from '../api/query-client.ts';
import { OverviewTab } from './overview-tab.tsx';

const RUN: Run = {
  id: 'r1',
  name: 'first',
  projectId: 1,
  project: 'p',
  group: '',
  tags: {},
  params: {},
  status: 'running',
  startedMs: 0,
  endedMs: undefined,
  heartbeatMs: 0,
  source: 'api',
  notes: 'as it was',
  parentId: undefined,
  user: '',
  hosts: [],
  labels: {},
  deletedMs: undefined,
  revision: 1,
};

test('what is being written as a note stays while the training goes on', async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  Object.defineProperty(document, 'fonts', { value: new EventTarget(), configurable: true });
  const client = createQueryClient();
  const user = { name: 'ada', role: 'editor' } as const;
  client.setQueryData(['session'], { user, version: '1', nowMs: Date.now() });
  let log: (revision: number) => void = () => {};
  function Page() {
    const [revision, setRevision] = useState(1);
    log = setRevision;
    const answer = { run: { ...RUN, revision }, parent: undefined, children: [], metrics: [], findings: [], items: [] };
    return <OverviewTab answer={answer} search={{}} change={() => {}} />;
  }
  const router = createRouter({ routeTree: createRootRoute({ component: Page }), history: createMemoryHistory() });
  const place = document.createElement('div');
  document.body.append(place);
  const root = createRoot(place);
  onTestFinished(() => {
    act(() => root.unmount());
    client.clear();
    place.remove();
    vi.unstubAllGlobals();
  });
  await act(async () => {
    await router.load();
    root.render(
      <ThemeProvider>
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </ThemeProvider>,
    );
  });
  const edit = [...document.querySelectorAll('section')]
    .find((section) => section.querySelector('h2')?.textContent === 'Notes')
    ?.querySelector('button');
  act(() => edit?.click());
  const field = document.querySelector<HTMLTextAreaElement>('textarea[aria-label="Notes, in Markdown"]')!;
  act(() => {
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')!.set!.call(field, 'half a sent');
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
  act(() => log(2));
  expect(document.querySelector('textarea')?.value).toBe('half a sent');
});

// @vitest-environment happy-dom
import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, RouterProvider } from '@tanstack/react-router';
import type { PanelData } from '@vitrine/model/frame.ts';
import { encodePanelData } from '@vitrine/model/frame-wire.ts';
import { ThemeProvider } from '@vitrine/ui/theme/theme-provider.tsx';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createQueryClient } from './api/query-client.ts';
import { createAppRouter } from './router.tsx';

const session = { user: { name: 'owner', role: 'admin' }, version: '1', nowMs: Date.now() };
const summary = {
  uid: 'training',
  title: 'Training',
  description: 'Loss',
  tags: ['ml'],
  panelCount: 1,
  builtin: true,
  folder: undefined,
  starred: false,
  updatedMs: 0,
};
const field = { unit: '', decimals: null, min: null, max: null, thresholds: [], noValue: '' };
const query = { refId: 'A', source: 'builtin', hidden: false, spec: { expr: 'training_loss' } };
const dashboard = {
  version: 1,
  uid: 'training',
  title: 'Training',
  description: '',
  tags: [],
  x: 'time',
  range: { from: 'now-1h', to: 'now' },
  refresh: 'off',
  panels: [
    { id: 1, title: 'Run', description: '', kind: 'row', grid: { x: 0, y: 0, w: 24, h: 1 }, queries: [], field, options: {} },
    {
      id: 2,
      title: 'Loss',
      description: '',
      kind: 'stat',
      grid: { x: 0, y: 1, w: 6, h: 4 },
      queries: [query],
      field,
      options: {},
    },
  ],
};
const loss: PanelData = {
  frames: [
    {
      refId: 'A',
      shape: 'series',
      length: 2,
      fields: [
        { name: 'time', type: 'time', values: Float64Array.of(session.nowMs - 2_000, session.nowMs - 1_000) },
        { name: 'loss', type: 'number', labels: { run: 'a' }, values: Float64Array.of(0.5, 0.25) },
      ],
    },
  ],
  growable: true,
  notices: [],
  traces: [],
  fromMs: session.nowMs - 3_600_000,
  toMs: session.nowMs,
  stepMs: 1_000,
};

type Answer = (path: string, body: unknown) => Response | Promise<Response>;
const json =
  (body: unknown, status = 200): Answer =>
  () =>
    Response.json(body, { status });
const refuse = (status: number, message: string): Answer => json({ error: { code: 'x', message } }, status);
const frames =
  (data: PanelData): Answer =>
  () =>
    new Response(encodePanelData(data) as BodyInit);

/** What the server answers, by path; what is not named is not there. */
let answers: Record<string, Answer>;
const asked: string[] = [];
let unmount: (() => void) | undefined;

beforeEach(() => {
  asked.length = 0;
  answers = {
    '/api/session': json(session),
    '/api/dashboards': (path) =>
      Response.json(path.includes('q=zzz') ? { dashboards: [], total: 0 } : { dashboards: [summary], total: 1 }),
    '/api/folders': json([]),
    '/api/annotation-events': json({ events: [], notices: [] }),
    '/api/dashboards/training': json({ dashboard, builtin: true }),
    '/api/panel-data': frames(loss),
    '/api/v1/targets': json({ status: 'success', data: { activeTargets: [] } }),
    '/api/v1/label/__name__/values': json({ status: 'success', data: ['training_loss'] }),
  };
  vi.stubGlobal('fetch', async (path: string, { body }: RequestInit = {}) => {
    const place = path.replace(/\?.*/, '');
    asked.push(place);
    const answer = answers[place] ?? refuse(404, 'There is nothing at this address.');
    return answer(path, typeof body === 'string' ? JSON.parse(body) : undefined);
  });
  // happy-dom lays nothing out: every element is this large and in view.
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(300);
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(120);
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      readonly #tell: (entries: { isIntersecting: boolean }[]) => void;
      constructor(tell: (entries: { isIntersecting: boolean }[]) => void) {
        this.#tell = tell;
      }
      observe(): void {
        this.#tell([{ isIntersecting: true }]);
      }
      disconnect(): void {}
    },
  );
});

afterEach(() => {
  unmount?.();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  document.body.replaceChildren();
});

async function open(path: string) {
  const client = createQueryClient();
  client.setDefaultOptions({ queries: { ...client.getDefaultOptions().queries, retry: false } });
  const history = createMemoryHistory({ initialEntries: [path] });
  const router = createAppRouter(client, history);
  const place = document.createElement('div');
  document.body.append(place);
  const root = createRoot(place);
  unmount = () => {
    root.unmount();
    client.clear();
  };
  root.render(
    <ThemeProvider>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </ThemeProvider>,
  );
  return router;
}

/** Waits for something to become true: long enough for a busy machine. */
function soon<T>(check: () => T): Promise<T> {
  return vi.waitFor(check, { timeout: 15_000 });
}

/** Waits until the page says it. */
async function says(text: string | RegExp): Promise<void> {
  await soon(() => {
    expect(document.body.textContent).toMatch(text);
  });
}

async function press(name: string): Promise<void> {
  const found = await soon(() => {
    const button = [...document.querySelectorAll<HTMLElement>('button, a')].find(
      (element) => element.getAttribute('aria-label') === name || element.textContent === name,
    );
    expect(button, `a button named ${name}`).toBeDefined();
    return button as HTMLElement;
  });
  found.click();
}

test('nobody is signed in: the page says how, and afterwards the reader is where they wanted to be', async () => {
  answers['/api/session'] = refuse(401, 'Nobody is signed in.');
  const router = await open('/d/training?from=now-5m');
  await says('Sign in to Vitrine');
  await says('npx vitrine token link');
  answers['/api/session'] = json(session);
  answers['/api/sign-in'] = () => new Response(null, { status: 204 });
  const input = document.querySelector('input') as HTMLInputElement;
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, 'http://x.test/sign-in?token=abcdefgh');
  input.dispatchEvent(new Event('input', { bubbles: true }));
  await press('Sign in');
  await says('Last 5 minutes');
  expect(router.state.location.href).toBe('/d/training?from=now-5m');
});

test('a panel shows its value', async () => {
  await open('/d/training');
  await says('0.25');
  expect(asked.filter((path) => path === '/api/panel-data')).toHaveLength(1);
});

test.each([
  ['nothing in the range', () => frames({ ...loss, frames: [] }), 'Nothing in this range.'],
  ['a failing query', () => refuse(422, 'The query asks for too much'), 'The query asks for too much.'],
  ['a forbidden one', () => refuse(403, 'This user may not do that.'), 'This user may not do that.'],
  ['an answer of another form', (): Answer => () => new Response('<html>'), /frames: /],
])('a panel with %s says so', async (_, answer, sentence) => {
  answers['/api/panel-data'] = answer();
  await open('/d/training');
  await says(sentence);
});

test('where no panel has anything in the range, the page leads further back', async () => {
  answers['/api/panel-data'] = frames({ ...loss, frames: [] });
  await open('/d/training');
  await says('No panel has anything in this range.');
  answers['/api/panel-data'] = frames(loss);
  await press('Last 24 hours');
  await says('0.25');
  expect(document.body.textContent).not.toMatch('No panel has anything');
});

test('an error keeps the last good picture under one sentence, and trying again brings the new one', async () => {
  await open('/d/training');
  await says('0.25');
  answers['/api/panel-data'] = refuse(503, 'The query took too long.');
  await press('Ask again now');
  await says('The query took too long.');
  await says('0.25');
  expect(document.querySelectorAll('[data-panel="2"] [role="alert"]')).toHaveLength(1);
  answers['/api/panel-data'] = frames(loss);
  await press('Try again');
  await soon(() => {
    expect(document.body.textContent).not.toMatch('too long');
  });
});

test('a server that went away is told of once, over the last good picture, and what it missed is asked again', async () => {
  await open('/d/training');
  await says('0.25');
  const { '/api/session': signedIn, '/api/panel-data': data } = answers;
  answers['/api/panel-data'] = answers['/api/session'] = () => Promise.reject(new TypeError('Failed to fetch'));
  await press('Ask again now');
  await says('Vitrine does not answer, so what you see is old.');
  await says('0.25');
  expect(document.querySelectorAll('[role="alert"]')).toHaveLength(1);
  Object.assign(answers, { '/api/session': signedIn, '/api/panel-data': data });
  await soon(() => expect(document.querySelectorAll('[role="alert"], [data-state="stale"]')).toHaveLength(0));
});

test('a folded row asks for nothing and says what it holds', async () => {
  await open('/d/training?fold=1');
  await says('1 panel');
  expect(asked).not.toContain('/api/panel-data');
  await press('Run1 panel');
  await says('0.25');
});

test.each([
  ['/d/nope', 'There is no dashboard “nope”'],
  ['/d/training?panel=99', 'This dashboard has no panel 99'],
  ['/no/such/page', 'There is no such page'],
  ['/dashboards?q=zzz', 'No dashboard matches “zzz”'],
  ['/dashboards', /Training.*1 panel/],
])('%s says "%s"', async (path, sentence) => {
  await open(path);
  await says(sentence);
});

test('a server that does not answer is said to, and asked again', async () => {
  answers['/api/session'] = () => Promise.reject(new TypeError('Failed to fetch'));
  await open('/');
  await says('Vitrine does not answer');
  answers['/api/session'] = json(session);
  await press('Try again now');
  await says('Training');
});

test('a home without data shows how to connect, and says what arrives and where to see it', async () => {
  answers['/api/v1/label/__name__/values'] = json({ status: 'success', data: [] });
  await open('/');
  await says('Waiting for the first sample…');
  await says('remote_write:');
  answers['/api/v1/label/__name__/values'] = json({ status: 'success', data: ['training_loss', 'training_step'] });
  await says('Samples arrive: training_loss and 1 more. Open Training');
});

test('a home with data does not say how to connect', async () => {
  await open('/');
  await says('Training');
  await soon(() => expect(asked).toContain('/api/v1/label/__name__/values'));
  expect(document.body.textContent).not.toMatch('first sample');
});

test('what does not answer needs somebody, with the reason', async () => {
  const target = { scrapePool: 'trainer', scrapeUrl: 'http://h:1/metrics', lastScrape: new Date().toISOString() };
  answers['/api/v1/targets'] = json({
    data: { activeTargets: [{ ...target, health: 'down', lastError: 'connection refused' }] },
  });
  await open('/');
  await says('trainer does not answer');
  await says('connection refused');
});

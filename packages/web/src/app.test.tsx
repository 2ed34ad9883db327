// @vitest-environment happy-dom
import type { PanelData } from '@vitrine/model/frame.ts';
import { encodePanelData } from '@vitrine/model/frame-wire.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createQueryClient } from './api/query-client.ts';
import { openPage } from './testing/open-page.tsx';

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
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(120);
  vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(300);
  Object.defineProperty(document, 'fonts', { value: new EventTarget(), configurable: true });
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
  const page = openPage(path, client);
  unmount = page.close;
  return page.router;
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
    const button = [...document.querySelectorAll<HTMLElement>('button, a, [role="option"]')].find(
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

test('a sign-in that ends while the page is open is told as that', async () => {
  await open('/d/training');
  await says('0.25');
  answers['/api/session'] = refuse(401, 'Nobody is signed in.');
  answers['/api/panel-data'] = refuse(401, 'Nobody is signed in.');
  await press('Ask again now');
  await says('Your sign-in has ended');
});

test.each([
  ['/d/training/edit', 'This dashboard is not yours to change'],
  ['/dashboards/new', 'New dashboards are not yours to make'],
  ['/import', 'Dashboards are not yours to bring'],
])('a viewer on %s is told before any work is put into it', async (path, sentence) => {
  answers['/api/session'] = json({ ...session, user: { name: 'reader', role: 'viewer' } });
  await open(path);
  await says(sentence);
  expect(document.querySelector('textarea')).toBeNull();
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

test('the catalogue of health says that what it shows are no project’s own numbers, and asks again', async () => {
  answers['/api/runs/projects'] = json({ projects: [{ id: 1, name: 'digits', runs: 3 }] });
  answers['/api/runs/health'] = refuse(503, 'The store is closing.');
  await open('/health-catalogue');
  await says('The settings of digits could not be asked for');
  await says('The store is closing. The numbers below are those of every project that has set none.');
  answers['/api/runs/health'] = json({ project: 'digits', detectors: {}, roles: {} });
  await press('Try again');
  await soon(() => {
    expect(document.body.textContent).not.toMatch('could not be asked for');
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

const choice = { multi: true, includeAll: true, allValue: '', allowCustomValue: true };
const plain = { label: '', description: '', hide: 'none', skipUrlSync: false, extra: {} };
const source = { type: 'builtin', uid: 'builtin' };
const asks = { ...plain, ...choice, source, regex: '', regexApplyTo: 'value', sort: 'none', refresh: 'load', staticOptions: [] };
const figure = (id: number, title: string, expr: string, more = {}) => ({
  id,
  title,
  kind: 'stat',
  grid: { x: 0, y: 0, w: 6, h: 4 },
  queries: [{ refId: 'A', source, hidden: false, spec: { expr } }],
  fieldConfig: { defaults: {}, overrides: [] },
  options: {},
  ...more,
});
const row = (id: number, title: string, panels: number[], more = {}) => ({
  id,
  title,
  collapsed: false,
  hideHeader: false,
  layout: { kind: 'grid', panels },
  ...more,
});
const varied = {
  version: 2,
  uid: 'varied',
  title: 'Runs of $env',
  x: 'time',
  range: { from: 'now-1h', to: 'now' },
  refresh: 'off',
  variables: [
    {
      ...plain,
      kind: 'custom',
      ...choice,
      multi: false,
      name: 'env',
      options: [
        { text: 'Production', value: 'prod' },
        { text: 'Staging', value: 'stage' },
      ],
      current: 'prod',
    },
    { ...asks, kind: 'query', name: 'run', spec: { query: 'label_values(loss{env="$env"}, run)' }, current: '$__all' },
    { ...plain, kind: 'textbox', name: 'note', current: 'calm' },
  ],
  panels: [
    figure(1, 'Loss of $run', 'loss{run="$run"}', { repeat: { variable: 'run', direction: 'horizontal', maxPerRow: 4 } }),
    figure(2, 'All is $note', 'up'),
    figure(3, 'In a tab', 'tab'),
    figure(4, 'In the other', 'other'),
  ],
  layout: {
    kind: 'rows',
    sections: [
      row(10, 'Row of $run', [1]),
      row(11, 'Folded', [2], { collapsed: true }),
      row(12, 'Tabs', [], { layout: { kind: 'tabs', sections: [row(13, 'One', [3]), row(14, 'Two', [4])] } }),
    ],
  },
};
interface Asked {
  readonly variable?: string;
  readonly panel?: number;
  readonly variables?: Readonly<Record<string, string>>;
}

/** The varied dashboard; what its panels are asked for is kept. */
function serveVaried(): Asked[] {
  const questions: Asked[] = [];
  answers['/api/dashboards/varied'] = json({ dashboard: varied, builtin: false, revision: 1 });
  answers['/api/variable-options'] = (_, body) => {
    const runs = (body as Asked).variables?.['env'] === 'stage' ? ['c'] : ['a', 'b'];
    return Response.json({ options: runs.map((value) => ({ value, text: value })), total: runs.length });
  };
  const data = answers['/api/panel-data'] as Answer;
  answers['/api/panel-data'] = (path, body) => {
    questions.push(body as Asked);
    return data(path, body);
  };
  return questions;
}
const titles = (): (string | null)[] => [...document.querySelectorAll('section[data-panel] h2')].map((h2) => h2.textContent);

test('a panel is repeated for each value, rows open as they were saved, and only the open tab asks', async () => {
  const questions = serveVaried();
  await open('/d/varied');
  await says('Runs of Production');
  await soon(() => expect(titles()).toEqual(['Loss of a', 'Loss of b', 'In a tab']));
  await says(/Row of All.*Folded1 panel/);
  await soon(() => expect(questions).toHaveLength(3));
  expect(questions.map(({ panel, variables }) => [panel, variables?.['run']])).toEqual(
    expect.arrayContaining([
      [1, 'a'],
      [1, 'b'],
      [3, undefined],
    ]),
  );
});

test('a tab stands in the URL, and what was shown is not asked for again', async () => {
  const questions = serveVaried();
  const router = await open('/d/varied?tab=14');
  await says('In the other');
  await soon(() => expect(questions.some(({ panel }) => panel === 4)).toBe(true));
  expect(questions.some(({ panel }) => panel === 3)).toBe(false);
  await press('One');
  await says('In a tab');
  expect(router.state.location.href).toBe('/d/varied');
});

test('what is chosen stands in the URL, changes names, and asks only the panels that name it', async () => {
  const questions = serveVaried();
  const router = await open('/d/varied?var-run=a&fold=11');
  await soon(() => expect(titles()).toEqual(['Loss of a', 'All is calm', 'In a tab']));
  await soon(() => expect(questions).toHaveLength(3));
  await router.navigate({ to: '/d/$uid', params: { uid: 'varied' }, search: { 'var-run': 'a', 'var-note': 'wild', fold: '11' } });
  await soon(() => expect(titles()).toEqual(['Loss of a', 'All is wild', 'In a tab']));
  await router.navigate({ to: '/d/$uid', params: { uid: 'varied' }, search: { 'var-run': ['a', 'b'], fold: '11' } });
  await soon(() => expect(titles()).toEqual(['Loss of a', 'Loss of b', 'All is calm', 'In a tab']));
  await soon(() => expect(questions).toHaveLength(4));
  expect(questions[3]).toMatchObject({ panel: 1, variables: { run: 'b' } });
  await press('Reset the variables');
  await soon(() => expect(router.state.location.href).toBe('/d/varied?fold=11'));
});

test('a choice that another depends on takes away what is not there any more', async () => {
  serveVaried();
  const router = await open('/d/varied?var-run=a');
  await soon(() => expect(titles()).toContain('Loss of a'));
  await press('env: Production');
  await soon(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Search env'));
  await press('Staging');
  await soon(() => expect(router.state.location.search).toEqual({ 'var-env': 'stage' }));
  await soon(() => expect(titles()).toContain('Loss of c'));
});

test('a variable that can’t be read says so in the bar, and the page stays', async () => {
  serveVaried();
  answers['/api/variable-options'] = refuse(422, 'run: the source does not answer');
  await open('/d/varied');
  await says('run: run: the source does not answer');
  await says('In a tab');
});

test.each([
  ['/d/varied/some-title?orgId=1&viewPanel=panel-2&var-note=odd', '/d/varied?panel=2&var-note=odd', 'All is odd'],
  ['/d-solo/varied/some-title?panelId=2&from=now-5m&to=now', '/d/varied?panel=2&from=now-5m&to=now&kiosk=true', 'All is calm'],
])('Grafana’s %s is %s', async (path, href, title) => {
  serveVaried();
  const router = await open(path);
  await says(title);
  expect(titles()).toEqual([title]);
  expect(new URLSearchParams(router.state.location.href.split('?')[1])).toEqual(new URLSearchParams(href.split('?')[1]));
  expect(router.state.location.pathname).toBe('/d/varied');
});

test('an import shows what becomes of each panel, and offers a copy where the uid is taken', async () => {
  const finding = {
    level: 'approximated',
    panel: { id: 2, title: 'Old one', kind: 'graph' },
    path: 'panels[0]',
    text: 'Stacks differently.',
  };
  const imported = {
    dashboard: { ...varied, uid: 'there' },
    report: { form: 'Grafana v1, schema 27', inputs: [], findings: [finding] },
  };
  answers['/api/import'] = (_, body) => {
    const { trial, uid } = body as { trial?: boolean; uid?: string };
    return trial === true || uid === ''
      ? Response.json({ dashboards: [{ ...imported, dashboard: { ...varied, uid: uid === '' ? 'varied' : 'there' } }] })
      : Response.json({ error: { code: 'dashboard_exists', message: 'There is one of that uid already.' } }, { status: 409 });
  };
  serveVaried();
  const router = await open('/import');
  const area = await soon(() => {
    const found = document.querySelector('textarea');
    expect(found).not.toBeNull();
    return found as HTMLTextAreaElement;
  });
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')?.set?.call(area, '{}');
  area.dispatchEvent(new Event('input', { bubbles: true }));
  area.focus();
  area.blur();
  await says('Grafana v1, schema 27');
  await says('Stacks differently.');
  await press('Import');
  await says('There is one of that uid already.');
  await press('Import as a copy');
  await soon(() => expect(router.state.location.pathname).toBe('/d/varied'));
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

test('a variable of the menu stands behind "More filters", and is chosen there', async () => {
  serveVaried();
  const variables = varied.variables.map((variable) => (variable.name === 'env' ? { ...variable, hide: 'menu' } : variable));
  answers['/api/dashboards/varied'] = json({ dashboard: { ...varied, variables }, builtin: false, revision: 1 });
  const router = await open('/d/varied');
  await says('More filters');
  expect(document.querySelector('[aria-label="env: Production"]')).toBeNull();
  await press('More filters');
  await press('env: Production');
  await soon(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Search env'));
  await press('Staging');
  await soon(() => expect(router.state.location.search).toEqual({ 'var-env': 'stage' }));
  await soon(() => expect(document.querySelector('[aria-label="env: Staging"]')).not.toBeNull());
});

test('what a variable offers is asked for with the filters that are chosen', async () => {
  serveVaried();
  const sent: unknown[] = [];
  const where = { ...plain, kind: 'adhoc', name: 'where', source: { type: 'prometheus', uid: '' }, filters: [], baseFilters: [] };
  answers['/api/dashboards/varied'] = json({
    dashboard: { ...varied, variables: [...varied.variables, where] },
    builtin: false,
    revision: 1,
  });
  answers['/api/variable-options'] = (_, body) => {
    sent.push((body as { filters?: unknown }).filters);
    return Response.json({ options: [{ value: 'a', text: 'a' }], total: 1 });
  };
  await open(`/d/varied?var-where=${encodeURIComponent('gpu|=|0')}`);
  await soon(() => expect(sent).toContainEqual({ where: [{ key: 'gpu', operator: '=', value: '0' }] }));
});

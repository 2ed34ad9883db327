// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Arrival, PushGroup } from './ingest-queries.ts';
import { openPage, type OpenPage } from '../testing/open-page.tsx';

const WHY = 'loss has a timestamp. Leave timestamps out.';

function sender(name: string, change: Partial<Arrival> = {}): Arrival {
  return {
    id: name,
    door: 'otlp',
    name,
    address: '10.0.0.1',
    labels: { team: 'risk' },
    firstMs: Date.now() - 90_000,
    lastMs: Date.now(),
    messages: 3,
    accepted: 1_234,
    refused: 0,
    perSecond: Array.from({ length: 59 }, () => 20),
    reasons: [],
    ...change,
  };
}

const trainer = (): Arrival => sender('trainer');

const cron = (): Arrival =>
  sender('cron', {
    door: 'pushgateway',
    refused: 7,
    perSecond: [],
    reasons: [
      { reason: 'timestamps', count: 6, sentence: WHY, lastMs: Date.now() },
      { reason: 'too large', count: 1, sentence: 'The push is too large.', lastMs: Date.now() - 5_000 },
    ],
  });

const group = (): PushGroup => ({
  id: 'g1',
  labels: { job: 'nightly', team: 'risk' },
  sender: 'cron',
  pushedMs: Date.now() - 60_000,
  failedMs: Date.now(),
  failure: WHY,
  metrics: 1,
  samples: 1,
});

/** What the server says beside what arrives. */
const told = (answer: { readonly arrivals: readonly Arrival[] }): Response =>
  Response.json({ startedMs: Date.UTC(2026, 0, 2, 12), listening: { graphite: { host: '127.0.0.1', port: 2103 } }, ...answer });

let role = 'admin';
let arrivals: () => Response;
let groups: readonly PushGroup[];
const asked: string[] = [];
const made: unknown[] = [];
let unmount: (() => void) | undefined;

beforeEach(() => {
  role = 'admin';
  arrivals = () => told({ arrivals: [trainer(), cron()] });
  groups = [];
  asked.length = 0;
  made.length = 0;
  vi.stubGlobal('fetch', async (path: string, { method = 'GET', body }: RequestInit = {}) => {
    asked.push(`${method} ${path}`);
    if (path === '/api/session') return Response.json({ user: { name: 'owner', role }, version: '1', nowMs: Date.now() });
    if (path === '/api/ingest/arrivals') return arrivals();
    if (path === '/api/tokens') made.push(JSON.parse(body as string));
    if (path === '/api/tokens') return Response.json({ id: 'x', token: 'vitrine_secret' }, { status: 201 });
    if (method === 'DELETE' && path === '/api/ingest/groups/g1') {
      groups = [];
      return new Response(null, { status: 204 });
    }
    if (path.startsWith('/api/ingest/groups')) return Response.json({ total: groups.length, found: groups.length, groups });
    return Response.json({ error: { code: 'not_found', message: 'There is nothing at this address.' } }, { status: 404 });
  });
  // happy-dom lays nothing out.
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1_200);
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(480);
});

afterEach(() => {
  unmount?.();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  document.body.replaceChildren();
});

function open(path = '/ingest'): OpenPage['router'] {
  const page = openPage(path);
  unmount = page.close;
  return page.router;
}

const soon = <T,>(check: () => T): Promise<T> => vi.waitFor(check, { timeout: 15_000 });

async function says(text: string | RegExp): Promise<void> {
  await soon(() => {
    expect(document.body.textContent).toMatch(text);
  });
}

async function press(name: string): Promise<void> {
  const button = await soon(() => {
    const found = [...document.querySelectorAll<HTMLElement>('button')].findLast(
      (element) => element.getAttribute('aria-label') === name || element.textContent === name,
    );
    expect(found, `a button named ${name}`).toBeDefined();
    return found as HTMLElement;
  });
  button.click();
}

async function write(label: string, text: string): Promise<void> {
  const input = await soon(() => {
    const found = [...document.querySelectorAll('label')].find((element) => element.textContent?.startsWith(label));
    const field = document.getElementById(found?.htmlFor ?? '');
    expect(field, `a field named ${label}`).toBeInstanceOf(HTMLInputElement);
    return field as HTMLInputElement;
  });
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, text);
  input.dispatchEvent(new Event('input', { bubbles: true }));
}

function rows(): string[] {
  return [...document.querySelectorAll('[role="row"][aria-rowindex]')].map((row) => row.textContent ?? '');
}

test('a sender of little is not said to bring nothing', async () => {
  arrivals = () => told({ arrivals: [sender('rare', { perSecond: [1, ...Array.from({ length: 58 }, () => 0)] })] });
  open();
  await says('1 sender brought something in the last minute, and nothing was refused in the last minute.');
});

test('shows who sends what, and why something was refused', async () => {
  open();
  await says('1 sender brings 20 samples/s. cron had something refused in the last minute.');
  expect(rows()).toEqual([
    expect.stringMatching(/^Pushgatewaycron10\.0\.0\.1loss has a timestamp.*team=risksilent12347now$/),
    expect.stringMatching(/^OTLPtrainer10\.0\.0\.1team=risk20\/s12340now$/),
  ]);
  await press('cron');
  await says('The push is too large.');
  await says('6×');
});

test('asks anew each second, and shows what came', async () => {
  open();
  await says('trainer');
  arrivals = () => told({ arrivals: [trainer(), cron(), sender('newcomer')] });
  await says('newcomer');
});

test('is narrowed by what stands in the address, and says how many are left', async () => {
  const router = open('/ingest?refused=true&door=pushgateway');
  await says('1 of 2 senders');
  expect(rows()).toHaveLength(1);
  router.history.push('/ingest?q=nobody');
  await says('No sender is like that.');
  await press('Show all');
  await says('2 senders');
  expect(router.state.location.href).toBe('/ingest');
});

test('keeps the order of names until another is asked for', async () => {
  const router = open();
  await says('trainer');
  await press('Last minute');
  await soon(() => {
    expect(rows()[0]).toContain('trainer');
  });
  expect(router.state.location.href).toBe('/ingest?sort=rate');
});

test('makes as many rows of thousands of senders as are seen', async () => {
  const many = Array.from({ length: 4_000 }, (_, i) => sender(`sender ${i}`));
  arrivals = () => told({ arrivals: many });
  open();
  await says('4000 senders');
  expect(rows().length).toBeGreaterThan(5);
  expect(rows().length).toBeLessThan(40);
});

test.each([
  ['admin', true],
  ['editor', false],
])('shows an %s how to send while nothing arrives', async (who, makesTokens) => {
  role = who;
  arrivals = () => told({ arrivals: [] });
  open();
  await says(/Nothing has arrived since the server started at 2026-01-0\d \d\d:\d\d:00/);
  await says('The server listens on port 2103 of 127.0.0.1, TCP and UDP:');
  await says('Bearer TOKEN');
  if (!makesTokens) {
    expect(document.body.textContent).toContain('An admin makes one with npx vitrine token create --scope ingest.');
    return;
  }
  await press('Make a token');
  await write('Name', 'nightly jobs');
  await write('Labels', 'tenant');
  await press('Make it');
  await says('“tenant” is no label such as tenant=vision.');
  await write('Labels', 'tenant=vision');
  await press('Make it');
  await says('Bearer vitrine_secret');
  expect(made).toEqual([{ name: 'nightly jobs', labels: { tenant: 'vision' }, scopes: ['ingest'] }]);
  expect(document.activeElement?.getAttribute('aria-label')).toBe('Copy the token');
});

test('keeps what it knew while the server says no, under a sentence', async () => {
  open();
  await says('trainer');
  arrivals = () => Response.json({ error: { code: 'internal', message: 'Something went wrong.' } }, { status: 500 });
  await says(/Something went wrong\. This is how it was (now|\d+ s ago)\./);
  expect(rows()).toHaveLength(2);
});

test('says why where nothing could be asked for', async () => {
  arrivals = () => Response.json({ error: { code: 'internal', message: 'Something went wrong.' } }, { status: 500 });
  open();
  await says('What arrives could not be asked for');
  arrivals = () => told({ arrivals: [trainer()] });
  await press('Try again');
  await says('trainer');
});

test('a viewer is told that this is for others', async () => {
  role = 'viewer';
  open();
  await says('What arrives is for editors and admins to see');
  expect(asked.filter((path) => path.includes('/api/ingest'))).toEqual([]);
});

test('an admin deletes a pushed group once it has been seen what that means', async () => {
  groups = [group()];
  open();
  await says('Pushed groups');
  await says(/1 metric, 1 sample(?!s)/);
  await press('Delete job=nightly, team=risk');
  await says('Its series end now.');
  expect(asked.some((path) => path.startsWith('DELETE'))).toBe(false);
  await press('Delete');
  await soon(() => {
    expect(document.body.textContent).not.toContain('Pushed groups');
  });
  expect(asked).toContain('DELETE /api/ingest/groups/g1');
});

test('an editor sees pushed groups and deletes none', async () => {
  role = 'editor';
  groups = [group()];
  open();
  await says(/failed (now|\d+ s ago)/);
  expect(document.querySelector('[aria-label^="Delete"]')).toBeNull();
});

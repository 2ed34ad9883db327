// @vitest-environment happy-dom
import type { Cardinality } from '@vitrine/model/cardinality.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openPage, type OpenPage } from '../testing/open-page.tsx';

const counts = (series: number, newSeries = 0, goneSeries = 0) => ({ series, newSeries, goneSeries });

const counted: Cardinality = {
  ...counts(12_000, 300, 40),
  activeSeries: 11_000,
  labelPairs: 9_100,
  memoryBytes: 10 * 2 ** 20,
  headSamples: 0,
  oldestMs: 0,
  newestMs: 1,
  metrics: [{ name: 'requests_total', ...counts(9_000, 200) }],
  jobs: [{ name: 'api', ...counts(9_000, 200) }],
  labels: [{ name: 'request_id', values: 8_999, newValues: 10, characters: 1, ...counts(9_000) }],
  pairs: [{ name: 'code', value: '200', ...counts(9_000) }],
};
const none: Cardinality = { ...counted, ...counts(0), metrics: [], jobs: [], labels: [], pairs: [] };

let answer: (path: string) => Response;
let unmount: (() => void) | undefined;

beforeEach(() => {
  vi.stubGlobal('fetch', async (path: string) => {
    if (path === '/api/session')
      return Response.json({ user: { name: 'owner', role: 'admin' }, version: '1', nowMs: Date.now() });
    if (path.startsWith('/api/cardinality')) return answer(path);
    return Response.json({ error: { code: 'not_found', message: 'There is nothing at this address.' } }, { status: 404 });
  });
});

afterEach(() => {
  unmount?.();
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

function open(path = '/cardinality'): OpenPage['router'] {
  const page = openPage(path);
  unmount = page.close;
  return page.router;
}

const says = (text: RegExp): Promise<void> =>
  vi.waitFor(() => expect(document.body.textContent).toMatch(text), { timeout: 15_000 });

test('says how many series there are and which label explodes; a click counts within one', async () => {
  const asked: string[] = [];
  answer = (path) => {
    asked.push(path);
    return Response.json(counted);
  };
  const router = open();
  await says(/series, 11 K of them active/);
  await says(/Label request_id explodes: it has 8999 values, most on few series/);
  [...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'api')?.click();
  await vi.waitFor(() => expect(router.state.location.search).toEqual({ match: '{job="api"}' }), { timeout: 15_000 });
  await vi.waitFor(() => expect(asked.at(-1)).toBe(`/api/cardinality?${new URLSearchParams({ match: '{job="api"}' })}`));
});

test.each([
  ['/cardinality', () => Response.json(none), /There are no series yet/],
  ['/cardinality?match=x', () => Response.json(none), /No series is like that/],
  [
    '/cardinality?match=%7B',
    () => Response.json({ error: { code: 'bad_request', message: 'match: unexpected end of input' } }, { status: 400 }),
    /match: unexpected end of input/,
  ],
  [
    '/cardinality',
    () => Response.json({ error: { code: 'internal', message: 'The store is closed.' } }, { status: 500 }),
    /The series could not be counted.*The store is closed.*Try again/,
  ],
])('%s says what there is to say', async (path, answered, text) => {
  answer = answered;
  open(path);
  await says(text);
});

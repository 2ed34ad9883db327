// @vitest-environment happy-dom
import { QueryClientProvider } from '@tanstack/react-query';
import { ThemeProvider } from '@vitrine/ui/theme/theme-provider.tsx';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createQueryClient } from '../api/query-client.ts';
import { QuerySteps } from './query-steps.tsx';

const TRACE = { refId: 'A', source: 'builtin', executed: 'sum(up)', stepMs: 15_000, elapsedMs: 1, seriesRead: 1, samplesRead: 1 };
const leaf = { expr: 'up', from: 4, to: 6, totalMs: 6, selfMs: 1, readMs: 5, series: 1_200, samplesRead: 90_000, children: [] };
const STEPS = {
  root: { expr: 'sum(up)', from: 0, to: 7, totalMs: 8, selfMs: 2, readMs: 0, series: 1, samplesRead: 0, children: [leaf] },
  waitedMs: 0.5,
  heldValues: 240,
  read: { indexMs: 1, fetchMs: 2, decodeMs: 2, chunks: 40, buckets: 720, bytes: 2_048 },
};

const asked: string[] = [];
let answer: () => Response;
let unmount: (() => void) | undefined;

beforeEach(() => {
  asked.length = 0;
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url);
    return answer();
  });
});

afterEach(() => {
  unmount?.();
  vi.unstubAllGlobals();
});

async function press(stepMs: number): Promise<string> {
  const host = document.body.appendChild(document.createElement('div'));
  const root = createRoot(host);
  unmount = () => {
    root.unmount();
    host.remove();
  };
  root.render(
    <QueryClientProvider client={createQueryClient()}>
      <ThemeProvider>
        <QuerySteps trace={{ ...TRACE, stepMs }} range={{ fromMs: 60_000, toMs: 120_500 }} />
      </ThemeProvider>
    </QueryClientProvider>,
  );
  await vi.waitFor(() => expect(host.querySelector('button')).not.toBeNull());
  host.querySelector('button')?.click();
  await vi.waitFor(() => expect(host.querySelector('table, [role=alert]')).not.toBeNull());
  return host.textContent;
}

test.each([
  [15_000, '/api/v1/query_range?query=sum%28up%29&stats=all&limit=1&start=60&end=120.5&step=15'],
  [0, '/api/v1/query?query=sum%28up%29&stats=all&limit=1&time=120.5'],
])('a query of step %i is asked once more, and its parts shown', async (stepMs, url) => {
  answer = () => Response.json({ status: 'success', data: { stats: { trace: STEPS } } });
  const text = await press(stepMs);
  expect(asked).toEqual([url]);
  expect(text).toContain('sum(up)2.00 ms8.00 ms1');
  expect(text).toContain('up1.00 ms5.00 ms6.00 ms1,20090,000');
  expect(text).toMatch(/fetching 40 chunks and 720 rolled-up buckets \(2\S* KiB\) 2\.00 ms/);
});

test('what the server says against it is shown', async () => {
  answer = () => Response.json({ status: 'error', errorType: 'timeout', error: 'the query took too long' }, { status: 503 });
  expect(await press(0)).toContain('the query took too long');
});

import { afterEach, expect, test, vi } from 'vitest';
import type { PanelDataRequest } from '@vitrine/model/api.ts';
import type { PanelData } from '@vitrine/model/frame.ts';
import { encodePanelData } from '@vitrine/model/frame-wire.ts';
import { canGrow, fetchPanel, newPartFrom } from './panel-data.ts';

const STEP = 1_000;

function answer(fromMs: number, toMs: number, runs = ['a']): PanelData {
  const times = Float64Array.from({ length: (toMs - fromMs) / STEP + 1 }, (_, i) => fromMs + i * STEP);
  const fields = [
    { name: 'time', type: 'time', values: times } as const,
    ...runs.map((run) => ({ name: run, type: 'number', labels: { run }, values: times.map((t) => t / STEP) }) as const),
  ];
  return {
    frames: [{ refId: 'A', shape: 'series', length: times.length, fields }],
    notices: [],
    traces: [],
    fromMs,
    toMs,
    stepMs: STEP,
    growable: true,
  };
}

/** A server that keeps what it was asked. */
function serve(...answers: PanelData[]): PanelDataRequest[] {
  const asked: PanelDataRequest[] = [];
  vi.stubGlobal('fetch', async (_: string, { body }: { body: string }) => {
    asked.push(JSON.parse(body) as PanelDataRequest);
    return new Response(encodePanelData(answers.shift() as PanelData) as BodyInit);
  });
  return asked;
}
afterEach(() => vi.unstubAllGlobals());

const ask = (range: { fromMs: number; toMs: number }, known?: Awaited<ReturnType<typeof fetchPanel>>) =>
  fetchPanel({
    dashboard: 'd',
    panel: 7,
    range,
    shown: range,
    timeZone: 'UTC',
    more: {},
    widthPx: 600,
    known,
    signal: new AbortController().signal,
  });

test('the first question is for all, the next for the new part, put behind what is known', async () => {
  const asked = serve(answer(0, 60_000), answer(50_000, 65_000));
  const first = await ask({ fromMs: 0, toMs: 60_000 });
  const second = await ask({ fromMs: 4_500, toMs: 64_500 }, first);
  expect(asked).toEqual([
    { dashboard: 'd', panel: 7, fromMs: 0, toMs: 60_000, widthPx: 600, timeZone: 'UTC' },
    { dashboard: 'd', panel: 7, fromMs: 4_500, toMs: 64_500, widthPx: 600, timeZone: 'UTC', sinceMs: 50_000, stepMs: STEP },
  ]);
  expect(second.data.frames[0]?.fields[0]?.values).toEqual(answer(4_000, 65_000).frames[0]?.fields[0]?.values);
});

test('where a new series comes, everything is asked for at once, so that all are named anew', async () => {
  const asked = serve(answer(0, 60_000), answer(50_000, 61_000, ['a', 'b']), answer(1_000, 61_000, ['run a', 'run b']));
  const first = await ask({ fromMs: 0, toMs: 60_000 });
  const second = await ask({ fromMs: 1_000, toMs: 61_000 }, first);
  expect(second.data.frames[0]?.fields.map(({ name }) => name)).toEqual(['time', 'run a', 'run b']);
  expect(asked.map(({ sinceMs }) => sinceMs)).toEqual([undefined, 50_000, undefined]);
});

test.each([
  ['most is known', { fromMs: 1_000, toMs: 61_000 }, 50_000],
  ['most is new', { fromMs: 55_000, toMs: 115_000 }, undefined],
  ['the range reaches further back', { fromMs: -30_000, toMs: 61_000 }, undefined],
])('%s: asks since %s', (_, range, want) => expect(newPartFrom(answer(0, 60_000), range)).toBe(want));

test.each<[name: string, data: PanelData, want: boolean]>([
  ['curves', answer(0, 60_000), true],
  ['nothing', { ...answer(0, 0), frames: [] }, false],
  ['values of one instant', { ...answer(60_000, 60_000), fromMs: 0 }, false],
  ['a table', { ...answer(0, 60_000), frames: [{ refId: 'A', shape: 'table', length: 0, fields: [] }] }, false],
])('%s can grow: %s', (_, data, want) => expect(canGrow(data)).toBe(want));

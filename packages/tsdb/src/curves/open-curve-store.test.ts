import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CURVE_LIMITS, type CurveBatch, type CurveName, type CurvePart, type CurveStore } from '@vitrine/model/curve-store.ts';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { openCurveReader } from './curve-reader.ts';
import { openCurveStore } from './open-curve-store.ts';

const open: CurveStore[] = [];
const folders: string[] = [];

async function newStore(folder = newFolder()): Promise<{ store: CurveStore; folder: string }> {
  const store = await openCurveStore({ folder });
  open.push(store);
  return { store, folder };
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-curves-'));
  folders.push(folder);
  return folder;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((store) => store.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

type Row = readonly [metric: string, step: number, timeMs: number, value: number, epoch?: number];

function batch(run: string, rows: readonly Row[], more: Partial<CurveBatch> = {}): CurveBatch {
  const metrics = [...new Set(rows.map(([metric]) => metric))];
  return {
    curves: metrics.map((metric) => ({ run, metric })),
    curveIndex: Uint32Array.from(rows, ([metric]) => metrics.indexOf(metric)),
    steps: Float64Array.from(rows, ([, step]) => step),
    timesMs: Float64Array.from(rows, ([, , timeMs]) => timeMs),
    values: Float64Array.from(rows, ([, , , value]) => value),
    ...(rows.some(([, , , , epoch]) => epoch !== undefined)
      ? { epochs: Float64Array.from(rows, ([, , , , epoch]) => epoch ?? Number.NaN) }
      : {}),
    ...more,
  };
}

/** The values of a curve from a point on, read part by part. */
async function partsOf(store: CurveStore, curve: CurveName, start: number): Promise<number[]> {
  const values: number[] = [];
  for (let from: number | undefined = start; from !== undefined;) {
    const part: CurvePart = await store.pointsFrom(curve, from);
    values.push(...part.values);
    expect(part.next === undefined || part.next === from + part.length).toBe(true);
    from = part.next;
  }
  return values;
}

const loss = { run: 'a', metric: 'loss' };

describe('a curve', () => {
  test('comes back as it was logged, restarts, duplicates, NaN and infinities among it', async () => {
    const rows: Row[] = [
      ['loss', 1, 1000.125, 0.5],
      ['loss', 2, 2000, Number.NaN, 0.5],
      ['loss', 2, 2000, Number.NaN, 0.5],
      ['loss', -3, 1500, -Infinity, 1],
      ['loss', 2 ** 51, 3000, -0],
    ];
    const { store, folder } = await newStore();
    await store.append(batch('a', rows));
    const want = {
      length: 5,
      steps: Float64Array.of(1, 2, 2, -3, 2 ** 51),
      timesMs: Float64Array.of(1000.125, 2000, 2000, 1500, 3000),
      values: Float64Array.of(0.5, Number.NaN, Number.NaN, -Infinity, -0),
      epochs: Float64Array.of(Number.NaN, 0.5, 0.5, 1, Number.NaN),
    };
    expect(await store.points(loss)).toEqual(want);
    await store.close();
    const again = await newStore(folder);
    expect(await again.store.points(loss)).toEqual(want);
    expect(await again.store.summaries({ runs: ['a'] })).toMatchObject([
      {
        ...loss,
        points: 5,
        nonFinite: 3,
        restarts: 1,
        first: { step: 1, value: 0.5 },
        last: { step: 2 ** 51, value: 0 },
        latest: { step: 2 ** 51 },
        min: { step: 2 ** 51, value: 0 },
        max: { step: 1, value: 0.5 },
        minStep: -3,
        maxStep: 2 ** 51,
        fromMs: 1000.125,
        toMs: 3000,
      },
    ]);
  });

  test('of any length and pieces is the same as one array', async () => {
    const { store } = await newStore();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.tuple(fc.integer({ min: -5, max: 50_000 }), fc.double()), { maxLength: 12 }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 3_000 }),
        async (parts, repeat) => {
          const name = `run-${run++}`;
          const all: Row[] = [];
          for (const part of parts) {
            const rows = Array.from({ length: repeat * part.length }, (_, i): Row => {
              const [step, value] = part[i % part.length]!;
              return ['m', step + i, i / 8, value];
            });
            all.push(...rows);
            await store.append(batch(name, rows));
          }
          const found = await store.points({ run: name, metric: 'm' });
          expect(found.length).toBe(all.length);
          expect(found.values).toEqual(Float64Array.from(all, ([, , , value]) => value));
          expect(found.steps).toEqual(Float64Array.from(all, ([, step]) => step));
          const newest = await store.points({ run: name, metric: 'm' }, 7);
          expect(newest.values).toEqual(Float64Array.from(all.slice(-7), ([, , , value]) => value));
          const inParts = await partsOf(store, { run: name, metric: 'm' }, Math.min(all.length, 5));
          expect(inParts).toEqual(all.slice(5).map(([, , , value]) => value));
        },
      ),
      { numRuns: 15 },
    );
  });

  test('that is sent again is kept once, where its sender says so', async () => {
    const rows: Row[] = [
      ['loss', 1, 1000, 0.5],
      ['loss', 2, 2000, 0.25],
      ['loss', 2, 2000, 0.125],
    ];
    const { store, folder } = await newStore();
    expect(await store.append(batch('a', rows, { once: true }))).toEqual({ points: 3, items: 0 });
    expect(await store.append(batch('a', [...rows, ['loss', 3, 3000, 1], ['loss', 3, 3000, 1]], { once: true }))).toMatchObject({
      points: 1,
    });
    await store.close();
    const again = await newStore(folder);
    expect(await again.store.append(batch('a', rows, { once: true }))).toMatchObject({ points: 0 });
    expect((await again.store.points(loss)).length).toBe(4);
  });
});

// Looking for each by going through all of them would take longer than a test may.
test('forty thousand points of one time that are sent again are found', async () => {
  const { store } = await newStore();
  const many = batch(
    'a',
    Array.from({ length: 40_000 }, (_, step): Row => ['loss', step % 20_000, 1000, (step % 20_000) / 7]),
    { once: true },
  );
  expect(await store.append(many)).toMatchObject({ points: 20_000 });
  expect(await store.append(many)).toMatchObject({ points: 0 });
  await store.append(
    batch(
      'b',
      Array.from({ length: 30_000 }, (): Row => ['loss', 1, 1, 1]),
    ),
  );
  expect(await store.append(batch('b', [['loss', 1, 1, 1]], { once: true }))).toMatchObject({ points: 0 });
});

test('what does not fit is refused with a sentence, and nothing of it is kept', async () => {
  const { store } = await newStore();
  for (const [row, sentence] of [
    [['loss', 2 ** 63, 0, 1], /^step: expected a whole number from -2\^51 to 2\^51/],
    [['loss', 0.5, 0, 1], /^step: /],
    [['loss', 1, Number.NaN, 1], /^time: /],
    [['loss', 1, CURVE_LIMITS.timeMs + 1, 1], /^time: .*before the year 2041/],
    [['', 1, 0, 1], /^metric: expected 1 to 1000 characters/],
    [['x'.repeat(1001), 1, 0, 1], /^metric: /],
  ] as [Row, RegExp][]) {
    await expect(store.append(batch('a', [['loss', 1, 0, 1], row]))).rejects.toThrow(sentence);
  }
  expect(await store.summaries({})).toEqual([]);
});

test('the limits themselves are kept', async () => {
  const { store, folder } = await newStore();
  const { step, timeMs, nameChars } = CURVE_LIMITS;
  const metric = 'x'.repeat(nameChars);
  const rows: Row[] = [
    [metric, -step, -timeMs, 1],
    [metric, step, timeMs, 2],
    [metric, 0, 0, 3],
  ];
  await store.append(batch('a', rows));
  await store.close();
  const { steps, timesMs } = await (await newStore(folder)).store.points({ run: 'a', metric });
  expect({ steps: [...steps], timesMs: [...timesMs] }).toEqual({ steps: [-step, step, 0], timesMs: [-timeMs, timeMs, 0] });
});

test('summaries and names are found by run, by metric and by a part of the name', async () => {
  const { store } = await newStore();
  for (const run of ['a', 'b', 'c'])
    await store.append(batch(run, [['train/loss', 1, 1, 1], ...(run === 'b' ? ([['acc', 1, 1, 2]] as Row[]) : [])]));
  const names = async (request: Parameters<CurveStore['summaries']>[0]) =>
    (await store.summaries(request)).map(({ run, metric }) => `${run} ${metric}`).toSorted();
  expect(await names({})).toEqual(['a train/loss', 'b acc', 'b train/loss', 'c train/loss']);
  expect(await names({ runs: ['b', 'none'] })).toEqual(['b acc', 'b train/loss']);
  expect(await names({ metrics: ['acc', 'none'] })).toEqual(['b acc']);
  expect(await names({ runs: ['a', 'b'], metrics: ['train/loss'] })).toEqual(['a train/loss', 'b train/loss']);
  expect(await store.metricNames({ text: 'LOSS', limit: 10 })).toEqual([{ metric: 'train/loss', runs: 3 }]);
  expect(await store.metricNames({ runs: ['b'], limit: 1 })).toEqual([{ metric: 'acc', runs: 1 }]);
  expect(await store.metricNames({ text: 'loss', limit: 10, counted: false })).toEqual([{ metric: 'train/loss', runs: 0 }]);
});

test('names of many runs leave room for each of them', async () => {
  const { store } = await newStore();
  const rows = (...metrics: string[]): Row[] => metrics.map((metric) => [metric, 1, 1, 1]);
  await store.append(batch('wide', rows('a1', 'a2', 'a3', 'a4', 'loss')));
  await store.append(batch('other', rows('loss', 'system/gpu', 'system/ram')));
  const names = async (limit: number, text = '') =>
    (await store.metricNames({ runs: ['wide', 'other'], limit, text, order: 'runs' })).map(({ metric }) => metric);
  expect(await names(10)).toEqual(['loss', 'a1', 'a2', 'system/gpu', 'a3', 'system/ram', 'a4']);
  expect(await names(4)).toEqual(['loss', 'a1', 'a2', 'system/gpu']);
  expect(await names(10, 'SYSTEM')).toEqual(['system/gpu', 'system/ram']);
});

test('items and marks are kept with the points of their batch', async () => {
  const { store, folder } = await newStore();
  const item = {
    run: 'a',
    tag: 'weights',
    kind: 'histogram',
    step: 3,
    timeMs: 5,
    index: 0,
    mediaType: '',
    data: Uint8Array.of(1, 2, 3),
  } as const;
  await store.append(batch('a', [['loss', 1, 1, 1]], { items: [item], marks: { 'file /x': '120', gone: '1' } }));
  await store.append(batch('a', [], { marks: { gone: '' } }));
  await store.close();
  const again = (await newStore(folder)).store;
  const [found] = await again.items({ run: 'a', kinds: ['histogram'] });
  expect(found).toMatchObject({ tag: 'weights', step: 3, bytes: 3 });
  expect(await again.item(found!.id)).toMatchObject({ run: 'a', data: Uint8Array.of(1, 2, 3) });
  expect([await again.mark('file /x'), await again.mark('gone')]).toEqual(['120', undefined]);
});

test('a run that is removed is gone, and may come again empty', async () => {
  const { store } = await newStore();
  await store.append(batch('a', [['loss', 1, 1, 1]], { once: true }));
  await store.append(batch('b', [['acc', 1, 1, 1]]));
  await store.remove(['a', 'never']);
  expect(await store.summaries({})).toMatchObject([{ run: 'b' }]);
  expect(await store.metricNames({ limit: 10 })).toEqual([{ metric: 'acc', runs: 1 }]);
  expect(await store.append(batch('a', [['loss', 1, 1, 1]], { once: true }))).toMatchObject({ points: 1 });
  expect(await store.points(loss)).toMatchObject({ length: 1 });
});

describe('who leaves', () => {
  test('is answered with what the signal says, and the others as ever', async () => {
    const { store } = await newStore();
    await store.append(batch('a', [['loss', 1, 1, 1]]));
    const leaving = new AbortController();
    const { signal } = leaving;
    const asked = [
      store.points(loss, undefined, signal),
      store.pointsFrom(loss, 0, signal),
      store.summaries({}, signal),
      store.points(loss, 1, signal),
    ].map((answer) => answer.catch((error: unknown) => error));
    const other = store.points(loss);
    leaving.abort('gone');
    expect(await Promise.all(asked)).toEqual(asked.map(() => 'gone'));
    expect(await other).toMatchObject({ length: 1 });
    await expect(store.points(loss, 1, signal)).rejects.toBe('gone');
    expect(await store.points(loss, 1, new AbortController().signal)).toMatchObject({ length: 1 });
  });

  test('stops the read of a long curve between two of its pieces', async () => {
    const { store, folder } = await newStore();
    await store.append(
      batch(
        'a',
        Array.from({ length: 40_000 }, (_, step) => ['loss', step, step, step] as const),
      ),
    );
    const reader = openCurveReader(folder);
    let looks = 0;
    expect(() =>
      reader.unless(
        () => ++looks > 3,
        () => reader.read(loss),
      ),
    ).toThrow('nobody waits');
    expect(looks).toBe(4);
    // What was cut off is in nobody's way.
    expect(
      reader.unless(
        () => false,
        () => reader.read(loss),
      ),
    ).toMatchObject({ length: 40_000 });
    reader.close();
  });
});

test('watchers are told which curves grew', async () => {
  const { store } = await newStore();
  const told: unknown[] = [];
  const stop = store.watch(({ runs }) => told.push([...runs].map(([run, { metrics, items }]) => [run, [...metrics], items])));
  await store.append(batch('a', [['loss', 1, 1, 1]]));
  stop();
  await store.append(batch('a', [['loss', 2, 1, 1]]));
  expect(told).toEqual([[['a', ['loss'], false]]]);
});

test('a folder that another has is refused', async () => {
  const { folder } = await newStore();
  await expect(openCurveStore({ folder })).rejects.toThrow(/is in use by another process/);
});

import type { CurvePoints } from '@vitrine/model/curve-store.ts';
import fc from 'fast-check';
import { type AsyncBuffer, parquetMetadata, parquetReadObjects } from 'hyparquet';
import { expect, test } from 'vitest';
import { MemoryCurves } from '../../testing/memory-curves.ts';
import { readPoints } from '../points/read-points.ts';
import { curveParts, type ExportedRun } from './curve-parts.ts';
import { writeParquet } from './write-parquet.ts';
import { writeCsv, writeJson, writeJsonl } from './write-text.ts';

const RUN: ExportedRun = { id: 'r1', name: 'calm, "otter"\n17', project: 'Défaut 🎉' };

type Row = readonly [metric: string, step: number, timeMs: number, value: number, epoch: number];

/** Whole microseconds, as the store keeps them, and bits of all kinds. */
const row: fc.Arbitrary<Row> = fc.tuple(
  fc.constantFrom('loss', 'train/acc, top "5"', 'ünicode\n🎉', '-1', ' spaced '),
  fc.integer({ min: -(2 ** 51), max: 2 ** 51 }),
  fc.integer({ min: 0, max: 2 ** 51 }).map((us) => us / 1_000),
  fc.oneof(
    fc.double(),
    fc.constantFrom(0, -0, Number.NaN, Infinity, -Infinity, Number.MIN_VALUE, Number.MAX_VALUE, 1e21, 0.1 + 0.2),
  ),
  fc.oneof(fc.constant(Number.NaN), fc.double({ noNaN: true })),
);

async function stored(rows: readonly Row[]): Promise<MemoryCurves> {
  const store = new MemoryCurves();
  const metrics = [...new Set(rows.map(([metric]) => metric))];
  await store.append({
    curves: metrics.map((metric) => ({ run: RUN.id, metric })),
    curveIndex: Uint32Array.from(rows, ([metric]) => metrics.indexOf(metric)),
    steps: Float64Array.from(rows, ([, step]) => step),
    timesMs: Float64Array.from(rows, ([, , timeMs]) => timeMs),
    values: Float64Array.from(rows, ([, , , value]) => value),
    epochs: Float64Array.from(rows, ([, , , , epoch]) => epoch),
  });
  return store;
}

async function collect(pieces: AsyncIterable<string | Uint8Array>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(Buffer.from(piece));
  return Buffer.concat(all);
}

/** What two stores must have alike: -0 is not 0. */
async function curvesOf(store: MemoryCurves): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const { metric } of await store.summaries({ runs: [RUN.id] })) {
    const { steps, timesMs, values, epochs }: CurvePoints = await store.points({ run: RUN.id, metric });
    found[metric] = { steps, timesMs, values, epochs };
  }
  return found;
}

test.each([
  ['csv', writeCsv],
  ['jsonl', writeJsonl],
  ['json', writeJson],
] as const)('what is exported as %s and sent to the plain door is the same, bit for bit', async (format, write) => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 30 }), async (rows) => {
      const store = await stored(rows);
      const text = await collect(write(curveParts(store, [RUN], undefined)));
      const again = new MemoryCurves();
      await again.append(await readPoints(text, format, RUN.id, 0));
      expect(await curvesOf(again)).toEqual(await curvesOf(store));
    }),
    { numRuns: 60 },
  );
});

test('what is exported as Parquet reads back the same, bit for bit', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 30 }), async (rows) => {
      const store = await stored(rows);
      const bytes = await collect(writeParquet(curveParts(store, [RUN], undefined)));
      const again = new MemoryCurves();
      await again.append(await readPoints(Buffer.from(JSON.stringify(await rowsOf(bytes))), 'json', RUN.id, 0));
      expect(await curvesOf(again)).toEqual(await curvesOf(store));
    }),
    { numRuns: 40 },
  );
});

test('Parquet is written group by group, with the types that other programs look for', async () => {
  const length = 20_000;
  const points = {
    length,
    steps: Float64Array.from({ length }, (_, i) => i),
    timesMs: Float64Array.from({ length }, (_, i) => 1_700_000_000_000 + i / 8),
    values: Float64Array.from({ length }, (_, i) => Math.sin(i)),
    epochs: undefined,
  };
  const parts = async function* () {
    yield { run: RUN, metric: 'loss', points };
    yield { run: RUN, metric: 'acc', points };
  };
  const bytes = await collect(writeParquet(parts()));
  const metadata = parquetMetadata(bytes);
  expect(metadata.row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([16_384, 16_384, 7_232]);
  expect(metadata.schema.slice(1).map(({ name, type, converted_type }) => [name, type, converted_type])).toEqual([
    ['run', 'BYTE_ARRAY', 'UTF8'],
    ['run_name', 'BYTE_ARRAY', 'UTF8'],
    ['project', 'BYTE_ARRAY', 'UTF8'],
    ['metric', 'BYTE_ARRAY', 'UTF8'],
    ['step', 'INT64', undefined],
    ['epoch', 'DOUBLE', undefined],
    ['time', 'INT64', 'TIMESTAMP_MICROS'],
    ['value', 'DOUBLE', undefined],
  ]);
  const [first, last] = [await rowsOf(bytes, 0, 1), await rowsOf(bytes, 2 * length - 1, 2 * length)];
  expect(first).toEqual([{ run: 'r1', metric: 'loss', step: 0, epoch: null, time: 1_700_000_000_000, value: '0' }]);
  expect(last).toMatchObject([{ metric: 'acc', step: 19_999, value: String(Math.sin(19_999)) }]);
});

test('no points are an empty export of each kind', async () => {
  const none = () => curveParts(new MemoryCurves(), [RUN], undefined);
  expect(String(await collect(writeCsv(none())))).toBe('run,run_name,project,metric,step,epoch,time,value\n');
  expect(JSON.parse(String(await collect(writeJson(none()))))).toEqual([]);
  expect((await collect(writeJsonl(none()))).length).toBe(0);
  expect(await rowsOf(await collect(writeParquet(none())))).toEqual([]);
});

/** Rows of a Parquet file as the plain door reads them; numbers as texts that keep their bits. */
async function rowsOf(bytes: Buffer, rowStart?: number, rowEnd?: number): Promise<Record<string, unknown>[]> {
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  const file: AsyncBuffer = { byteLength: buffer.byteLength, slice: (start, end) => buffer.slice(start, end) };
  const range = rowStart === undefined || rowEnd === undefined ? {} : { rowStart, rowEnd };
  const rows = await parquetReadObjects({
    file,
    ...range,
    parsers: { timestampFromMicroseconds: (us: bigint) => Number(us) / 1_000 },
  });
  const exact = (value: unknown): unknown =>
    typeof value === 'number' ? (Object.is(value, -0) ? '-0' : String(value)) : (value ?? null);
  return rows.map((it) => ({
    run: it['run'],
    metric: it['metric'],
    step: Number(it['step']),
    epoch: exact(it['epoch']),
    time: it['time'],
    value: exact(it['value']),
  }));
}

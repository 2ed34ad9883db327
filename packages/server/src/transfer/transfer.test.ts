import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Labels } from '@vitrine/model/labels.ts';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import type { SampleBatch } from '@vitrine/model/sample-store.ts';
import { wordsOf } from '@vitrine/model/stale-nan.ts';
import { readSamples } from '@vitrine/tsdb/export/read-samples.ts';
import { histogramOf } from '@vitrine/tsdb/histograms-for-tests.ts';
import { LocalStore } from '@vitrine/tsdb/local-store.ts';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { parseUploadMapping } from '@vitrine/model/parse/upload-mapping.ts';
import { createRemoteWriteDecoder } from '../ingest/remote-write/decode-remote-write.ts';
import { encodeBatch } from './encode-batch.ts';
import { type ExportCounts, exportMetrics, METRIC_FORMATS, type MetricFormat } from './export-metrics.ts';
import { type ImportCounts, type ImportKind, importMetrics } from './import-metrics.ts';
import { type MetricSink, storeSink } from './metric-sink.ts';
import { exposedSeries, dumpedSeries } from './metric-text.ts';
import type { LoneNan } from './read-lines.ts';
import { readSeries } from './read-series.ts';

const STORE = { retention: { timeMs: 0, sizeBytes: 0 }, maxSeries: 10_000 };
const KIND_OF: Readonly<Record<MetricFormat, ImportKind>> = {
  openmetrics: 'openmetrics',
  dump: 'prometheus-tsdb-dump',
  csv: 'csv',
  jsonl: 'jsonl',
  parquet: 'parquet',
};
const STALE = 0x7ff0000000000002n;
const NAN = 0x7ff8000000000000n;

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-transfer-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

type Sample = readonly [labels: Labels, timestampMs: number, bits: bigint];

function batchOf(samples: readonly Sample[]): SampleBatch {
  const keys = [...new Set(samples.map(([{ key }]) => key))];
  const values = new Float64Array(samples.length);
  new BigUint64Array(values.buffer).set(samples.map(([, , bits]) => bits));
  return {
    seriesKeys: keys,
    seriesIndex: Uint32Array.from(samples, ([{ key }]) => keys.indexOf(key)),
    timestampsMs: Float64Array.from(samples, ([, timestampMs]) => timestampMs),
    values,
  };
}

/** What a folder's store holds, as lines. */
function held(folder: string): string[] {
  const lines: string[] = [];
  const samples = readSamples(folder, { selectors: [], fromMs: -Infinity, toMs: Infinity }, (_, sentence) =>
    lines.push(sentence),
  );
  for (const { labels, length, timestampsMs, values, histograms, startsMs } of samples) {
    const words = wordsOf(values);
    for (let i = 0; i < length; i++) {
      const bits = (BigInt(words[2 * i + 1] as number) << 32n) | BigInt(words[2 * i] as number);
      const histogram = histograms?.[i];
      const shown =
        histogram === undefined
          ? bits.toString(16)
          : JSON.stringify(histogram, (_, value: unknown) => (value instanceof Float64Array ? [...value].map(String) : value));
      lines.push(`${labels.key} ${timestampsMs[i]} ${shown} ${startsMs?.[i] ?? 'NaN'}`);
    }
  }
  return lines;
}

async function exported(
  folder: string,
  format: MetricFormat,
): Promise<{ readonly bytes: Buffer; readonly counts: ExportCounts }> {
  const counts: ExportCounts = { series: 0, samples: 0, histogramsLeftOut: 0, staleLeftOut: 0, startsLeftOut: 0 };
  const samples = readSamples(folder, { selectors: [], fromMs: -Infinity, toMs: Infinity }, (_, sentence) => {
    throw new Error(sentence);
  });
  const pieces: Uint8Array[] = [];
  for await (const piece of exportMetrics(format, samples, counts))
    pieces.push(typeof piece === 'string' ? Buffer.from(piece) : piece);
  return { bytes: Buffer.concat(pieces), counts };
}

async function imported(
  bytes: Uint8Array | string,
  kind: ImportKind,
  { sink, mapping, loneNan = 'number' }: { sink?: MetricSink; mapping?: unknown; loneNan?: LoneNan } = {},
): Promise<{
  readonly folder: string;
  readonly accepted: number;
  readonly refused: string[];
  readonly counts: ReadonlyMap<string, number>;
  readonly loneNans: number;
}> {
  const folder = newFolder();
  const path = join(folder, 'file');
  writeFileSync(path, bytes);
  const samples = join(folder, 'samples');
  const store = LocalStore.open({ ...STORE, folder: samples });
  const refused: string[] = [];
  const counts: ImportCounts = { bytes: 0, accepted: 0, refused: new Map(), loneNans: 0 };
  try {
    await importMetrics({
      kind,
      path,
      mapping: mapping === undefined ? undefined : parseUploadMapping(mapping),
      loneNan,
      sink: sink ?? storeSink(store),
      counts,
      onRefused: ({ sentence }) => refused.push(sentence),
    });
  } finally {
    await store.close();
  }
  return { folder: samples, accepted: counts.accepted, refused, counts: counts.refused, loneNans: counts.loneNans };
}

const text = fc.oneof(
  fc.constantFrom('a', 'a b', 'x"y', 'back\\slash', 'new\nline', '} 1 2', 'ü𠮷', 'ends\\', ' ', '#', ','),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }),
);
const anyLabels = fc
  .tuple(
    fc.oneof({ weight: 3, arbitrary: fc.constantFrom('up', 'http:requests_total') }, { weight: 1, arbitrary: text }),
    fc.dictionary(fc.constantFrom('job', 'le', 'a.b', 'x"y', 'ü'), text, { maxKeys: 3 }),
  )
  .map(([name, others]) => Labels.from({ ...others, __name__: name }));
const anyBits = fc.oneof(
  fc.constantFrom(
    STALE,
    NAN,
    0n,
    0x8000000000000000n,
    0x7ff0000000000000n,
    0xfff0000000000000n,
    0x7ff8000000000001n,
    0xfff8dead0000beefn,
    1n,
  ),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.double().map((value) => new BigUint64Array(Float64Array.of(value).buffer)[0] as bigint),
);
const anySamples = fc
  .uniqueArray(fc.tuple(anyLabels, fc.integer({ min: -2_000, max: 1_700_000_000_000 }), anyBits), {
    minLength: 1,
    maxLength: 30,
    selector: ([{ key }, timestampMs]) => `${key} ${timestampMs}`,
  })
  // Some in chunks and some in the log.
  .chain((samples) => fc.tuple(fc.constant(samples), fc.nat(samples.length)));

function isNan(bits: bigint): boolean {
  return (bits & 0x7ff0000000000000n) === 0x7ff0000000000000n && (bits & 0xfffffffffffffn) !== 0n;
}

test.each(METRIC_FORMATS)(
  'what %s writes is read again',
  async (format) => {
    await fc.assert(
      fc.asyncProperty(anySamples, async ([samples, inChunks]) => {
        const folder = join(newFolder(), 'samples');
        const store = LocalStore.open({ ...STORE, folder });
        await store.append(batchOf(samples.slice(0, inChunks)));
        await store.flush();
        await store.append(batchOf(samples.slice(inChunks)));
        // As a server that runs has it: nothing is packed up.
        const { bytes, counts } = await exported(folder, format);
        const before = held(folder);
        await store.close();
        expect(before).toHaveLength(samples.length);
        const back = await imported(bytes, KIND_OF[format]);
        expect(back.refused).toEqual([]);
        const isExact = format !== 'openmetrics' && format !== 'dump';
        const kept = samples.filter(([, , bits]) => isExact || bits !== STALE);
        expect(counts).toMatchObject({ samples: kept.length, staleLeftOut: samples.length - kept.length });
        expect(held(back.folder).toSorted()).toEqual(
          kept
            .map(
              ([{ key }, timestampMs, bits]) =>
                `${key} ${timestampMs} ${(isExact || !isNan(bits) ? bits : NAN).toString(16)} NaN`,
            )
            .toSorted(),
        );
      }),
      { numRuns: 15 },
    );
  },
  60_000,
);

test('jsonl keeps native histograms and start times; the others count what they leave out', async () => {
  const folder = join(newFolder(), 'samples');
  const store = LocalStore.open({ ...STORE, folder });
  const histograms = new Map<number, NativeHistogram>([
    [1, histogramOf({ buckets: [1, 2.5, 0], offset: -3, reset: 'gauge' })],
    [2, { ...histogramOf({ buckets: [] }), sum: Number.NaN, count: Infinity }],
  ]);
  const batch = batchOf([0, 1, 2, 3].map((i) => [Labels.from({ __name__: 'h' }), i * 1_000, 0n] as const));
  await store.append({ ...batch, histograms, startsMs: Float64Array.of(Number.NaN, 500, Number.NaN, 2_500) });
  await store.close();
  const { bytes } = await exported(folder, 'jsonl');
  const back = await imported(bytes, 'jsonl');
  expect(back.refused).toEqual([]);
  expect(held(back.folder)).toEqual(held(folder));
  for (const format of ['openmetrics', 'dump', 'csv', 'parquet'] as const)
    expect((await exported(folder, format)).counts).toMatchObject({
      samples: 2,
      histogramsLeftOut: 2,
      startsLeftOut: 1,
    });
});

test('jsonl of wide histograms is in lines that are read again', async () => {
  const folder = join(newFolder(), 'samples');
  const store = LocalStore.open({ ...STORE, folder });
  const wide = histogramOf({ buckets: Array.from({ length: 2_000 }, (_, i) => 1_000_000 + i) });
  const count = 1_200;
  await store.append({
    ...batchOf(Array.from({ length: count }, (_, i) => [Labels.from({ __name__: 'h' }), i * 1_000, 0n] as const)),
    histograms: new Map(Array.from({ length: count }, (_, i) => [i, wide])),
  });
  await store.close();
  const { bytes } = await exported(folder, 'jsonl');
  expect(bytes.length).toBeGreaterThan(18 * 2 ** 20);
  const back = await imported(bytes, 'jsonl');
  expect([back.accepted, back.refused]).toEqual([count, []]);
}, 60_000);

test('a label named __proto__ is one like others', async () => {
  const labels = ['a', 'b'].map((value) =>
    Labels.from([
      ['__name__', 'up'],
      ['__proto__', value],
    ]),
  );
  const folder = join(newFolder(), 'samples');
  const store = LocalStore.open({ ...STORE, folder });
  await store.append(batchOf(labels.map((each) => [each, 1_000, 1n] as const)));
  await store.close();
  for (const format of METRIC_FORMATS) {
    const { bytes } = await exported(folder, format);
    const back = await imported(bytes, KIND_OF[format]);
    expect(held(back.folder).map((line) => line.split(' ')[0])).toEqual(labels.map(({ key }) => key));
  }
});

test('what is sent to a server says since when samples count', () => {
  const labels = Labels.from({ __name__: 'a_total' });
  const startsMs = Float64Array.of(500, Number.NaN);
  const batch = batchOf([1_000, 2_000].map((timestampMs) => [labels, timestampMs, 0n] as const));
  const headers = { 'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request' };
  const read = createRemoteWriteDecoder()(encodeBatch({ ...batch, startsMs }), headers);
  expect([...(read.batch.startsMs ?? [])]).toEqual([...startsMs]);
});

test('a series longer than what is read at a time comes whole, and in order', async () => {
  const folder = join(newFolder(), 'samples');
  const store = LocalStore.open({ ...STORE, folder });
  const labels = Labels.from({ __name__: 'long' });
  const count = 200_000;
  for (let from = 0; from < count; from += 50_000) {
    await store.append(
      batchOf(Array.from({ length: 50_000 }, (_, i) => [labels, (from + i) * 15_000, BigInt(from + i)] as const)),
    );
    await store.flush();
  }
  // Between chunks, and over some of them.
  await store.append(batchOf([7, 150_001].map((i) => [labels, i * 15_000 + 1, 5n] as const)));
  const lines = held(folder);
  await store.close();
  expect(lines).toHaveLength(count + 2);
  const times = lines.map((line) => Number(line.split(' ')[1]));
  expect(times.every((time, i) => i === 0 || time > (times[i - 1] as number))).toBe(true);
});

test.each<[LoneNan, ends: readonly number[]]>([
  ['number', []],
  ['end', [2, 4, 9]],
])('a NaN that stands alone in a dump is a %s', async (loneNan, ends) => {
  const values = ['1', 'NaN', '2', 'NaN', '3', 'NaN', 'NaN', '4', 'NaN'];
  const lines = values.map((value, i) => `{__name__="up"} ${value} ${i + 1}\n`).join('');
  // A series of NaN alone is a summary that nothing was told of yet.
  const more = '{__name__="quantile"} NaN 1\n{__name__="quantile"} NaN 2\n';
  const { folder, accepted, loneNans } = await imported(lines + more, 'prometheus-tsdb-dump', { loneNan });
  const stale = held(folder).flatMap((line) => (line.includes(STALE.toString(16)) ? [Number(line.split(' ')[1])] : []));
  expect({ accepted, loneNans, stale }).toEqual({ accepted: 11, loneNans: 3, stale: ends });
});

const OM = '# TYPE a counter\na_total{x="1"} 1 1.5 # {trace_id="t"} 0.5 1.25\n';
test.each([
  ['openmetrics', `${OM}# EOF\n`, 1, []],
  ['openmetrics', gzipSync(`${OM}# EOF`), 1, []],
  ['openmetrics', OM, 1, ['the last line is not "# EOF": the file may be cut off']],
  [
    'openmetrics',
    `${OM}a b c\nb 2 2\n{} }\nb 3\nc 1 4\n# EOF\n`,
    3,
    ['line 3: ', 'line 5: ', 'b has a sample without a timestamp'],
  ],
  ['openmetrics', `${OM}# EOF\nb 1 1\n`, 1, ['line 4: stands behind "# EOF", and so does what follows']],
  ['prometheus-tsdb-dump', '{__name__="up", job="a"} 1 1000\n\n{__name__="up"} NaN 2000\r\n', 2, []],
  [
    'prometheus-tsdb-dump',
    '{a="} {"} 1 2\n{__name__="h"} {count:1, sum:2} 3\n{} 1 2\n{a="b} 1 2\n{a="b"} x 2\n{a="b"} 1 2.5\n{a="b"} +Inf -5\n',
    2,
    [
      'line 2: is a native histogram',
      'line 3: has a series without labels',
      'line 4: has no value in quotes for the label a',
      'line 5: "x" is no number',
      'line 6: "2.5" is no time',
    ],
  ],
  [
    'csv',
    'value,series,timestamp_ms\n1,"up{job=""a""}",1000\nx,up,1\n1,up,1.5\n1,u p,1\n',
    1,
    ['row 3: value is no number', 'row 4: timestamp_ms is no time', 'row 5: has something behind'],
  ],
  ['jsonl', '{"metric":{"__name__":"a"},"timestamps":[1,2,3],"values":[1,null,"-Infinity"]}\n', 3, []],
  // As Debian's VictoriaMetrics writes it.
  ['jsonl', '{"metric":{"__name__":"a","b":",Inf,"},"values":[5,-Inf,+Inf,NaN],"timestamps":[1,2,3,4]}\n', 4, []],
  [
    'jsonl',
    '{\n{"metric":{},"timestamps":[],"values":[]}\n{"metric":{"a":"b"},"timestamps":[1],"values":[]}\n{"metric":{"a":"b"},"timestamps":[1.5],"values":[1]}\n',
    0,
    ['line 1: is not JSON', 'line 2: has no labels', 'line 3: has 1 timestamps and 0 values', 'line 4: timestamps.0: '],
  ],
] as const)('%s %j: %i samples, refused: %j', async (kind, file, accepted, refused) => {
  const back = await imported(file, kind);
  expect(back.accepted).toBe(accepted);
  expect(back.refused.map((sentence, i) => sentence.startsWith(refused[i] ?? ' ') || sentence)).toEqual(refused.map(() => true));
});

test('what OpenMetrics text tells of a metric holds for all that follows', async () => {
  const count = 40_000;
  const lines = Array.from({ length: count }, (_, i) => `h_bucket{le="1"} ${i} ${i}\n`);
  const file = `# TYPE h histogram\n${lines.join('')}# EOF\n`;
  expect(file.length).toBeGreaterThan(2 ** 20);
  const back = await imported(file, 'openmetrics');
  expect([back.accepted, back.refused]).toEqual([count, []]);
  const { key } = Labels.from({ __name__: 'h_bucket', le: '1.0' });
  expect(held(back.folder).every((line) => line.startsWith(`${key} `))).toBe(true);
});

test.each([
  ['openmetrics', 'x\n', '# EOF\n', 'not readable'],
  ['openmetrics', 'x 1 # {} y\n', '# EOF\n', 'not readable'],
  ['openmetrics', 'x 1\n', '# EOF\n', 'no timestamp'],
  ['prometheus-tsdb-dump', 'x\n', '', 'not readable'],
  ['jsonl', '{\n', '', 'not readable'],
] as const)('a file of %s of nothing but %j is refused line by line, in few sentences', async (kind, line, end, reason) => {
  const count = 60_000;
  const back = await imported(line.repeat(count) + end, kind);
  expect([back.accepted, [...back.counts]]).toEqual([0, [[reason, count]]]);
  expect(back.refused.length).toBeLessThanOrEqual(100);
});

test('a table of other columns is read by its mapping, and not without one', async () => {
  const csv = 'when,loss,who\n2026-03-01T00:00:00Z,0.5,a\n2026-03-01T00:01:00Z,no,a\n';
  await expect(imported(csv, 'csv')).rejects.toThrow(/other columns than series, timestamp_ms and value: say with --mapping/);
  const mapping = {
    time: { column: 'when', format: 'rfc3339' },
    values: [{ column: 'loss' }],
    labels: [{ column: 'who', name: 'who' }],
  };
  const back = await imported(csv, 'csv', { mapping });
  expect([back.accepted, back.refused]).toEqual([1, [expect.stringContaining('Row 3')]]);
  expect(held(back.folder)).toEqual([`${Labels.from({ __name__: 'loss', who: 'a' }).key} 1772323200000 3fe0000000000000 NaN`]);
});

test('what the store refuses is told with the way out', async () => {
  const folder = join(newFolder(), 'samples');
  const store = LocalStore.open({ ...STORE, folder, retention: { timeMs: 3_600_000, sizeBytes: 0 } });
  const { refused } = await imported('{__name__="up"} 1 1000\n', 'prometheus-tsdb-dump', { sink: storeSink(store) });
  await store.close();
  expect(refused).toEqual(['up: older than samples are kept; raise retention.time first, in vitrine.yaml too']);
});

test('series are written so that they are read again, both ways', () => {
  fc.assert(
    fc.property(anyLabels, (labels) => {
      for (const written of [exposedSeries(labels), dumpedSeries(labels)])
        expect(readSeries(`${written} 1`)).toMatchObject({ labels: { key: labels.key }, end: written.length });
    }),
  );
});

const hasPromtool = (() => {
  try {
    return execFileSync('promtool', ['--version'], { encoding: 'utf8' }).length > 0;
  } catch {
    return false;
  }
})();

test.skipIf(!hasPromtool)(
  'years go to Debian’s Prometheus and back, bit for bit [needs promtool]',
  async () => {
    const folder = join(newFolder(), 'samples');
    const store = LocalStore.open({ ...STORE, folder });
    const startMs = Date.UTC(2022, 0, 1);
    const samples = Array.from({ length: 2_000 }, (_, i): Sample => {
      const labels = Labels.from({
        __name__: i % 3 === 0 ? 'temperature_celsius' : 'requests_total',
        room: `r${i % 4}`,
        path: i % 5 === 0 ? 'a "b"\\\n' : '/',
      });
      const value = i % 7 === 0 ? Infinity : Math.sin(i) * 10 ** (i % 20);
      return [labels, startMs + i * 3_600_000 + (i % 1_000), new BigUint64Array(Float64Array.of(value).buffer)[0] as bigint];
    });
    await store.append(batchOf(samples));
    await store.close();
    const work = newFolder();
    writeFileSync(join(work, 'metrics.om'), (await exported(folder, 'openmetrics')).bytes);
    // Where there is no log it does not dump.
    mkdirSync(join(work, 'blocks/wal'), { recursive: true });
    execFileSync(
      'promtool',
      ['tsdb', 'create-blocks-from', 'openmetrics', '--max-block-duration=8760h', join(work, 'metrics.om'), join(work, 'blocks')],
      { stdio: 'pipe' },
    );
    const dump = execFileSync('promtool', ['tsdb', 'dump', '--min-time=0', join(work, 'blocks')], {
      maxBuffer: 2 ** 28,
      stdio: 'pipe',
    });
    const back = await imported(dump, 'prometheus-tsdb-dump');
    expect(back.refused).toEqual([]);
    expect(held(back.folder)).toEqual(held(folder));
  },
  60_000,
);

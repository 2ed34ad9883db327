import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { SeriesSamples } from '@vitrine/model/sample-store.ts';
import { wordsOf } from '@vitrine/model/stale-nan.ts';
import type { ExportCounts } from './export-metrics.ts';
import { exposedSeries } from './metric-text.ts';
import { numberText } from './number-text.ts';

/** Rows that are encoded, and held, at a time. */
const GROUP_ROWS = 65_536;

const SCHEMA: SchemaElement[] = [
  { name: 'root', num_children: 4 },
  { name: 'series', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  { name: 'timestamp_ms', type: 'INT64', repetition_type: 'REQUIRED' },
  { name: 'value', type: 'DOUBLE', repetition_type: 'REQUIRED' },
  // Readers and writers of Parquet make one NaN of all: what it was stands beside.
  { name: 'nan', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
];

/**
 * The columns series (as exposition formats write it), timestamp_ms, value and nan: "stale" or "NaN(0x…)" where the value is a
 * NaN other than the usual one, else null.
 */
export async function* writeSamplesParquet(samples: Iterable<SeriesSamples>, counts: ExportCounts): AsyncGenerator<Uint8Array> {
  const bytes = new Pieces();
  const file = new ParquetWriter({ writer: bytes, schema: SCHEMA, createdBy: 'vitrine' });
  const rows = new Rows();
  for (const series of samples) {
    const words = wordsOf(series.values);
    const name = exposedSeries(series.labels);
    for (let at = 0; at < series.length; at++) {
      if (series.histograms?.[at] !== undefined) {
        counts.histogramsLeftOut++;
        continue;
      }
      counts.samples++;
      rows.push(name, series.timestampsMs[at] as number, series.values[at] as number, nanOf(series.values, words, at));
      if (rows.length < GROUP_ROWS) continue;
      await rows.writeTo(file);
      yield bytes.take();
    }
  }
  if (rows.length > 0) await rows.writeTo(file);
  await file.finish();
  yield bytes.take();
}

function nanOf(values: Float64Array, words: Uint32Array, at: number): string | null {
  if (!Number.isNaN(values[at])) return null;
  const text = numberText(values, words, at);
  return text === 'NaN' ? null : text;
}

/** Collects what is written until it is taken. */
class Pieces extends ByteWriter {
  take(): Uint8Array {
    const taken = this.getBytes().slice();
    // `offset`, which the file's directory is made of, counts on.
    this.index = 0;
    return taken;
  }
}

/** The rows of one group, as columns. */
class Rows {
  length = 0;
  readonly #series: string[] = [];
  readonly #times: bigint[] = [];
  readonly #values = new Float64Array(GROUP_ROWS);
  readonly #nans: (string | null)[] = [];

  push(series: string, timestampMs: number, value: number, nan: string | null): void {
    this.#series.push(series);
    this.#times.push(BigInt(timestampMs));
    this.#values[this.length++] = value;
    this.#nans.push(nan);
  }

  async writeTo(file: ParquetWriter): Promise<void> {
    await file.write({
      rowGroupSize: this.length,
      columnData: [
        { name: 'series', data: this.#series },
        { name: 'timestamp_ms', data: this.#times, encoding: 'DELTA_BINARY_PACKED' },
        // Dictionaries take -0 for 0.
        { name: 'value', data: this.#values.subarray(0, this.length), encoding: 'PLAIN', statistics: false },
        { name: 'nan', data: this.#nans },
      ],
    });
    this.length = 0;
    this.#series.length = 0;
    this.#times.length = 0;
    this.#nans.length = 0;
  }
}

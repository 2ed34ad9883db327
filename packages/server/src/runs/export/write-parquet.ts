import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { EXPORT_COLUMNS, type ExportPart } from './curve-parts.ts';

/** Rows that are encoded, and held, at a time. */
const GROUP_ROWS = 16_384;
const US_PER_MS = 1_000;

const TEXT = { type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' } as const;
const SCHEMA: SchemaElement[] = [
  { name: 'root', num_children: EXPORT_COLUMNS.length },
  { name: 'run', ...TEXT },
  { name: 'run_name', ...TEXT },
  { name: 'project', ...TEXT },
  { name: 'metric', ...TEXT },
  { name: 'step', type: 'INT64', repetition_type: 'REQUIRED' },
  { name: 'epoch', type: 'DOUBLE', repetition_type: 'OPTIONAL' },
  {
    name: 'time',
    type: 'INT64',
    converted_type: 'TIMESTAMP_MICROS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
    repetition_type: 'REQUIRED',
  },
  { name: 'value', type: 'DOUBLE', repetition_type: 'REQUIRED' },
];

/**
 * The same columns as Parquet: step an INT64, time a UTC timestamp in microseconds, epoch null where a point has none. Written
 * group by group, packed by Snappy.
 */
export async function* writeParquet(parts: AsyncIterable<ExportPart>): AsyncGenerator<Uint8Array> {
  const bytes = new Pieces();
  const file = new ParquetWriter({ writer: bytes, schema: SCHEMA, createdBy: 'vitrine' });
  const rows = new Rows();
  for await (const part of parts) {
    for (let from = 0; from < part.points.length;) {
      from += rows.add(part, from);
      if (rows.length < GROUP_ROWS) continue;
      await rows.writeTo(file);
      yield bytes.take();
    }
  }
  if (rows.length > 0) await rows.writeTo(file);
  await file.finish();
  yield bytes.take();
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
  readonly #texts: [string[], string[], string[], string[]] = [[], [], [], []];
  readonly #steps = new BigInt64Array(GROUP_ROWS);
  readonly #timesUs = new BigInt64Array(GROUP_ROWS);
  readonly #values = new Float64Array(GROUP_ROWS);
  #epochs: (number | null)[] = [];

  /** Takes points from there on, as many as fit, and answers how many. */
  add({ run, metric, points }: ExportPart, from: number): number {
    const count = Math.min(points.length - from, GROUP_ROWS - this.length);
    const texts = [run.id, run.name, run.project, metric];
    for (let i = from; i < from + count; i++) {
      const at = this.length++;
      for (const [column, text] of texts.entries()) this.#texts[column]?.push(text);
      this.#steps[at] = BigInt(points.steps[i] as number);
      this.#timesUs[at] = BigInt(Math.round((points.timesMs[i] as number) * US_PER_MS));
      const epoch = points.epochs?.[i] ?? Number.NaN;
      this.#epochs.push(Number.isNaN(epoch) ? null : epoch);
    }
    this.#values.set(points.values.subarray(from, from + count), this.length - count);
    return count;
  }

  async writeTo(file: ParquetWriter): Promise<void> {
    const { length } = this;
    const [runs, names, projects, metrics] = this.#texts;
    // Dictionaries take -0 for 0, and of numbers there are many.
    const numbers = { encoding: 'PLAIN', statistics: false } as const;
    const counts = { encoding: 'DELTA_BINARY_PACKED' } as const;
    await file.write({
      rowGroupSize: length,
      columnData: [
        { name: 'run', data: runs },
        { name: 'run_name', data: names },
        { name: 'project', data: projects },
        { name: 'metric', data: metrics },
        { name: 'step', data: this.#steps.subarray(0, length), ...counts },
        { name: 'epoch', data: this.#epochs, ...numbers },
        { name: 'time', data: Array.from(this.#timesUs.subarray(0, length)), ...counts },
        { name: 'value', data: this.#values.subarray(0, length), ...numbers },
      ],
    });
    this.length = 0;
    for (const column of this.#texts) column.length = 0;
    this.#epochs = [];
  }
}

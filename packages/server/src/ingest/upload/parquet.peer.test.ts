import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, openAsBlob, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Labels } from '@vitrine/model/labels.ts';
import { parseUploadMapping } from '@vitrine/model/parse/upload-mapping.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { previewUpload } from './preview-upload.ts';
import type { RandomAccess } from './read-parquet.ts';
import { readUpload } from './read-upload.ts';

const ROOT = fileURLToPath(new URL('../../../../../', import.meta.url));
const PACKAGES = ['pyarrow==21.0.0', 'pandas==2.3.3'];

/** Writes each file, and beside it as JSON what its cells are: times in milliseconds, numbers as doubles. */
const SCRIPT = `
import json, sys
from datetime import datetime, timezone, date
from decimal import Decimal
import numpy as np, pandas as pd, pyarrow as pa, pyarrow.parquet as pq
folder = sys.argv[1]
ROWS = 5000
ms = [1767225600000 + 250 * i for i in range(ROWS)]
wave = [None if i % 97 == 0 else float(np.sin(i)) for i in range(ROWS)]

def write(name, table, truth, **how):
    pq.write_table(table, f"{folder}/{name}.parquet", **how)
    json.dump(truth, open(f"{folder}/{name}.json", "w"))

plain = pa.table({"time": pa.array(ms, pa.timestamp("ms", "UTC")), "loss": pa.array(wave, pa.float64()), "run": pa.array([("a", "b")[i % 2] for i in range(ROWS)])})
truth = {"time": ms, "values": {"loss": wave}}
for codec in ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]:
    for version in ["1.0", "2.0"]:
        write(f"codec-{codec}-{version[0]}", plain, truth, compression=codec, data_page_version=version, row_group_size=1234)
write("no-dictionary", plain, truth, use_dictionary=False, data_page_size=1000)
write("split", plain, truth, use_dictionary=False, column_encoding={"loss": "BYTE_STREAM_SPLIT", "time": "DELTA_BINARY_PACKED", "run": "DELTA_BYTE_ARRAY"})
for unit, per in [("s", 0.001), ("ms", 1), ("us", 1000), ("ns", 1000000)]:
    for zone in [None, "UTC", "Europe/Berlin"]:
        whole = [t - t % 1000 for t in ms] if unit == "s" else ms
        column = pa.array([int(t * per) if per < 1 else int(t) * int(per) for t in whole], pa.timestamp(unit, zone))
        write(f"time-{unit}-{(zone or 'naive').replace('/', '-')}", pa.table({"time": column, "loss": pa.array(wave)}), {"time": whole, "values": {"loss": wave}})
write("time-int96", pa.table({"time": pa.array([t * 1000000 for t in ms], pa.timestamp("ns")), "loss": pa.array(wave)}), truth, use_deprecated_int96_timestamps=True)
days = [date(2026, 1, 1 + i % 28) for i in range(ROWS)]
day_ms = [int(datetime(d.year, d.month, d.day, tzinfo=timezone.utc).timestamp() * 1000) for d in days]
write("time-date", pa.table({"time": pa.array(days), "loss": pa.array(wave)}), {"time": day_ms, "values": {"loss": wave}})
numbers = {}
columns = {"time": pa.array([t * 1000 for t in ms], pa.timestamp("us", "UTC"))}
for kind in ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]:
    numbers[kind] = [None if i % 11 == 0 else (i % 100) - (0 if kind[0] == "u" else 50) for i in range(ROWS)]
    columns[kind] = pa.array(numbers[kind], getattr(pa, kind)())
numbers["uint32"][1] = 4294967295
columns["uint32"] = pa.array(numbers["uint32"], pa.uint32())
numbers["big"] = [2 ** 53 - i for i in range(ROWS)]
columns["big"] = pa.array(numbers["big"], pa.int64())
for kind, to in [("float16", np.float16), ("float32", np.float32)]:
    exact = [to(np.sin(i)) for i in range(ROWS)]
    numbers[kind] = [float(v) for v in exact]
    columns[kind] = pa.array(np.array(exact, to))
numbers["bool"] = [None if i % 5 == 0 else (1 if i % 2 else 0) for i in range(ROWS)]
columns["bool"] = pa.array([None if v is None else bool(v) for v in numbers["bool"]])
for precision, scale in [(5, 2), (15, 4), (30, 10)]:
    exact = [Decimal(i * 7 - 999).scaleb(-scale) for i in range(ROWS)]
    numbers[f"decimal{precision}"] = [float(v) for v in exact]
    columns[f"decimal{precision}"] = pa.array(exact, pa.decimal128(precision, scale))
write("numbers", pa.table(columns), {"time": ms, "values": numbers})
frame = pd.DataFrame({"loss": wave}, index=pd.to_datetime(ms, unit="ms", utc=True).rename("time"))
frame["phase"] = pd.Categorical(["warm", "train"][i > 100] for i in range(ROWS))
frame.to_parquet(f"{folder}/pandas.parquet")
json.dump({"time": ms, "values": {"loss": [None if v is None else v for v in wave]}}, open(f"{folder}/pandas.json", "w"))
pq.write_table(pa.table({"time": pa.array(ms[:2], pa.timestamp("ms")), "id": pa.array([2 ** 53 + 1, 5], pa.int64()), "nested": pa.array([[1], [2]])}), f"{folder}/beyond.parquet")
`;

const folder = mkdtempSync(join(tmpdir(), 'vitrine-parquet-'));

beforeAll(() => {
  const environment = join(ROOT, '.cache/peers/pyarrow');
  mkdirSync(environment, { recursive: true });
  execFileSync('python3', ['-m', 'venv', environment]);
  execFileSync(join(environment, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', ...PACKAGES]);
  execFileSync(join(environment, 'bin/python'), ['-c', SCRIPT, folder]);
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function open(name: string): Promise<{ readonly kind: 'random'; readonly file: RandomAccess }> {
  const blob = await openAsBlob(join(folder, `${name}.parquet`));
  return { kind: 'random', file: { size: blob.size, read: (from, length) => blob.slice(from, from + length).arrayBuffer() } };
}

/** Samples by metric, as `time value`, in the file's order. */
async function samplesOf(name: string, values: readonly string[]) {
  const samples = new Map<string, string[]>(values.map((value) => [value, []]));
  const answer = await readUpload({
    file: await open(name),
    mapping: parseUploadMapping({ time: { column: 'time', format: 'timestamp' }, values }),
    unpackedBytes: 0,
    take({ batch: { seriesKeys, seriesIndex, timestampsMs, values: numbers } }) {
      const names = seriesKeys.map((key) => Labels.fromKey(key).metricName);
      numbers.forEach((value, i) => samples.get(names[seriesIndex[i] as number] as string)?.push(`${timestampsMs[i]} ${value}`));
      return Promise.resolve({ accepted: numbers.length, refused: [], told: [] });
    },
  });
  return { samples, answer };
}

interface Truth {
  readonly time: readonly number[];
  readonly values: Readonly<Record<string, readonly (number | null)[]>>;
}

describe('Parquet as pyarrow and pandas write it', () => {
  test('reads equal in every codec, page version, encoding and type', async () => {
    const names = readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -'.json'.length));
    expect(names.length).toBeGreaterThan(25);
    for (const name of names) {
      const { time, values } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Truth;
      const { samples, answer } = await samplesOf(name, Object.keys(values));
      expect([name, answer.rows, answer.reasons]).toEqual([name, time.length, []]);
      for (const [column, numbers] of Object.entries(values)) {
        const want = numbers.flatMap((value, row) => (value === null ? [] : [`${time[row]} ${value}`]));
        const got = samples.get(column) ?? [];
        const at = want.findIndex((sample, index) => sample !== got[index]);
        expect([name, column, got.length, got[at]]).toEqual([name, column, want.length, want[at]]);
      }
    }
  });

  test('is refused cell by cell where a double cannot hold a number', async () => {
    const { samples, answer } = await samplesOf('beyond', ['id']);
    expect(samples.get('id')).toEqual(['1767225600250 5']);
    expect(answer.rowsRefused).toEqual([
      {
        row: 1,
        column: 'id',
        reason: 'not a number',
        sentence:
          '9007199254740993 is beyond 2^53, where a double is not exact; write the column as floating point to have it rounded',
      },
    ]);
  });

  test.each([
    ['codec-zstd-2', 'time: timestamp, UTC, time | loss: double, value | run: text, label'],
    ['time-us-naive', 'time: timestamp, time | loss: double, value'],
    ['pandas', 'loss: double, value | phase: text, label | time: timestamp, UTC, time'],
    ['beyond', 'time: timestamp, time | id: int64, ignore'],
  ])('%s is previewed by its schema', async (name, want) => {
    const how = {
      format: undefined,
      csv: { delimiter: undefined, decimal: undefined },
      unpackedBytes: 0,
      isHead: false,
    } as const;
    const { columns, rows, rowCount } = await previewUpload(await open(name), how, 5);
    expect(columns.map((column) => `${column.name}: ${column.type}, ${column.role}`).join(' | ')).toBe(want);
    expect(rows.length).toBe(Math.min(5, rowCount ?? 0));
  });
});

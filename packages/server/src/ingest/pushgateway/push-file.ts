import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import type { PushedGroup } from './push-groups.ts';
import type { PushedFamily } from './pushed-family.ts';

/** Keeps the groups over restarts. What a method wrote survives `kill -9` when it returns. */
export interface PushFile {
  load(): PushedGroup[];
  save(group: PushedGroup): void;
  remove(id: string): void;
  close(): void;
}

/** Counts up when the table changes so that an older program must not read it. 2 brought native histograms. */
const FORMAT_VERSION = 2;
const TABLE = `CREATE TABLE IF NOT EXISTS groups (id TEXT PRIMARY KEY, group_json TEXT NOT NULL, numbers BLOB NOT NULL) STRICT`;

/**
 * A group without its numbers, which stand beside: those of the first metric, then those of the second. Of each its values, and
 * behind them those of its native histograms.
 */
interface SavedGroup {
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly tenant: string;
  readonly sender: string;
  readonly pushedMs: number | null;
  readonly failedMs: number | null;
  readonly failure: string;
  /** With how many of the numbers belong to each. */
  readonly families: readonly SavedFamily[];
}

interface SavedFamily extends Omit<PushedFamily, 'values' | 'histograms'> {
  readonly count: number;
  readonly histograms?: readonly SavedHistogram[] | undefined;
}

/** A native histogram without its numbers: those of its positive buckets, its negative ones, its bounds, and four more. */
interface SavedHistogram extends Pick<NativeHistogram, 'schema' | 'reset' | 'positiveSpans' | 'negativeSpans'> {
  readonly place: number;
  readonly counts: readonly [positive: number, negative: number, custom: number];
}

/** Opens the file, or makes it. Throws what SQLite throws where it is damaged or cannot be written. */
export function openPushFile(path: string): PushFile {
  const database = new DatabaseSync(path);
  // Without fsync at each push: what a power cut takes, the next push or run of the job brings again.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000');
  chmodSync(path, 0o600);
  const [version] = database.prepare('PRAGMA user_version').all();
  if (Number(version?.['user_version']) > FORMAT_VERSION) throw new Error('it was written by a newer Vitrine');
  database.exec(`${TABLE}; PRAGMA user_version = ${FORMAT_VERSION}`);
  const save = database.prepare('INSERT OR REPLACE INTO groups VALUES (?, ?, ?)');
  const remove = database.prepare('DELETE FROM groups WHERE id = ?');
  return {
    load: () =>
      Array.from(database.prepare('SELECT id, group_json, numbers FROM groups').iterate(), (row) =>
        readGroup(row['id'] as string, JSON.parse(row['group_json'] as string) as SavedGroup, row['numbers'] as Uint8Array),
      ),
    save(group) {
      const { id, labels, tenant, sender, pushedMs = null, failedMs = null, failure } = group;
      const families = Array.from(group.families.values(), saveFamily);
      const saved: SavedGroup = { labels: [...labels], tenant, sender, pushedMs, failedMs, failure, families };
      save.run(id, JSON.stringify(saved), numbersOf(group));
    },
    remove: (id) => void remove.run(id),
    close: () => database.close(),
  };
}

function saveFamily({ values, histograms, ...about }: PushedFamily): SavedFamily {
  const saved = Array.from(histograms ?? [], ([place, histogram]): SavedHistogram => {
    const { schema, reset, positiveSpans, negativeSpans, positiveBuckets, negativeBuckets, customValues } = histogram;
    const counts = [positiveBuckets.length, negativeBuckets.length, customValues.length] as const;
    return { place, schema, reset, positiveSpans, negativeSpans, counts };
  });
  return { ...about, count: values.length, histograms: saved.length === 0 ? undefined : saved };
}

/** As doubles, in the order of this machine, whose bits stay. */
function numbersOf({ families }: PushedGroup): Uint8Array {
  const parts: Uint8Array[] = [];
  const add = (numbers: Float64Array): unknown =>
    parts.push(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
  for (const { values, histograms } of families.values()) {
    add(values);
    for (const histogram of histograms?.values() ?? []) {
      const { positiveBuckets, negativeBuckets, customValues, zeroThreshold, zeroCount, count, sum } = histogram;
      for (const numbers of [positiveBuckets, negativeBuckets, customValues]) add(numbers);
      add(Float64Array.of(zeroThreshold, zeroCount, count, sum));
    }
  }
  return Buffer.concat(parts);
}

function readGroup(id: string, saved: SavedGroup, bytes: Uint8Array): PushedGroup {
  const { labels, tenant, sender, pushedMs, failedMs, failure } = saved;
  // Copied to where doubles may stand.
  const numbers = new Float64Array(bytes.slice().buffer);
  let at = 0;
  const take = (count: number): Float64Array => numbers.subarray(at, (at += count));
  const families = saved.families.map(({ count, histograms, ...about }): [string, PushedFamily] => {
    const values = take(count);
    return [about.name, { ...about, values, histograms: histograms && readHistograms(histograms, take) }];
  });
  return {
    id,
    labels: new Map(labels),
    tenant,
    sender,
    families: new Map(families),
    pushedMs: pushedMs ?? undefined,
    failedMs: failedMs ?? undefined,
    failure,
  };
}

function readHistograms(
  saved: readonly SavedHistogram[],
  take: (count: number) => Float64Array,
): ReadonlyMap<number, NativeHistogram> {
  return new Map(
    saved.map(({ place, counts: [positive, negative, custom], ...about }) => {
      const [positiveBuckets, negativeBuckets, customValues] = [take(positive), take(negative), take(custom)];
      const [zeroThreshold = 0, zeroCount = 0, count = 0, sum = 0] = take(4);
      return [place, { ...about, positiveBuckets, negativeBuckets, customValues, zeroThreshold, zeroCount, count, sum }];
    }),
  );
}

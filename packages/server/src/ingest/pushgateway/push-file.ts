import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { type PushedGroup, samplesOf } from './push-groups.ts';
import type { PushedFamily } from './pushed-family.ts';

/** Keeps the groups over restarts. What a method wrote survives `kill -9` when it returns. */
export interface PushFile {
  load(): PushedGroup[];
  save(group: PushedGroup): void;
  remove(id: string): void;
  close(): void;
}

/** Counts up when the table changes so that an older program must not read it. */
const FORMAT_VERSION = 1;
const TABLE = `CREATE TABLE IF NOT EXISTS groups (id TEXT PRIMARY KEY, group_json TEXT NOT NULL, numbers BLOB NOT NULL) STRICT`;

/** A group without its numbers, which stand beside: those of the first metric, then those of the second. */
interface SavedGroup {
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly tenant: string;
  readonly sender: string;
  readonly pushedMs: number | null;
  readonly failedMs: number | null;
  readonly failure: string;
  /** With how many of the numbers belong to each. */
  readonly families: readonly (Omit<PushedFamily, 'values'> & { readonly count: number })[];
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
      const families = Array.from(group.families.values(), ({ values, ...about }) => ({ ...about, count: values.length }));
      const saved: SavedGroup = { labels: [...labels], tenant, sender, pushedMs, failedMs, failure, families };
      save.run(id, JSON.stringify(saved), numbersOf(group));
    },
    remove: (id) => void remove.run(id),
    close: () => database.close(),
  };
}

/** As doubles, in the order of this machine, whose bits stay. */
function numbersOf({ families }: PushedGroup): Uint8Array {
  const numbers = new Float64Array(samplesOf({ families }));
  let at = 0;
  for (const { values } of families.values()) {
    numbers.set(values, at);
    at += values.length;
  }
  return new Uint8Array(numbers.buffer);
}

function readGroup(id: string, saved: SavedGroup, bytes: Uint8Array): PushedGroup {
  const { labels, tenant, sender, pushedMs, failedMs, failure } = saved;
  // Copied to where doubles may stand.
  const numbers = new Float64Array(bytes.slice().buffer);
  let at = 0;
  const families = saved.families.map(({ count, ...about }): [string, PushedFamily] => {
    const values = numbers.subarray(at, at + count);
    at += count;
    return [about.name, { ...about, values }];
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

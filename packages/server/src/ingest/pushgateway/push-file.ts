import { chmodSync } from 'node:fs';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import type { MetricType, PushedFamily } from './pushed-family.ts';
import type { PushedGroup } from './push-groups.ts';

/** Keeps the groups over restarts. What a method wrote survives `kill -9` when it returns. */
export interface PushFile {
  load(): PushedGroup[];
  /** `before` is what was saved of it last. */
  save(group: PushedGroup, before: PushedGroup | undefined): void;
  remove(id: string): void;
  close(): void;
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS groups (
    id TEXT PRIMARY KEY, labels_json TEXT NOT NULL, tenant TEXT NOT NULL, sender TEXT NOT NULL,
    pushed_ms INTEGER, failed_ms INTEGER, failure TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS families (
    group_id TEXT NOT NULL REFERENCES groups(id) ON DELETE CASCADE, name TEXT NOT NULL, type TEXT NOT NULL, help TEXT NOT NULL,
    unit TEXT NOT NULL, pushed_ms INTEGER NOT NULL, keys_json TEXT NOT NULL, numbers BLOB NOT NULL,
    PRIMARY KEY (group_id, name)
  ) STRICT`;

type Row = Record<string, SQLOutputValue>;

/** Opens the file, or makes it. Throws what SQLite throws where it is damaged or cannot be written. */
export function openPushFile(path: string): PushFile {
  const database = new DatabaseSync(path);
  // Without fsync at each push: what a power cut takes, the next push or run of the job brings again.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON');
  chmodSync(path, 0o600);
  database.exec(TABLES);
  const saveGroup = database.prepare(
    `INSERT INTO groups VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET tenant = excluded.tenant,
     sender = excluded.sender, pushed_ms = excluded.pushed_ms, failed_ms = excluded.failed_ms, failure = excluded.failure`,
  );
  const saveFamily = database.prepare('INSERT OR REPLACE INTO families VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const removeFamily = database.prepare('DELETE FROM families WHERE group_id = ? AND name = ?');
  const removeGroup = database.prepare('DELETE FROM groups WHERE id = ?');

  return {
    load() {
      const families = new Map<string, Map<string, PushedFamily>>();
      for (const row of database.prepare('SELECT * FROM families').iterate()) {
        const group = row['group_id'] as string;
        const family = readFamily(row);
        const ofGroup = families.get(group) ?? new Map<string, PushedFamily>();
        families.set(group, ofGroup.set(family.name, family));
      }
      return Array.from(database.prepare('SELECT * FROM groups').iterate(), (row) => {
        return readGroup(row, families.get(row['id'] as string) ?? new Map());
      });
    },
    save(group, before) {
      const { id, labels, tenant, sender, pushedMs, failedMs, failure, families } = group;
      database.exec('BEGIN IMMEDIATE');
      try {
        saveGroup.run(id, JSON.stringify([...labels]), tenant, sender, pushedMs ?? null, failedMs ?? null, failure);
        for (const name of before?.families.keys() ?? []) if (!families.has(name)) removeFamily.run(id, name);
        for (const family of families.values()) {
          if (before?.families.get(family.name) === family) continue;
          const { name, type, help, unit, values } = family;
          const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
          saveFamily.run(id, name, type, help, unit, family.pushedMs, JSON.stringify(family.keys), bytes);
        }
        database.exec('COMMIT');
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    },
    remove: (id) => void removeGroup.run(id),
    close: () => database.close(),
  };
}

function readGroup(row: Row, families: ReadonlyMap<string, PushedFamily>): PushedGroup {
  return {
    id: row['id'] as string,
    labels: new Map(JSON.parse(row['labels_json'] as string) as [string, string][]),
    tenant: row['tenant'] as string,
    sender: row['sender'] as string,
    families,
    pushedMs: (row['pushed_ms'] as number | null) ?? undefined,
    failedMs: (row['failed_ms'] as number | null) ?? undefined,
    failure: row['failure'] as string,
  };
}

function readFamily(row: Row): PushedFamily {
  return {
    name: row['name'] as string,
    type: row['type'] as MetricType,
    help: row['help'] as string,
    unit: row['unit'] as string,
    keys: JSON.parse(row['keys_json'] as string) as string[],
    // Little-endian doubles, copied to where doubles may stand.
    values: new Float64Array((row['numbers'] as Uint8Array).slice().buffer),
    pushedMs: row['pushed_ms'] as number,
  };
}

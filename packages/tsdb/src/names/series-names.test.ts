import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { Database } from '../database.ts';
import { tempFolder } from '../store-for-tests.ts';
import { allNames, nameReader } from './series-names.ts';

const LIMIT = 2 ** 20;

function openNew(): Database {
  const { folder, remove } = tempFolder();
  const db = Database.open(folder, () => undefined);
  onTestFinished(() => {
    db.close();
    remove();
  });
  return db;
}

function packAll(db: Database): void {
  db.transaction(() => {
    for (let ref = 0; ref < LIMIT;) ref = db.names.pack(ref, LIMIT);
  });
}

function rowIds(file: string): number[] {
  const db = new DatabaseSync(file);
  const rows = db.prepare('SELECT id FROM series ORDER BY id').all();
  db.close();
  return rows.map(({ id }) => Number(id));
}

/** A store's file with the names of 600 series in blocks. */
function packed(): Database {
  const db = openNew();
  db.transaction(() => {
    for (let ref = 0; ref < 600; ref++) db.names.add(ref, `name ${ref}`);
  });
  packAll(db);
  return db;
}

test('names in blocks are two rows for 256 of them; few new ones keep rows of their own', () => {
  const db = packed();
  expect(rowIds(db.file)).toEqual([-6, -5, -4, -3, -2, -1]);
  db.transaction(() => {
    db.names.delete([3, 300]);
    db.names.add(3, 'another');
  });
  packAll(db);
  expect(rowIds(db.file)).toEqual([-6, -5, -4, -3, -2, -1, 3]);
  const all = new Map(db.names.all(() => undefined));
  expect([all.size, all.get(2), all.get(3), all.get(300), all.get(599)]).toEqual([
    599,
    'name 2',
    'another',
    undefined,
    'name 599',
  ]);
});

test('a block whose series are all gone is gone', () => {
  const db = packed();
  db.transaction(() => db.names.delete(Array.from({ length: 256 }, (_, i) => 256 + i)));
  expect(rowIds(db.file)).toEqual([-6, -5, -2, -1]);
});

test('property: what was added and not deleted is there, in the order of refs, however it was packed', () => {
  const key = fc.string({ unit: 'grapheme', maxLength: 30 });
  const refs = fc.uniqueArray(fc.nat(700), { maxLength: 200 });
  const step = fc.oneof(fc.record({ add: refs, key }), fc.record({ delete: refs }), fc.constant({ pack: true as const }));
  const db = openNew();
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const want = new Map<number, string>();
      for (const one of steps) {
        if ('pack' in one) packAll(db);
        else {
          db.transaction(() => {
            if ('delete' in one) {
              const gone = one.delete.filter((ref) => want.delete(ref));
              db.names.delete(gone);
            } else {
              for (const ref of one.add) {
                if (want.has(ref)) continue;
                want.set(ref, `${one.key} ${ref}`);
                db.names.add(ref, `${one.key} ${ref}`);
              }
            }
          });
        }
      }
      expect([...db.names.all(() => expect.unreachable())]).toEqual([...want].sort(([a], [b]) => a - b));
      const file = new DatabaseSync(db.file);
      const read = nameReader(file);
      for (let ref = 0; ref < 700; ref += 7) expect(read(ref)).toEqual(want.has(ref) ? { key: want.get(ref) } : undefined);
      file.close();
      db.transaction(() => db.names.delete(want.keys()));
      expect(rowIds(db.file)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

/** Flips a bit of rows, and says what is read then: names that are there, those that cannot be read, and blocks with one sound copy. */
function readWithFlips(file: string, ids: readonly number[], place: number): [sound: number, lost: number, halves: number[]] {
  const db = new DatabaseSync(file);
  for (const id of ids) {
    const bytes = db.prepare('SELECT key FROM series WHERE id = ?').get(id)?.['key'] as Uint8Array;
    const at = Math.floor(place * bytes.length);
    bytes[at] = (bytes[at] as number) ^ (1 << (at % 8));
    db.prepare('UPDATE series SET key = ? WHERE id = ?').run(bytes, id);
  }
  const halves: number[] = [];
  const names = [...allNames(db, (firstRef) => halves.push(firstRef))];
  const sound = names.filter(([ref, key]) => key === `name ${ref}`).length;
  const lost = names.filter(([, key]) => key === undefined).length;
  db.close();
  return [sound, lost, halves];
}

test.each([0, 0.3, 0.6, 0.999])(
  'a bit that flipped in one copy of a block costs no name, and is told of (at %d of it)',
  (place) => {
    const db = packed();
    expect(readWithFlips(db.file, [-3], place)).toEqual([600, 0, [256]]);
    // Written anew, both are sound.
    db.transaction(() => db.names.delete([300]));
    expect(readWithFlips(db.file, [], place)).toEqual([599, 0, []]);
  },
);

test.each<[what: string, sql: string, alsoHalf: number[]]>([
  ['one copy that cannot be read', `UPDATE series SET key = CAST(substr(key, 2) AS BLOB) WHERE id = -3`, []],
  ['one copy that is missing', 'DELETE FROM series WHERE id = -4', []],
  ['a copy that was given to another block', 'DELETE FROM series WHERE id = -5; UPDATE series SET id = -5 WHERE id = -3', [512]],
])('%s is written anew from the other, so that the next flip costs no name either', (_, sql, alsoHalf) => {
  const db = packed();
  const file = new DatabaseSync(db.file);
  file.exec(sql);
  file.close();
  expect(readWithFlips(db.file, [], 0)).toEqual([600, 0, [256, ...alsoHalf]]);
  db.transaction(() => {
    for (const ref of [256, ...alsoHalf]) db.names.mend(ref);
  });
  expect(readWithFlips(db.file, [], 0)).toEqual([600, 0, []]);
  expect(readWithFlips(db.file, [-4], 0.5)).toEqual([600, 0, [256]]);
});

test('flipped bits in both copies cost the names of their block, which stays as it is, and no others', () => {
  const db = packed();
  expect(readWithFlips(db.file, [-3, -4], 0.5)).toEqual([344, 256, []]);
  db.transaction(() => {
    for (let ref = 1000; ref < 1024; ref++) db.names.add(ref, `name ${ref}`);
  });
  packAll(db);
  db.transaction(() => db.names.mend(256));
  expect(readWithFlips(db.file, [], 0)).toEqual([368, 256, []]);
  const file = new DatabaseSync(db.file);
  expect([255, 256, 511, 512, 900].map(nameReader(file))).toEqual([
    { key: 'name 255' },
    'damaged',
    'damaged',
    { key: 'name 512' },
    undefined,
  ]);
  file.close();
});

test('a name of its own that cannot be read stays as it is when those beside it are packed', () => {
  const db = openNew();
  db.transaction(() => {
    for (let ref = 0; ref < 20; ref++) db.names.add(ref, `name ${ref}`);
  });
  expect(readWithFlips(db.file, [7], 0.2)).toEqual([19, 1, []]);
  packAll(db);
  expect(rowIds(db.file)).toEqual([-2, -1, 7]);
  expect(readWithFlips(db.file, [], 0)).toEqual([19, 1, []]);
});

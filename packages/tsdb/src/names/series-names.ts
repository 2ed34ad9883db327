import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { isKeyOf, keyOfRow, keySeal } from '../chunk/row-seal.ts';
import { bytesIn, RowQuery } from '../row-query.ts';
import {
  BLOCK_SERIES,
  blockOf,
  blockOfId,
  COPIES,
  decodeBlock,
  encodeBlock,
  idOfCopy,
  isBlock,
  sealedFor,
} from './name-block.ts';

/** Fewer series of a block are not worth writing it anew. */
const PACKED_MIN = 16;

/** The names of one block; undefined where no copy of it is what was written. */
interface FoundBlock {
  readonly names: readonly (readonly [ref: number, key: string])[] | undefined;
  /** Copies that are missing, too; none where there is no such block. */
  readonly damagedCopies: number;
}

type SingleRow = [id: number, key: string | null, checksum: string];

/** As texts: a million small buffers would take longer to make, and to get rid of, than all else of a start. */
const SELECT_SINGLES = 'SELECT id, CAST(substr(key, 1, length(key) - 4) AS TEXT), hex(substr(key, -4)) FROM series';

const checksum = Buffer.alloc(4);

/** The table of series: a row for each new one, and blocks of those that have been there for longer. */
export class SeriesNames {
  readonly #db: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #delete: StatementSync;
  readonly #deleteBetween: StatementSync;
  readonly #replace: StatementSync;
  readonly #nextSingle: RowQuery<[id: number]>;
  readonly #singlesBetween: RowQuery<SingleRow>;
  readonly #copies: RowQuery<[id: number, data: Uint8Array]>;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#insert = db.prepare('INSERT INTO series (id, key) VALUES (?, ?)');
    this.#delete = db.prepare('DELETE FROM series WHERE id = ?');
    this.#deleteBetween = db.prepare('DELETE FROM series WHERE id >= ? AND id < ?');
    this.#replace = db.prepare('INSERT OR REPLACE INTO series (id, key) VALUES (?, ?)');
    this.#nextSingle = new RowQuery(db, 'SELECT id FROM series WHERE id >= ? AND id < ? ORDER BY id LIMIT 1');
    this.#singlesBetween = new RowQuery(db, `${SELECT_SINGLES} WHERE id >= ? AND id < ?`);
    this.#copies = copiesOf(db);
  }

  /** Enters a new series, within the caller's transaction. */
  add(ref: number, key: string): void {
    const bytes = Buffer.from(key, 'utf8');
    const row = Buffer.alloc(bytes.length + 4);
    row.set(bytes);
    row.writeUInt32LE(crc32(bytes, keySeal(ref)), bytes.length);
    this.#insert.run(ref, row);
  }

  /** Within the caller's transaction. */
  delete(refs: Iterable<number>): void {
    const packed = new Map<number, Set<number>>();
    for (const ref of refs) {
      if (this.#delete.run(ref).changes !== 0) continue;
      const block = blockOf(ref);
      packed.set(block, (packed.get(block) ?? new Set()).add(ref));
    }
    for (const [block, gone] of packed) {
      const { names } = blockIn(this.#copies, block);
      if (names !== undefined)
        this.#write(
          block,
          names.filter(([ref]) => !gone.has(ref)),
        );
    }
  }

  /**
   * Moves names that have rows of their own into a block, the first with enough of them among the refs in [from, limit); within the
   * caller's transaction. Returns the ref to go on from, `limit` or more at the end.
   */
  pack(from: number, limit: number): number {
    const first = this.#nextSingle.all(from, limit)[0]?.[0];
    if (first === undefined) return limit;
    const block = blockOf(first);
    const end = (block + 1) * BLOCK_SERIES;
    const singles = this.#singlesBetween.all(block * BLOCK_SERIES, end);
    if (singles.length < PACKED_MIN) return end;
    const { names, damagedCopies } = blockIn(this.#copies, block);
    // What cannot be read stays as it is, to be told of or restored.
    if (names === undefined && damagedCopies > 0) return end;
    const byRef = new Map(names);
    for (const row of singles) {
      const key = keyOfSingle(row);
      if (key !== undefined) byRef.set(row[0], key);
    }
    // One by one only where one cannot be read: that takes longer.
    if (singles.every(([ref]) => byRef.has(ref))) this.#deleteBetween.run(block * BLOCK_SERIES, end);
    else for (const [ref] of singles) if (byRef.has(ref)) this.#delete.run(ref);
    this.#write(
      block,
      [...byRef].sort(([a], [b]) => a - b),
    );
    return end;
  }

  /** Writes both copies of a ref's block anew where only one can be read; within the caller's transaction. */
  mend(ref: number): void {
    const block = blockOf(ref);
    const { names, damagedCopies } = blockIn(this.#copies, block);
    if (names !== undefined && damagedCopies > 0) this.#write(block, names);
  }

  #write(block: number, names: readonly (readonly [ref: number, key: string])[]): void {
    const first = idOfCopy(block, 0);
    const row = names.length === 0 ? undefined : encodeBlock(first, names);
    for (let copy = 0; copy < COPIES; copy++) {
      const id = idOfCopy(block, copy);
      if (row === undefined) this.#delete.run(id);
      else this.#replace.run(id, copy === 0 ? row : sealedFor(id, row));
    }
  }

  /** See `allNames`. */
  all(onDamagedCopy: (firstRef: number) => void): Generator<readonly [ref: number, key: string | undefined]> {
    return allNames(this.#db, onDamagedCopy);
  }
}

/**
 * All series in a file by their refs, ascending; the key is undefined where what was written of it cannot be read: of a block then for
 * all series that it may have. `onDamagedCopy` is told of a block, by its first ref, of which one copy can be read and the other not.
 */
export function* allNames(
  db: DatabaseSync,
  onDamagedCopy: (firstRef: number) => void,
): Generator<readonly [ref: number, key: string | undefined]> {
  const singles = singleNames(db);
  let single = singles.next();
  for (const [block, { names, damagedCopies }] of blocks(db)) {
    const start = block * BLOCK_SERIES;
    if (names !== undefined && damagedCopies > 0) onDamagedCopy(start);
    for (const [ref, key] of names ?? Array.from({ length: BLOCK_SERIES }, (_, i) => [start + i, undefined] as const)) {
      for (; single.done !== true && single.value[0] < ref; single = singles.next()) yield single.value;
      // A row of its own counts: those of a damaged block that have one are no part of it.
      if (single.done === true || single.value[0] !== ref) yield [ref, key];
    }
  }
  for (; single.done !== true; single = singles.next()) yield single.value;
}

/** What a ref's name is: undefined where nothing was written of it, 'damaged' where that cannot be read. */
export function nameReader(db: DatabaseSync): (ref: number) => { readonly key: string } | 'damaged' | undefined {
  const single = new RowQuery<[data: Uint8Array]>(db, `SELECT ${bytesIn('key')} FROM series WHERE id = ?`);
  const copies = copiesOf(db);
  let known: { readonly block: number; readonly found: FoundBlock; readonly keys: ReadonlyMap<number, string> } | undefined;
  return (ref) => {
    const [row] = single.all(ref);
    if (row !== undefined) {
      const key = keyOfRow(ref, row[0]);
      return key === undefined ? 'damaged' : { key };
    }
    const block = blockOf(ref);
    if (known?.block !== block) {
      const found = blockIn(copies, block);
      known = { block, found, keys: new Map(found.names) };
    }
    const key = known.keys.get(ref);
    if (key !== undefined) return { key };
    return known.found.names === undefined && known.found.damagedCopies > 0 ? 'damaged' : undefined;
  };
}

function* singleNames(db: DatabaseSync): Generator<readonly [ref: number, key: string | undefined]> {
  for (const row of new RowQuery<SingleRow>(db, `${SELECT_SINGLES} WHERE id >= 0 ORDER BY id`).iterate()) {
    yield [row[0], keyOfSingle(row)];
  }
}

/** Undefined where it is not what was written: a bit may have flipped in what SQLite knows of the key, too. */
function keyOfSingle([ref, key, hex]: SingleRow): string | undefined {
  const isSound = key !== null && checksum.write(hex, 'hex') === 4 && isKeyOf(ref, key, checksum.readUInt32LE(0));
  return isSound ? key : undefined;
}

function* blocks(db: DatabaseSync): Generator<readonly [block: number, found: FoundBlock]> {
  const rows = new RowQuery<[id: number, data: Uint8Array]>(
    db,
    `SELECT id, ${bytesIn('key')} FROM series WHERE id < 0 ORDER BY id DESC`,
  );
  let copies: [id: number, data: Uint8Array][] = [];
  for (const row of rows.iterate()) {
    const first = copies[0];
    if (first !== undefined && blockOfId(first[0]) !== blockOfId(row[0])) {
      yield [blockOfId(first[0]), found(copies)];
      copies = [];
    }
    copies.push(row);
  }
  if (copies[0] !== undefined) yield [blockOfId(copies[0][0]), found(copies)];
}

function copiesOf(db: DatabaseSync): RowQuery<[id: number, data: Uint8Array]> {
  return new RowQuery(db, `SELECT id, ${bytesIn('key')} FROM series WHERE id BETWEEN ? AND ? ORDER BY id DESC`);
}

function blockIn(copies: RowQuery<[id: number, data: Uint8Array]>, block: number): FoundBlock {
  return found(copies.all(idOfCopy(block, COPIES - 1), idOfCopy(block, 0)));
}

function found(copies: readonly (readonly [id: number, data: Uint8Array])[]): FoundBlock {
  const sound = copies.filter(([id, data]) => isBlock(id, data));
  const [first] = sound;
  return { names: first && decodeBlock(...first), damagedCopies: copies.length === 0 ? 0 : COPIES - sound.length };
}

import type { Contents } from '../contents.ts';
import { isDamage } from '../sqlite-error.ts';
import { DamagedExemplars, decodeExemplars, encodeExemplars } from './record.ts';

/**
 * Brings back the exemplars of the series that are there. A row that cannot be read is left out, and told of. Where SQLite cannot
 * read on, the table is put aside, with what was read in a new one: no sample needs it.
 */
export function loadExemplars(contents: Contents): void {
  const { db, exemplars, index, log } = contents;
  let damaged = 0;
  const rowIds = new Set<number>();
  try {
    for (const [id, data] of db.exemplarRows()) {
      contents.lastExemplarRow = id;
      rowIds.add(id);
      try {
        for (const { key, exemplar } of decodeExemplars(data)) {
          const ref = index.refOf(key);
          if (ref !== undefined) exemplars.add(ref, exemplar, id);
        }
      } catch (error) {
        if (!(error instanceof DamagedExemplars) && !(error instanceof RangeError)) throw error;
        damaged++;
      }
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
    putAside(contents, rowIds);
    log('error', `${db.file} is damaged: some or all exemplars cannot be read and are left out; everything else is kept`);
  }
  if (damaged > 0) {
    log('error', `${db.file} is damaged: ${damaged} rows of exemplars cannot be read and are left out; everything else is kept`);
  }
}

function putAside({ db, exemplars, index }: Contents, rowIds: ReadonlySet<number>): void {
  const rows = exemplars.ofRows(rowIds);
  db.transaction(() => {
    db.putExemplarsAside();
    for (const [id, entries] of rows) {
      db.insertExemplars.run(id, encodeExemplars(entries.map(({ ref, exemplar }) => ({ key: index.keyOf(ref), exemplar }))));
    }
  });
}

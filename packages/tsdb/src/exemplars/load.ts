import type { Contents } from '../contents.ts';
import { DamagedExemplars, decodeExemplars } from './record.ts';

/** Brings back the exemplars of the series that are there. A row that cannot be read is left out, and told of. */
export function loadExemplars(contents: Contents): void {
  const { db, exemplars, index, log } = contents;
  let damaged = 0;
  for (const [id, data] of db.exemplarRows()) {
    contents.lastExemplarRow = id;
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
  if (damaged > 0) {
    log('error', `${db.file} is damaged: ${damaged} rows of exemplars cannot be read and are left out; everything else is kept`);
  }
}

import { LimitExceeded } from '@vitrine/model/bad-request.ts';
import type { Field, Frame } from '@vitrine/model/frame.ts';

import { columnOf, tableOf, type Header } from './column.ts';
import { joinedRefId } from './fields.ts';
import { Dictionary } from './groups.ts';
import type { TransformationKind } from './transformation.ts';

/** How many rows with one key are compared before merging gives up: fields that all frames share should tell rows apart. */
const MOST_COMPARISONS = 10_000_000;

export const merge: TransformationKind = {
  id: 'merge',
  title: 'Merge',
  description: 'Puts frames into one table; rows whose shared fields are the same become one row.',
  defaults: {},
  apply(frames, _options, run) {
    const filled = frames.filter(({ fields }) => fields.length > 0);
    if (filled.length < 2) return frames;
    const shared = sharedNames(filled);
    if (shared.length === 0) return frames;
    const columns = new Map<string, Column>();
    for (const { fields } of filled) {
      for (const field of fields)
        if (!columns.has(field.name)) columns.set(field.name, { field, dictionary: new Dictionary(), codes: [] });
    }
    const rows = filled.reduce((sum, { length }) => sum + length, 0);
    run.allow(rows * columns.size, 'merging');
    mergeRows(filled, shared, columns);
    const fields = Array.from(columns.values(), ({ field, dictionary, codes }) => {
      const cells = codes.map((code) => (code === -1 ? undefined : dictionary.cells[code]));
      return columnOf(headerOf(field), cells, field.type);
    });
    return [tableOf(joinedRefId('merge', filled), fields)];
  },
};

/** Labels and names told one frame's rows from another's: in one table they would be those of the first only. */
function headerOf({ name, config }: Field): Header {
  const { displayName: _, displayNameFromSource: __, ...rest } = config ?? {};
  return { name, ...(config !== undefined && { config: rest }) };
}

interface Column {
  /** The first field of that name. */
  readonly field: Field;
  readonly dictionary: Dictionary;
  /** Of each row of the result; -1 where no frame has said anything yet. */
  readonly codes: number[];
}

function sharedNames(frames: readonly Frame[]): string[] {
  const [first, ...others] = frames;
  const names = new Set(first!.fields.map(({ name }) => name));
  return [...names].filter((name) => others.every(({ fields }) => fields.some((field) => field.name === name)));
}

/** Each row goes into all rows with its key that say nothing else; where there is none it becomes a row of its own. */
function mergeRows(frames: readonly Frame[], shared: readonly string[], columns: ReadonlyMap<string, Column>): void {
  const keys = new Map<string | number, number[]>();
  const all = [...columns.values()];
  let count = 0;
  let comparisons = 0;
  for (const frame of frames) {
    const byName = new Map(frame.fields.map((field) => [field.name, field]));
    const own = Array.from(byName, ([name, field]) => {
      const column = columns.get(name)!;
      return { column, codes: column.dictionary.encode(field, frame.length) };
    });
    const keyed = shared.map((name) => own.find(({ column }) => column.field.name === name)!.codes);
    for (let row = 0; row < frame.length; row++) {
      const key = keyed.length === 1 ? keyed[0]![row]! : keyed.map((codes) => codes[row]!).join(',');
      const alike = keys.get(key);
      let found = false;
      if (alike !== undefined) {
        comparisons += alike.length;
        if (comparisons > MOST_COMPARISONS) throw tooMany();
        for (const target of alike) {
          if (!own.every(({ column, codes }) => column.codes[target] === -1 || column.codes[target] === codes[row])) continue;
          found = true;
          for (const { column, codes } of own) column.codes[target] = codes[row]!;
        }
      }
      if (found) continue;
      for (const column of all) column.codes.push(-1);
      for (const { column, codes } of own) column.codes[count] = codes[row]!;
      if (alike === undefined) keys.set(key, [count]);
      else alike.push(count);
      count++;
    }
  }
}

function tooMany(): LimitExceeded {
  return new LimitExceeded(
    'transformation',
    'too many rows have the same values in the fields that all frames share; join the frames by a field that tells rows apart instead',
  );
}

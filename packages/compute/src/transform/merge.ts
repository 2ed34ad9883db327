import { LimitExceeded } from '@vitrine/model/bad-request.ts';
import type { Field, Frame } from '@vitrine/model/frame.ts';

import { cellAt, columnOf, tableOf, takeRows, type Header } from './column.ts';
import { joinedRefId } from './fields.ts';
import { Dictionary, KeyDictionary } from './groups.ts';
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
    const names = new Set(filled.flatMap(({ fields }) => fields.map(({ name }) => name)));
    const rows = filled.reduce((sum, { length }) => sum + length, 0);
    run.allow(rows * names.size, 'merging');
    return [tableOf(joinedRefId('merge', filled), mergeColumns(filled, shared, [...names]))];
  },
};

/** Labels and names told one frame's rows from another's: in one table they would be those of the first only. */
function headerOf({ name, config }: Field): Header {
  const { displayName: _, displayNameFromSource: __, ...rest } = config ?? {};
  return { name, ...(config !== undefined && { config: rest }) };
}

/** The fields of a name that all frames share, or all frames that have it. */
interface Column {
  readonly header: Header;
  /** Says what a code stands for. */
  readonly source: Field;
  /** Whether two codes may stand for the same cell: those of a lone frame are its rows. */
  readonly byRow: boolean;
  /** For each frame, what stands in each of its rows; undefined where the frame hasn't the field. */
  readonly codes: readonly (Int32Array | undefined)[];
  /** Of each row of the result; -1 where no frame has said anything yet. */
  readonly out: number[];
}

function sharedNames(frames: readonly Frame[]): string[] {
  const [first, ...others] = frames;
  const names = new Set(first!.fields.map(({ name }) => name));
  return [...names].filter((name) => others.every(({ fields }) => fields.some((field) => field.name === name)));
}

/** Each row goes into all rows with its key that say nothing else; where there is none it becomes a row of its own. */
function mergeColumns(frames: readonly Frame[], shared: readonly string[], names: readonly string[]): Field[] {
  const columns = names.map((name): Column => {
    const found = frames.map(({ fields }) => fields.find((field) => field.name === name));
    const first = found.find((field) => field !== undefined)!;
    const header = headerOf(first);
    if (found.filter((field) => field !== undefined).length === 1) {
      const codes = found.map((field) =>
        field === undefined ? undefined : Int32Array.from({ length: field.values.length }, (_, row) => row),
      );
      const { labels: _, config: __, ...rest } = first;
      return { header, source: { ...rest, ...header }, byRow: true, codes, out: [] };
    }
    const dictionary = new Dictionary();
    const codes = found.map((field, index) =>
      field === undefined ? undefined : dictionary.encode(field, frames[index]!.length),
    );
    return { header, source: columnOf(header, dictionary.cells, first.type), byRow: false, codes, out: [] };
  });
  const keyed = columns.filter(({ header }) => shared.includes(header.name));
  const said = columns.filter((column) => !keyed.includes(column));
  const keys = new KeyDictionary();
  /** The newest row of the result with a key, and for each row the one before it with the same key; -1 ends. */
  const newest: number[] = [];
  const before: number[] = [];
  let comparisons = 0;
  for (const [index, frame] of frames.entries()) {
    const keyOfRow = keys.encode(
      keyed.map(({ codes }) => codes[index]!),
      frame.length,
    );
    const own = said.filter(({ codes }) => codes[index] !== undefined);
    for (let row = 0; row < frame.length; row++) {
      const key = keyOfRow[row]!;
      let found = false;
      for (let target = newest[key] ?? -1; target >= 0; target = before[target]!) {
        if (++comparisons > MOST_COMPARISONS) throw tooMany();
        if (!agrees(own, index, row, target)) continue;
        found = true;
        for (const { codes, out } of own) out[target] = codes[index]![row]!;
      }
      if (found) continue;
      const target = before.push(newest[key] ?? -1) - 1;
      newest[key] = target;
      for (const { codes, out } of keyed) out.push(codes[index]![row]!);
      for (const { codes, out } of said) out.push(codes[index]?.[row] ?? -1);
    }
  }
  return columns.map(({ source, out }) => takeRows(source, Int32Array.from(out)));
}

function agrees(own: readonly Column[], index: number, row: number, target: number): boolean {
  for (const { codes, out, byRow, source } of own) {
    const there = out[target]!;
    const here = codes[index]![row]!;
    if (there === -1 || there === here) continue;
    if (!byRow || !Object.is(cellAt(source, there), cellAt(source, here))) return false;
  }
  return true;
}

function tooMany(): LimitExceeded {
  return new LimitExceeded(
    'transformation',
    'too many rows have the same values in the fields that all frames share; join the frames by a field that tells rows apart instead',
  );
}

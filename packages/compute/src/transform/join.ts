/** Joining frames on the values of one field of each. */
import type { Field, Frame } from '@vitrine/model/frame.ts';

import { VALUE_FIELD } from '../field-name.ts';
import { columnOf, takeRows, tableOf } from './column.ts';
import { joinedRefId } from './fields.ts';
import { Dictionary } from './groups.ts';
import { sortRows } from './sort-by.ts';
import type { Run } from './transformation.ts';

export type JoinMode = 'outer' | 'inner' | 'outerTabular';

interface Part {
  readonly frame: Frame;
  readonly key: Field;
  readonly others: readonly Field[];
}

/**
 * One frame with the key and the other fields of each frame that has it.
 * outer: each value of the key once, the last row of each frame with it; numbers and times rise.
 * inner: every pair of rows with the same key that is in all frames.
 * outerTabular: pairs like inner, then rows without a partner, of either side.
 */
export function joinFrames(
  frames: readonly Frame[],
  keyOf: (frame: Frame) => Field | undefined,
  mode: JoinMode,
  run: Pick<Run, 'allow'>,
): Frame {
  const parts: Part[] = [];
  let everywhere = true;
  for (const frame of frames) {
    const key = keyOf(frame);
    if (key === undefined) everywhere = false;
    else parts.push({ frame, key, others: frame.fields.filter((field) => field !== key).map((field) => named(field, frame)) });
  }
  const refId = joinedRefId('joinByField', frames);
  const [first] = parts;
  if (first === undefined) return { refId, shape: 'table', length: 0, fields: [] };
  const dictionary = new Dictionary();
  const codes = parts.map(({ key, frame }) => dictionary.encode(key, frame.length));
  const numeric = first.key.type === 'number' || first.key.type === 'time';
  const plan =
    mode === 'outer'
      ? planOuter(parts, codes, dictionary, numeric, run)
      : planPairs(parts, codes, dictionary, mode, numeric, everywhere, run);
  const key = takeRows(columnOf(first.key, dictionary.cells, first.key.type), plan.keys);
  const fields = parts.flatMap(({ others }, index) => others.map((field) => takeRows(field, plan.rows[index]!)));
  return { ...tableOf(refId, [key, ...fields]), length: plan.keys.length };
}

/** Outer join of the columns of series on their first times; frames that are none stay apart. */
export function joinByTime(frames: readonly Frame[], run: Pick<Run, 'allow'>): Frame {
  return joinFrames(frames, ({ fields }) => fields.find(({ type }) => type === 'time'), 'outer', run);
}

/** A lone "Value" takes the name of its frame with it. */
function named(field: Field, frame: Frame): Field {
  return field.name === VALUE_FIELD && frame.name !== undefined && frame.name !== '' ? { ...field, name: frame.name } : field;
}

interface Plan {
  /** The key's code in each row of the result. */
  readonly keys: Int32Array;
  /** For each frame, which of its rows stands in each row of the result; -1 is none. */
  readonly rows: readonly Int32Array[];
}

function planOuter(
  parts: readonly Part[],
  codes: readonly Int32Array[],
  dictionary: Dictionary,
  numeric: boolean,
  run: Pick<Run, 'allow'>,
): Plan {
  const count = dictionary.cells.length;
  run.allow(count * (1 + parts.reduce((sum, { others }) => sum + others.length, 0)), 'joining');
  let keys = Int32Array.from({ length: count }, (_, code) => code);
  if (numeric) keys = sortRows(columnOf({ name: '' }, dictionary.cells, 'number'), count, false) as typeof keys;
  const rows = codes.map((own) => {
    const last = new Int32Array(count).fill(-1);
    for (let row = 0; row < own.length; row++) last[own[row]!] = row;
    return keys.map((code) => last[code]!);
  });
  return { keys, rows };
}

function planPairs(
  parts: readonly Part[],
  codes: readonly Int32Array[],
  dictionary: Dictionary,
  mode: 'inner' | 'outerTabular',
  numeric: boolean,
  everywhere: boolean,
  run: Pick<Run, 'allow'>,
): Plan {
  const nothing = dictionary.code(undefined);
  const orders = parts.map(({ key, frame }) =>
    numeric ? sortRows(key, frame.length, false) : Int32Array.from({ length: frame.length }, (_, row) => row),
  );
  let keys: number[] = mode === 'inner' && !everywhere ? [] : Array.from(orders[0]!, (row) => codes[0]![row]!);
  let rows: number[][] = [keys.length === 0 ? [] : [...orders[0]!]];
  const width = 1 + parts.reduce((sum, { others }) => sum + others.length, 0);
  for (let index = 1; index < parts.length; index++) {
    const own = codes[index]!;
    const order = orders[index]!;
    // Rows of a key are a chain: its first row, and behind each row the next.
    const first = new Int32Array(dictionary.cells.length).fill(-1);
    const last = new Int32Array(dictionary.cells.length).fill(-1);
    const behind = new Int32Array(own.length).fill(-1);
    const seen: number[] = [];
    for (const row of order) {
      const code = own[row]!;
      if (last[code]! < 0) {
        first[code] = row;
        seen.push(code);
      } else behind[last[code]!] = row;
      last[code] = row;
    }
    const nextKeys: number[] = [];
    const nextRows: number[][] = Array.from({ length: index + 1 }, () => []);
    const push = (code: number, at: number, row: number): void => {
      if ((nextKeys.push(code) & 0xffff) === 0) run.allow(nextKeys.length * width, 'joining');
      for (let part = 0; part < index; part++) nextRows[part]!.push(at < 0 ? -1 : rows[part]![at]!);
      nextRows[index]!.push(row);
    };
    const alone: number[] = [];
    const met = new Uint8Array(dictionary.cells.length);
    for (let at = 0; at < keys.length; at++) {
      const code = keys[at]!;
      // Two rows without a key are not the same thing.
      if (code === nothing || first[code]! < 0) alone.push(at);
      else {
        met[code] = 1;
        for (let row = first[code]!; row >= 0; row = behind[row]!) push(code, at, row);
      }
    }
    if (mode === 'outerTabular') {
      for (const at of alone) push(keys[at]!, at, -1);
      for (const code of seen) {
        if (met[code] === 0) for (let row = first[code]!; row >= 0; row = behind[row]!) push(code, -1, row);
      }
    }
    keys = nextKeys;
    rows = nextRows;
  }
  while (rows.length < parts.length) rows.push(keys.map(() => -1));
  return { keys: Int32Array.from(keys), rows: rows.map((list) => Int32Array.from(list)) };
}

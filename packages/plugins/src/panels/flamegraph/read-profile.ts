import { cellValue, displayOf, displayText, plainText } from '@vitrine/compute/field/display.ts';
import type { Field, Frame } from '@vitrine/model/frame.ts';
import { flameTree } from '@vitrine/ui/flame/flame-tree.ts';
import { counted } from '../counted.ts';
import type { FlameTree } from '@vitrine/ui/flame/flame-tree.ts';

const MOST_ROWS = 500_000;

export interface ReadProfile {
  readonly tree: FlameTree;
  readonly show: (value: number) => string;
  readonly notices: readonly string[];
}

/**
 * Reads a frame in nested order with the columns level, value, self and label, and valueRight and selfRight of what is compared.
 * Several roots get one above them. undefined where all frames are empty; throws an Error with a sentence where none is a profile.
 */
export function readProfile(frames: readonly Frame[]): ReadProfile | undefined {
  const filled = frames.filter(({ length }) => length > 0);
  if (filled.length === 0) return undefined;
  const columns = ({ fields }: Frame) => new Map(fields.map((field) => [field.name.toLowerCase(), field]));
  const frame = filled.find((one) => ['level', 'value', 'label'].every((name) => columns(one).has(name)));
  if (frame === undefined) throw new Error('A profile needs a table with the columns level, value, self and label.');
  const of = columns(frame);
  const value = of.get('value')!;
  const [right, selfRight] = [of.get('valueright'), of.get('selfright')];
  const notices: string[] = [];
  const count = Math.min(frame.length, MOST_ROWS);
  if (count < frame.length)
    notices.push(`Shows the first ${MOST_ROWS.toLocaleString('en')} of ${frame.length.toLocaleString('en')} calls.`);

  const levels = numbers(of.get('level'), count);
  let jumps = 0;
  let roots = 0;
  for (let row = 0; row < count; row++) {
    const most = row === 0 ? 0 : levels[row - 1]! + 1;
    const level = Math.floor(Math.max(0, levels[row]!)) || 0;
    if (level > most) jumps++;
    levels[row] = Math.min(level, most);
    if (levels[row] === 0) roots++;
  }
  if (jumps > 0)
    notices.push(`${counted(jumps, 'call lies', 'calls lie')} more than one level below the call before: drawn right below it.`);
  const values = numbers(value, count);
  // What a profiler does not say of a call's own is what is left of it.
  const selves = of.has('self') ? numbers(of.get('self'), count) : ownOf(levels, values);
  const isDiff = right !== undefined;
  const rights = numbers(right, count);
  const rightSelves = selfRight === undefined && isDiff ? ownOf(levels, rights) : numbers(selfRight, count);
  const names = labelsOf(of.get('label')!, count);
  const isMany = roots > 1;
  const sum = (list: Float64Array) => list.reduce((total, one, row) => (levels[row] === 0 ? total + one : total), 0);
  const tree = flameTree({
    level: isMany
      ? prepend(
          0,
          levels.map((level) => level + 1),
        )
      : levels,
    label: isMany ? ['total', ...names] : names,
    value: isMany ? prepend(sum(values), values) : values,
    self: isMany ? prepend(0, selves) : selves,
    right: isDiff
      ? { value: isMany ? prepend(sum(rights), rights) : rights, self: isMany ? prepend(0, rightSelves) : rightSelves }
      : undefined,
  });
  const display = displayOf(value);
  return { tree, show: (one) => displayText(display(one)), notices };
}

function prepend(first: number, rest: Float64Array): Float64Array {
  const all = new Float64Array(rest.length + 1);
  all[0] = first;
  all.set(rest, 1);
  return all;
}

/** What is missing, negative or no number counts as nothing. */
function numbers(field: Field | undefined, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, row) => {
    const value = field === undefined ? 0 : Number(cellValue(field, row) ?? 0);
    return value > 0 && Number.isFinite(value) ? value : 0;
  });
}

function ownOf(levels: Float64Array, values: Float64Array): Float64Array {
  const own = Float64Array.from(values);
  const path: number[] = [];
  values.forEach((value, row) => {
    path.length = Math.min(path.length, levels[row]!);
    const above = path.at(-1);
    if (above !== undefined) own[above] = Math.max(0, own[above]! - value);
    path.push(row);
  });
  return own;
}

/** Names may be numbers into a list, as Grafana sends many equal ones. */
function labelsOf(field: Field, count: number): readonly string[] {
  const custom = field.config?.custom;
  const list = (custom?.['enum'] ?? (custom?.['type'] as { readonly enum?: unknown } | undefined)?.enum) as
    | { readonly text?: unknown }
    | undefined;
  const texts = Array.isArray(list?.text) ? (list.text as readonly unknown[]) : undefined;
  return Array.from({ length: count }, (_, row) => {
    const value = cellValue(field, row);
    const named = texts !== undefined && typeof value === 'number' ? texts[value] : value;
    return typeof named === 'string' && named !== ''
      ? named
      : named === undefined || named === '' || named === null
        ? 'unnamed'
        : plainText(named);
  });
}

import { RE2JS } from 're2js';
import { compareLabels, METRIC_NAME, type Labels } from '@vitrine/model/labels.ts';
import { QueryError } from '@vitrine/model/sample-store.ts';
import type { Column } from './column.ts';

/** What a function over labels does to one series. */
export type Relabel = (column: Column) => void;

/** label_replace(): where the expression matches the source's whole value, sets the destination to the expanded replacement. */
export function labelReplace(destination: string, replacement: string, source: string, expression: string): Relabel {
  checkLabelName(destination, 'destination', 'label_replace');
  let regex: RE2JS;
  try {
    regex = RE2JS.compile(expression, RE2JS.DOTALL);
  } catch (cause) {
    throw new QueryError('execution', `invalid regular expression in label_replace(): ${expression}`, undefined, { cause });
  }
  const names = regex.namedGroups();
  const memo = new Map<string, string | undefined>();
  const expand = (text: string): string | undefined => {
    const matcher = regex.matcher(text);
    if (!matcher.matches()) return undefined;
    return replacement.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
      const name = braced ?? bare;
      if (name === undefined) return '$';
      const group = /^\d+$/.test(name) ? Number(name) : names[name];
      if (group === undefined || group > matcher.groupCount()) return '';
      return matcher.group(group) ?? '';
    });
  };
  return (column) => {
    const text = column.labels.get(source);
    let value = memo.get(text);
    if (value === undefined && !memo.has(text)) memo.set(text, (value = expand(text)));
    if (value === undefined) return;
    column.labels = column.labels.with(destination, value);
    if (destination === METRIC_NAME) column.dropName = false;
  };
}

/** label_join(): sets the destination to the sources' values with the separator between them. */
export function labelJoin(destination: string, separator: string, sources: readonly string[]): Relabel {
  for (const source of sources) checkLabelName(source, 'source', 'label_join');
  checkLabelName(destination, 'destination', 'label_join');
  return (column) => {
    const value = sources.map((source) => column.labels.get(source)).join(separator);
    column.labels = column.labels.with(destination, value);
    if (destination === METRIC_NAME) column.dropName = false;
  };
}

function checkLabelName(name: string, role: string, fn: string): void {
  if (!isLabelName(name)) throw new QueryError('execution', `invalid ${role} label name in ${fn}(): ${name}`);
}

/** Any text that is not empty and is well-formed Unicode names a label. */
export function isLabelName(name: string): boolean {
  return name !== '' && name.isWellFormed() && !name.includes('\uFFFD');
}

/** The order of sort_by_label(): by the labels' values, numbers in them as numbers, then by all labels. */
export function compareByLabels(names: readonly string[]): (a: Labels, b: Labels) => number {
  return (a, b) => {
    for (const name of names) {
      const order = compareNaturally(a.get(name), b.get(name));
      if (order !== 0) return order;
    }
    return compareLabels(a, b);
  };
}

/** "a2" before "a10": runs of digits compare as numbers. */
function compareNaturally(a: string, b: string): number {
  if (a === b) return 0;
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x = '', y = ''] = [left[i], right[i]];
    if (x === y) continue;
    if (isDigit(x) && isDigit(y)) {
      const order = compareDigits(x, y);
      if (order !== 0) return order;
      continue;
    }
    return x < y ? -1 : 1;
  }
  return left.length - right.length || (a < b ? -1 : 1);
}

function isDigit(text: string): boolean {
  return text >= '0' && text < ':';
}

/** Of any length: a label's value may hold more digits than a number does. */
function compareDigits(a: string, b: string): number {
  const [x, y] = [a.replace(/^0+(?=\d)/, ''), b.replace(/^0+(?=\d)/, '')];
  return x.length - y.length || (x < y ? -1 : x > y ? 1 : 0);
}

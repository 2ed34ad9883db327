import { compareLabels, Labels, METRIC_NAME } from '@vitrine/model/labels.ts';
import { QueryError } from '@vitrine/model/sample-store.ts';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import type { Binary, BinaryOp, VectorMatching } from '../ast.ts';
import type { Annotations } from './annotations.ts';
import type { Budget } from './budget.ts';
import { dropMetadata, emptyColumn, identityOf, isEmpty, mergeInto, put, SAME_LABELS, valueAt, type Column } from './column.ts';
import { anyOperator } from './histogram-operators.ts';
import { ARITHMETIC, COMPARISON, isArithmetic, isComparison, type SetOp } from './operators.ts';

/** The labels that two series must have in common to belong together. */
function matchLabels({ on, labels }: VectorMatching): (series: Labels) => Labels {
  if (on) {
    const names = new Set(labels);
    return (series) => series.keep(names);
  }
  const names = new Set([...labels, METRIC_NAME]);
  return (series) => series.without(names);
}

/** Series by the labels that they match on. */
function byMatch(columns: readonly Column[], match: (labels: Labels) => Labels): Map<string, Column[]> {
  const groups = new Map<string, Column[]>();
  for (const column of columns) {
    const { key } = match(column.labels);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [column]);
    else group.push(column);
  }
  return groups;
}

/** `and`, `or`, `unless`: which series stay at which steps. Changes the columns. */
export async function combineSets(
  op: SetOp,
  left: readonly Column[],
  right: readonly Column[],
  matching: VectorMatching,
  budget: Budget,
): Promise<Column[]> {
  const match = matchLabels(matching);
  const kept = op === 'or' ? left : right;
  const filtered = op === 'or' ? right : left;
  const masks = new Map<string, Uint8Array>();
  for (const { labels, present } of kept) {
    const { key } = match(labels);
    const mask = masks.get(key);
    if (mask === undefined) masks.set(key, present.slice());
    else for (let i = 0; i < mask.length; i++) mask[i]! |= present[i]!;
  }
  const wanted = op === 'and' ? 1 : 0;
  const result: Column[] = op === 'or' ? [...left] : [];
  const known = new Map(result.map((column) => [identityOf(column), column]));
  for (const column of filtered) {
    if (budget.due()) await budget.pause();
    const mask = masks.get(match(column.labels).key);
    const { present } = column;
    if (mask === undefined) {
      if (wanted === 1) continue;
    } else {
      for (let i = 0; i < present.length; i++) if (mask[i] !== wanted) present[i] = 0;
    }
    if (isEmpty(present)) continue;
    const same = known.get(identityOf(column));
    // One series may come from the left at one step and from the right at another.
    if (op === 'or' && same !== undefined) mergeInto(same, column);
    else result.push(column);
  }
  return result;
}

/** What is computed of two numbers: a value, or undefined where a comparison does not hold; trimming is of histograms. */
function elementOf(op: BinaryOp, bool: boolean): ((a: number, b: number) => number | undefined) | undefined {
  if (isArithmetic(op)) return ARITHMETIC[op];
  if (!isComparison(op)) return undefined;
  const holds = COMPARISON[op];
  return bool ? (a, b) => (holds(a, b) ? 1 : 0) : (a, b) => (holds(a, b) ? a : undefined);
}

const NOBODY = -1;
const NO_SERIES = { labels: Labels.empty, dropName: false };

/** Arithmetic and comparison of two vectors whose series are matched. Throws where more than one could be meant. */
export async function combineVectors(
  node: Pick<Binary, 'op' | 'bool' | 'span'>,
  left: readonly Column[],
  right: readonly Column[],
  matching: VectorMatching,
  budget: Budget,
  annotations: Annotations,
): Promise<Column[]> {
  const { op, bool } = node;
  const swapped = matching.card === 'one-to-many';
  const grouped = matching.card !== 'one-to-one';
  const match = matchLabels(matching);
  const ones = byMatch(swapped ? left : right, match);
  const manys = byMatch(swapped ? right : left, match);
  // Prometheus turns the sides round for group_right, but not the fills: fill_right always stands for the "one" side.
  const { fillRight: fillOne, fillLeft: fillMany } = matching;
  const numbers = elementOf(op, bool);
  const swappedNumbers =
    numbers === undefined ? undefined : (many: number, one: number): number | undefined => numbers(one, many);
  const hasHistograms = [left, right].some((side) => side.some(({ histograms }) => histograms !== undefined));
  /** Undefined where histograms are met: then `computeAny` does it. */
  const compute = hasHistograms ? undefined : swapped ? swappedNumbers : numbers;
  const any = anyOperator(node, annotations);
  const computeAny = (many: number | NativeHistogram, one: number | NativeHistogram): number | NativeHistogram | undefined =>
    swapped ? any(one, many) : any(many, one);
  const count = left[0]?.values.length ?? right[0]?.values.length ?? 0;
  const partnerAt = new Int32Array(count);
  // At a step where one whole side is empty nothing is computed, so that nothing can be ambiguous.
  const isAsked = fillOne === undefined && fillMany === undefined ? anyPresent(swapped ? right : left, count) : undefined;
  for (const [, columns] of ones) {
    if (columns.length > 1) findPartners(columns, partnerAt, isAsked, match, swapped ? 'left' : 'right');
  }

  const results = new Map<string, Column>();
  const isNamedByOne = matching.include.includes(METRIC_NAME);
  const resultOf = (many: Pick<Column, 'labels' | 'dropName'>, one: Pick<Column, 'labels' | 'dropName'>): Column => {
    const labels = resultLabels(op, many.labels, one.labels, matching);
    const dropName = bool || (isNamedByOne ? one : many).dropName;
    const identity = identityOf({ labels, dropName });
    let column = results.get(identity);
    if (column === undefined) {
      budget.hold(count);
      results.set(identity, (column = { ...emptyColumn(count, labels), dropName }));
    }
    return column;
  };
  const write = (result: Column, i: number, value: number | NativeHistogram | undefined): void => {
    if (value === undefined) return;
    if (result.present[i] === 1) throw new QueryError('execution', SAME_LABELS);
    if (typeof value !== 'number') return put(result, i, value);
    result.values[i] = value;
    result.present[i] = 1;
  };

  for (const [key, group] of manys) {
    const partners = ones.get(key) ?? [];
    if (partners.length === 0 && fillOne === undefined) continue;
    findPartners(partners, partnerAt, isAsked, match, '');
    // Where two series meet the same partner, a comparison that drops one must not hide it.
    const taken = new Map<string, Uint8Array>();
    for (const many of group) {
      const { values, present } = many;
      if (budget.due()) await budget.pause();
      const targets: (Column | undefined)[] = [];
      let filled: Column | undefined;
      for (let i = 0; i < count; i++) {
        if (present[i] === 0) continue;
        const partner = partnerAt[i]!;
        if (partner === NOBODY && fillOne === undefined) continue;
        const target =
          partner === NOBODY ? (filled ??= resultOf(many, NO_SERIES)) : (targets[partner] ??= resultOf(many, partners[partner]!));
        if (group.length > 1) take(taken, grouped ? target.labels.key : '', i, count, grouped);
        if (compute !== undefined) {
          write(target, i, compute(values[i]!, partner === NOBODY ? fillOne! : partners[partner]!.values[i]!));
        } else {
          write(target, i, computeAny(valueAt(many, i), partner === NOBODY ? fillOne! : valueAt(partners[partner]!, i)));
        }
      }
    }
  }
  if (fillMany !== undefined) {
    const met = new Uint8Array(count);
    for (const [key, partners] of ones) {
      met.fill(0);
      for (const { present } of manys.get(key) ?? []) for (let i = 0; i < count; i++) met[i]! |= present[i]!;
      for (const one of partners) {
        const { values, present } = one;
        if (budget.due()) await budget.pause();
        let target: Column | undefined;
        for (let i = 0; i < count; i++) {
          if (present[i] === 0 || met[i] === 1) continue;
          target ??= resultOf({ labels: match(one.labels), dropName: one.dropName }, one);
          write(target, i, compute === undefined ? computeAny(fillMany, valueAt(one, i)) : compute(fillMany, values[i]!));
        }
      }
    }
  }
  return [...results.values()].filter(({ present }) => !isEmpty(present));
}

/** Notes that a partner was met at a step; the second time is one too many. */
function take(taken: Map<string, Uint8Array>, owner: string, i: number, count: number, grouped: boolean): void {
  let steps = taken.get(owner);
  if (steps === undefined) taken.set(owner, (steps = new Uint8Array(count)));
  if (steps[i] === 1) {
    throw new QueryError(
      'execution',
      grouped
        ? 'multiple matches for labels: grouping labels must ensure unique matches'
        : 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)',
    );
  }
  steps[i] = 1;
}

/** At which steps any of the columns has a value. */
function anyPresent(columns: readonly Column[], count: number): Uint8Array {
  const any = new Uint8Array(count);
  for (const { present } of columns) for (let i = 0; i < count; i++) any[i]! |= present[i]!;
  return any;
}

/**
 * Writes which of the columns is there at each step: the "one" side may have only one series a group at any step that
 * is asked; undefined asks all.
 */
function findPartners(
  columns: readonly Column[],
  partnerAt: Int32Array,
  isAsked: Uint8Array | undefined,
  match: (labels: Labels) => Labels,
  side: string,
): void {
  partnerAt.fill(NOBODY);
  for (const [index, { labels, present }] of columns.entries()) {
    for (let i = 0; i < partnerAt.length; i++) {
      if (present[i] === 0 || isAsked?.[i] === 0) continue;
      if (partnerAt[i] !== NOBODY) {
        const texts = [columns[partnerAt[i]!]!.labels, labels].toSorted(compareLabels).map(braced).join(', ');
        throw new QueryError(
          'execution',
          `found duplicate series for the match group ${braced(match(labels))} on the ${side} hand-side of the operation: ` +
            `[${texts}];many-to-many matching not allowed: matching labels must be unique on one side`,
        );
      }
      partnerAt[i] = index;
    }
  }
}

/** `{__name__="up", job="api"}`: all labels, the name among them. */
function braced(labels: Labels): string {
  return `{${[...labels].map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')}}`;
}

function resultLabels(op: BinaryOp, many: Labels, one: Labels, { card, on, labels, include }: VectorMatching): Labels {
  let result = isArithmetic(op) ? dropMetadata(many) : many;
  if (card === 'one-to-one') {
    const names = new Set(labels);
    result = on ? result.keep(names) : result.without(names);
  }
  for (const name of include) result = result.with(name, one.get(name));
  return result;
}

/** Arithmetic and comparison of a vector's series with a scalar a step. Changes the column. */
export function combineWithScalar(
  node: Pick<Binary, 'op' | 'bool' | 'span'>,
  column: Column,
  scalar: Float64Array,
  scalarOnLeft: boolean,
  annotations: Annotations,
): void {
  const { op, bool } = node;
  const { values, present } = column;
  if (column.histograms !== undefined || !(isArithmetic(op) || isComparison(op))) {
    combineAnyWithScalar(node, column, scalar, scalarOnLeft, annotations);
    return;
  }
  if (isArithmetic(op)) {
    const compute = ARITHMETIC[op];
    for (let i = 0; i < values.length; i++) {
      values[i] = scalarOnLeft ? compute(scalar[i]!, values[i]!) : compute(values[i]!, scalar[i]!);
    }
    column.dropName = true;
    return;
  }
  const holds = COMPARISON[op];
  for (let i = 0; i < values.length; i++) {
    if (present[i] === 0) continue;
    const yes = scalarOnLeft ? holds(scalar[i]!, values[i]!) : holds(values[i]!, scalar[i]!);
    if (bool) values[i] = yes ? 1 : 0;
    else if (!yes) present[i] = 0;
  }
  if (bool) column.dropName = true;
}

/** The same of a series in which there are histograms, and of trimming. */
function combineAnyWithScalar(
  node: Pick<Binary, 'op' | 'bool' | 'span'>,
  column: Column,
  scalar: Float64Array,
  scalarOnLeft: boolean,
  annotations: Annotations,
): void {
  const { op, bool } = node;
  const { present } = column;
  const combine = anyOperator(node, annotations);
  for (let i = 0; i < present.length; i++) {
    if (present[i] === 0) continue;
    const value = valueAt(column, i);
    const result = scalarOnLeft ? combine(scalar[i]!, value) : combine(value, scalar[i]!);
    if (result === undefined) present[i] = 0;
    // A comparison keeps the vector's value, on whichever side it stands.
    else put(column, i, isComparison(op) && !bool ? value : result);
  }
  if (isArithmetic(op) || bool) column.dropName = true;
}

/** Arithmetic and comparison (always with bool) of two scalars a step. */
export function combineScalars(op: BinaryOp, left: Float64Array, right: Float64Array): Float64Array {
  const numbers = elementOf(op, true);
  if (numbers === undefined)
    throw new QueryError('execution', `the operator "${op}" trims native histograms, and scalars are none`);
  return left.map((value, i) => numbers(value, right[i]!) as number);
}

import { compareLabels, Labels, METRIC_NAME } from '@vitrine/model/labels.ts';
import { QueryError } from '@vitrine/model/sample-store.ts';
import type { BinaryOp, VectorMatching } from '../ast.ts';
import { dropMetadata, isEmpty, mergeInto, SAME_LABELS, type Column } from './column.ts';
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
export function combineSets(op: SetOp, left: readonly Column[], right: readonly Column[], matching: VectorMatching): Column[] {
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
  const byLabels = new Map(result.map((column) => [column.labels.key, column]));
  for (const column of filtered) {
    const mask = masks.get(match(column.labels).key);
    const { present } = column;
    if (mask === undefined) {
      if (wanted === 1) continue;
    } else {
      for (let i = 0; i < present.length; i++) if (mask[i] !== wanted) present[i] = 0;
    }
    if (isEmpty(present)) continue;
    const same = byLabels.get(column.labels.key);
    // One series may come from the left at one step and from the right at another.
    if (op === 'or' && same !== undefined) mergeInto(same, column);
    else result.push(column);
  }
  return result;
}

/** What is computed of two numbers: a value, or undefined where a comparison does not hold. */
function elementOf(op: BinaryOp, bool: boolean): (a: number, b: number) => number | undefined {
  if (isArithmetic(op)) return ARITHMETIC[op];
  if (!isComparison(op)) throw new QueryError('unsupported', `the operator "${op}" on native histograms is not supported yet`);
  const holds = COMPARISON[op];
  return bool ? (a, b) => (holds(a, b) ? 1 : 0) : (a, b) => (holds(a, b) ? a : undefined);
}

/** Arithmetic and comparison of two vectors whose series are matched. Throws where more than one could be meant. */
export function combineVectors(
  op: BinaryOp,
  bool: boolean,
  left: readonly Column[],
  right: readonly Column[],
  matching: VectorMatching,
): Column[] {
  const swapped = matching.card === 'one-to-many';
  const one = swapped ? left : right;
  const many = swapped ? right : left;
  // Prometheus turns the sides round for group_right, but not the fills: fill_right always stands for the "one" side.
  const fillOne = matching.fillRight;
  const fillMany = matching.fillLeft;
  const match = matchLabels(matching);
  const element = elementOf(op, bool);
  const compute = swapped ? (m: number, o: number): number | undefined => element(o, m) : element;
  const ones = byMatch(one, match);
  const manys = byMatch(many, match);
  checkDistinct(ones, match, swapped ? 'left' : 'right');

  const results = new Map<string, Column>();
  const grouped = matching.card !== 'one-to-one';
  const emit = (labels: Labels, count: number): Column => {
    let column = results.get(labels.key);
    if (column === undefined) {
      column = { labels, dropName: bool, values: new Float64Array(count), present: new Uint8Array(count), owned: true };
      results.set(labels.key, column);
    }
    return column;
  };
  // Where two series of the "many" side meet the same partner, the comparison that drops one must not hide it.
  const put = (result: Column, taken: Uint8Array | undefined, i: number, value: number | undefined): void => {
    if (taken !== undefined && taken[i]!++ > 0) throw new QueryError('execution', duplicateText(grouped));
    if (value === undefined) return;
    if (result.present[i] === 1) throw new QueryError('execution', SAME_LABELS);
    result.values[i] = value;
    result.present[i] = 1;
  };
  const takenBy = new Map<string, Uint8Array>();

  for (const [key, group] of manys) {
    const partners = ones.get(key) ?? [];
    if (partners.length === 0 && fillOne === undefined) continue;
    takenBy.clear();
    const takenFor = (labels: Labels, count: number): Uint8Array | undefined => {
      if (group.length === 1) return undefined;
      const owner = grouped ? labels.key : '';
      const known = takenBy.get(owner) ?? new Uint8Array(count);
      takenBy.set(owner, known);
      return known;
    };
    for (const manySide of group) {
      const { values, present } = manySide;
      const count = values.length;
      for (const oneSide of partners) {
        const labels = resultLabels(op, manySide.labels, oneSide.labels, matching);
        const result = emit(labels, count);
        const taken = takenFor(labels, count);
        for (let i = 0; i < count; i++) {
          if (present[i] === 0 || oneSide.present[i] === 0) continue;
          put(result, taken, i, compute(values[i]!, oneSide.values[i]!));
        }
      }
      if (fillOne === undefined) continue;
      let result: Column | undefined;
      for (let i = 0; i < count; i++) {
        if (present[i] === 0 || partners.some((column) => column.present[i] === 1)) continue;
        result ??= emit(resultLabels(op, manySide.labels, Labels.empty, matching), count);
        put(result, takenFor(result.labels, count), i, compute(values[i]!, fillOne));
      }
    }
  }
  if (fillMany !== undefined) {
    for (const [key, partners] of ones) {
      const group = manys.get(key) ?? [];
      for (const oneSide of partners) {
        const { values, present } = oneSide;
        let result: Column | undefined;
        for (let i = 0; i < values.length; i++) {
          if (present[i] === 0 || group.some((column) => column.present[i] === 1)) continue;
          result ??= emit(resultLabels(op, match(oneSide.labels), oneSide.labels, matching), values.length);
          put(result, undefined, i, compute(fillMany, values[i]!));
        }
      }
    }
  }
  return [...results.values()].filter(({ present }) => !isEmpty(present));
}

function duplicateText(grouped: boolean): string {
  return grouped
    ? 'multiple matches for labels: grouping labels must ensure unique matches'
    : 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)';
}

/** The "one" side may have only one series a group at any step. */
function checkDistinct(groups: ReadonlyMap<string, Column[]>, match: (labels: Labels) => Labels, side: string): void {
  for (const columns of groups.values()) {
    for (let second = 1; second < columns.length; second++) {
      for (let first = 0; first < second; first++) {
        const [a, b] = [columns[first]!, columns[second]!];
        if (!a.present.some((there, i) => there === 1 && b.present[i] === 1)) continue;
        const texts = [a.labels, b.labels].toSorted(compareLabels).map(braced).join(', ');
        throw new QueryError(
          'execution',
          `found duplicate series for the match group ${braced(match(a.labels))} on the ${side} hand-side of the operation: ` +
            `[${texts}];many-to-many matching not allowed: matching labels must be unique on one side`,
        );
      }
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
  op: BinaryOp,
  bool: boolean,
  column: Column,
  scalar: Float64Array,
  scalarOnLeft: boolean,
): void {
  const { values, present } = column;
  if (isArithmetic(op)) {
    const compute = ARITHMETIC[op];
    for (let i = 0; i < values.length; i++) {
      values[i] = scalarOnLeft ? compute(scalar[i]!, values[i]!) : compute(values[i]!, scalar[i]!);
    }
    column.dropName = true;
    return;
  }
  if (!isComparison(op)) elementOf(op, bool);
  const holds = COMPARISON[op as keyof typeof COMPARISON];
  for (let i = 0; i < values.length; i++) {
    if (present[i] === 0) continue;
    const yes = scalarOnLeft ? holds(scalar[i]!, values[i]!) : holds(values[i]!, scalar[i]!);
    if (bool) values[i] = yes ? 1 : 0;
    else if (!yes) present[i] = 0;
  }
  if (bool) column.dropName = true;
}

/** Arithmetic and comparison (always with bool) of two scalars a step. */
export function combineScalars(op: BinaryOp, left: Float64Array, right: Float64Array): Float64Array {
  const element = elementOf(op, true);
  return left.map((value, i) => element(value, right[i]!) as number);
}

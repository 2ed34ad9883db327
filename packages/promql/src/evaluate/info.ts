import { Labels, METRIC_NAME } from '@vitrine/model/labels.ts';
import { QueryError, type Matcher } from '@vitrine/model/sample-store.ts';
import type { AtModifier, Call, Expr, VectorSelector } from '../ast.ts';
import { compileMatcher, compileMatchers } from '../match.ts';
import { emptyColumn, isEmpty, keepColumn, mergeEqualLabels, push, put, valueAt, type Column, type Sink } from './column.ts';
import { durationMs } from './duration-value.ts';
import type { Evaluator } from './evaluator.ts';
import type { Grid } from './grid.ts';
import { unwrap } from './unwrap.ts';

/** The labels by which a series finds its info series; Prometheus knows no others yet. */
const IDENTIFYING = ['instance', 'job'] as const;
const DEFAULT_NAME: Matcher = { label: METRIC_NAME, op: '=', value: 'target_info' };
const ANY_INFO: Matcher = { label: METRIC_NAME, op: '=~', value: '.+_info' };
const NONE = -1;

/**
 * info(v, {…}): adds to each series the labels of the info series with the same instance and job. The second argument
 * says which info metrics count (`__name__`, target_info where not given) and which of their labels are wanted.
 */
export async function streamInfo(evaluator: Evaluator, { args }: Call, grid: Grid, sink: Sink): Promise<void> {
  const base = await evaluator.collect(args[0]!, grid);
  const wanted = args[1] === undefined ? undefined : unwrap(args[1]);
  const matchers = wanted?.kind === 'vectorSelector' ? wanted.matchers : [];
  const written = matchers.filter(({ label }) => label === METRIC_NAME);
  const dataMatchers = matchers.filter(({ label }) => label !== METRIC_NAME);
  const dataLabels = new Set(dataMatchers.map(({ label }) => label));
  // Matchers that only rule names out leave all that are named like info metrics.
  const positive = written.some(({ op }) => op === '=' || op === '=~');
  const nameMatchers = written.length === 0 ? [DEFAULT_NAME] : positive ? written : [ANY_INFO, ...written];
  const isInfo = compileMatchers(nameMatchers);
  const plain = base.filter(({ labels }) => !isInfo(labels));

  const infoMatchers = [...nameMatchers, ...dataMatchers, ...identifiers(plain)];
  const infos = await readInfos(evaluator, infoMatchers, plain, grid, args[0]!);
  const bySignature = new Map<string, Column[]>();
  for (const info of infos) {
    const { key } = info.labels.keep(SIGNATURE);
    const group = bySignature.get(key);
    if (group === undefined) bySignature.set(key, [info]);
    else group.push(info);
  }
  const newest = new Map([...bySignature].map(([key, group]) => [key, newestAt(group, grid)]));
  const names = [...new Set(infos.map(({ labels }) => labels.metricName))];
  // A series without any info series stays only where no label is asked of it.
  const keepsUnmatched = dataMatchers.every((matcher) => compileMatcher(matcher)(''));

  const results: Column[] = [];
  for (const column of base) {
    if (isInfo(column.labels)) results.push(column);
    else results.push(...enrich(column, names, bySignature, newest, dataLabels, keepsUnmatched));
    if (evaluator.budget.due()) await evaluator.budget.pause();
  }
  evaluator.budget.hold(results.length * grid.count);
  push(mergeEqualLabels(results), sink);
}

const SIGNATURE = new Set<string>([METRIC_NAME, ...IDENTIFYING]);
const IDENTIFYING_SET = new Set<string>(IDENTIFYING);

/** Matchers for the identifying values that the series have. */
function identifiers(columns: readonly Column[]): Matcher[] {
  return IDENTIFYING.flatMap((label) => {
    const values = new Set(columns.map(({ labels }) => labels.get(label)));
    values.delete('');
    const value = [...values].map((text) => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')).join('|');
    return values.size === 0 ? [] : [{ label, op: '=~' as const, value }];
  });
}

/** The info series, their values the times of their samples in seconds. */
async function readInfos(
  evaluator: Evaluator,
  matchers: readonly Matcher[],
  base: readonly Column[],
  grid: Grid,
  expr: Expr,
): Promise<Column[]> {
  if (!base.some(({ labels }) => IDENTIFYING.some((label) => labels.has(label)))) return [];
  // Looked up when the series' own samples were.
  const shift = shiftOf(expr, evaluator) ?? { at: undefined, offset: 0 };
  const selector: VectorSelector = {
    kind: 'vectorSelector',
    name: '',
    matchers,
    ...shift,
    extension: undefined,
    span: expr.span,
  };
  const infos: Column[] = [];
  await evaluator.streamSelector(selector, grid, 'timestamps of numbers', (column) => {
    evaluator.budget.hold(grid.count);
    infos.push(keepColumn(column));
  });
  return infos;
}

interface Shift {
  readonly at: AtModifier | undefined;
  /** Milliseconds back. */
  readonly offset: number;
}

/** How `@` and `offset` move the first selector in an expression away from the evaluation's time. */
function shiftOf(expr: Expr, evaluator: Evaluator): Shift | undefined {
  switch (expr.kind) {
    case 'vectorSelector':
      return { at: expr.at, offset: durationMs(expr.offset, evaluator.span) };
    case 'matrixSelector':
      return shiftOf(expr.selector, evaluator);
    case 'subquery': {
      const inner = shiftOf(expr.expr, evaluator);
      if (inner === undefined || inner.at !== undefined) return inner;
      return { at: expr.at, offset: inner.offset + durationMs(expr.offset, evaluator.span) };
    }
    case 'call':
      return firstShift(expr.args, evaluator);
    case 'binary':
      return firstShift([expr.left, expr.right], evaluator);
    case 'aggregation':
    case 'unary':
    case 'paren':
    case 'stepInvariant':
      return shiftOf(expr.expr, evaluator);
    default:
      return undefined;
  }
}

function firstShift(exprs: readonly Expr[], evaluator: Evaluator): Shift | undefined {
  for (const expr of exprs) {
    const shift = shiftOf(expr, evaluator);
    if (shift !== undefined) return shift;
  }
  return undefined;
}

/** Which of the info series of one signature has the newest sample at each step. Throws where two have. */
function newestAt(group: readonly Column[], grid: Grid): Int32Array {
  const newest = new Int32Array(grid.count).fill(NONE);
  for (const [index, { labels, values, present }] of group.entries()) {
    for (let i = 0; i < grid.count; i++) {
      if (present[i] === 0) continue;
      const known = group[newest[i]!];
      if (known !== undefined && known.values[i] === values[i]) {
        const ms = Math.round(values[i]! * 1000);
        throw new QueryError(
          'execution',
          `found duplicate series for info metric: existing ${known.labels} @ ${ms}, new ${labels} @ ${ms}`,
        );
      }
      if (known === undefined || values[i]! > known.values[i]!) newest[i] = index;
    }
  }
  return newest;
}

/** One series with the labels of its info series: as many series as there are different labels over time. */
function enrich(
  column: Column,
  names: readonly string[],
  bySignature: ReadonlyMap<string, readonly Column[]>,
  newest: ReadonlyMap<string, Int32Array>,
  dataLabels: ReadonlySet<string>,
  keepsUnmatched: boolean,
): Column[] {
  const { labels, dropName, values, present } = column;
  const identity = labels.keep(IDENTIFYING_SET);
  const keys = names.map((name) => identity.with(METRIC_NAME, name).key).filter((key) => bySignature.has(key));
  const results = new Map<string, Column | undefined>();
  for (let i = 0; i < values.length; i++) {
    if (present[i] === 0) continue;
    const chosen = keys.map((key) => newest.get(key)![i]!);
    const combination = chosen.join();
    if (!results.has(combination)) {
      const infos = chosen.flatMap((at, k) => (at === NONE ? [] : [bySignature.get(keys[k]!)![at]!.labels]));
      const stays = infos.length > 0 || keepsUnmatched;
      results.set(
        combination,
        stays ? { ...emptyColumn(values.length, withInfo(labels, infos, dataLabels)), dropName } : undefined,
      );
    }
    const result = results.get(combination);
    if (result === undefined) continue;
    put(result, i, valueAt(column, i));
  }
  return [...results.values()].filter((result) => result !== undefined && !isEmpty(result.present)) as Column[];
}

/** A series' own labels win; two info series may not disagree. */
function withInfo(labels: Labels, infos: readonly Labels[], dataLabels: ReadonlySet<string>): Labels {
  const added = new Map<string, string>();
  for (const info of infos) {
    for (const [name, value] of info) {
      if (name === METRIC_NAME || (dataLabels.size > 0 && !dataLabels.has(name))) continue;
      const known = added.get(name);
      if (known !== undefined && known !== value) throw new QueryError('execution', `conflicting label: ${name}`);
      if (!labels.has(name)) added.set(name, value);
    }
  }
  return added.size === 0 ? labels : Labels.from([...labels, ...added]);
}

import type { Labels } from '@vitrine/model/labels.ts';
import { QueryError } from '@vitrine/model/sample-store.ts';
import type { Aggregation } from '../ast.ts';
import { formatHistogram } from '../histogram/format.ts';
import { quote } from '../quote.ts';
import { accumulatorOf, type Accumulator } from './accumulate.ts';
import { byLabels, dropHistograms, emptyColumn, isEmpty, push, type Column, type Sink } from './column.ts';
import type { Evaluator } from './evaluator.ts';
import { formatG, formatPlain } from './format-number.ts';
import type { Grid } from './grid.ts';
import { groupLabels } from './grouping.ts';
import { placeOf } from './label-hash.ts';
import { isLabelName } from './label-functions.ts';
import { quantileOf } from './quantile.ts';
import { Ranking } from './rank.ts';
import { SeriesNotes } from './series-notes.ts';
import { textOf } from './unwrap.ts';

/** How many steps of a group are gathered at once, and how many values at most. */
const STEPS_A_BLOCK = 64;
const VALUES_A_BLOCK = 1_000_000;

const RANKING = /^(?:topk|bottomk)$/;

/** An aggregation: series by series where running numbers are enough, else over all of a group. */
export async function streamAggregation(evaluator: Evaluator, node: Aggregation, grid: Grid, sink: Sink): Promise<void> {
  const labelsOf = groupLabels(node.grouping);
  const { op } = node;
  if (op === 'count_values') return streamValueCounts(evaluator, node, grid, sink);
  const param = node.param === undefined ? undefined : await evaluator.scalar(node.param, grid);
  if (RANKING.test(op)) return streamRanking(evaluator, node, wholeLimits(param!), grid, sink);
  if (op === 'limitk') return streamLimit(evaluator, node, wholeLimits(param!), grid, sink);
  if (op === 'limit_ratio') return streamShare(evaluator, node, ratios(evaluator, param!, node), grid, sink);
  if (op === 'quantile') return streamQuantile(evaluator, node, param!, grid, sink);

  interface Group {
    readonly labels: Labels;
    dropName: boolean;
    readonly accumulator: Accumulator;
  }
  const groups = new Map<string, Group>();
  const notes = new SeriesNotes(evaluator.annotations, node.expr.span);
  await evaluator.stream(node.expr, grid, (column) => {
    const labels = labelsOf(column.labels);
    let group = groups.get(labels.key);
    if (group === undefined) {
      evaluator.budget.hold(grid.count);
      group = { labels, dropName: false, accumulator: accumulatorOf(node, grid.count, notes)! };
      groups.set(labels.key, group);
    }
    group.dropName ||= column.dropName;
    group.accumulator.add(column);
  });
  for (const { labels, dropName, accumulator } of groups.values()) {
    const found = (node.role === 'part' ? accumulator.finishPart?.() : undefined) ?? [accumulator.finish()];
    for (const cells of found) if (!isEmpty(cells.present)) sink({ labels, dropName, owned: true, ...cells });
  }
}

async function streamRanking(
  evaluator: Evaluator,
  node: Aggregation,
  limits: Float64Array,
  grid: Grid,
  sink: Sink,
): Promise<void> {
  const labelsOf = groupLabels(node.grouping);
  const groups = new Map<string, Ranking>();
  const notes = new SeriesNotes(evaluator.annotations, node.span);
  await evaluator.stream(node.expr, grid, (column) => {
    if (dropHistograms(column) > 0) notes.ignoredInAggregation(node.op);
    const { key } = labelsOf(column.labels);
    let group = groups.get(key);
    if (group === undefined) {
      group = new Ranking(node.op === 'topk' ? 1 : -1, limits, (values) => evaluator.budget.hold(values));
      groups.set(key, group);
    }
    group.add(column);
  });
  for (const group of groups.values()) push(group.finish(), sink);
}

/** limitk(): of each group the first k series in label order. */
async function streamLimit(evaluator: Evaluator, node: Aggregation, limits: Float64Array, grid: Grid, sink: Sink): Promise<void> {
  for (const { columns } of await grouped(evaluator, node, grid)) {
    const kept = new Float64Array(grid.count);
    for (const column of columns.sort(byLabels)) {
      const { present } = column;
      for (let i = 0; i < grid.count; i++) {
        if (present[i] === 0) continue;
        if (kept[i]! < limits[i]!) kept[i]!++;
        else present[i] = 0;
      }
      if (!isEmpty(present)) sink(column);
    }
  }
}

/** limit_ratio(): a share of the series, the same ones whenever it is asked for; a negative one gives the others. */
async function streamShare(evaluator: Evaluator, node: Aggregation, ratios: Float64Array, grid: Grid, sink: Sink): Promise<void> {
  await evaluator.stream(node.expr, grid, (column) => {
    const place = placeOf(column.labels);
    for (let i = 0; i < grid.count; i++) {
      const ratio = ratios[i]!;
      if (ratio >= 0 ? place >= ratio : place < 1 + ratio) column.present[i] = 0;
    }
    if (!isEmpty(column.present)) sink(column);
  });
}

function ratios(evaluator: Evaluator, param: Float64Array, node: Aggregation): Float64Array {
  return param.map((ratio) => {
    if (Number.isNaN(ratio)) throw new QueryError('execution', 'Ratio value is NaN');
    const capped = Math.max(-1, Math.min(1, ratio));
    if (capped !== ratio) {
      const text = `ratio value should be between -1 and 1, got ${formatG(ratio)}, capping to ${formatG(capped)}`;
      evaluator.annotations.warn(text, node.param!.span);
    }
    return capped;
  });
}

async function streamQuantile(
  evaluator: Evaluator,
  node: Aggregation,
  quantiles: Float64Array,
  grid: Grid,
  sink: Sink,
): Promise<void> {
  const notes = new SeriesNotes(evaluator.annotations, node.expr.span);
  const groups = await grouped(evaluator, node, grid);
  for (const { columns } of groups) {
    for (const column of columns) if (dropHistograms(column) > 0) notes.ignoredInAggregation(node.op);
  }
  if (groups.length > 0) evaluator.annotations.checkQuantiles(quantiles, node.param!.span);
  for (const { labels, columns } of groups) {
    const result = emptyColumn(grid.count, labels);
    result.dropName = columns.some(({ dropName }) => dropName);
    const block = Math.max(1, Math.min(STEPS_A_BLOCK, Math.floor(VALUES_A_BLOCK / columns.length)));
    const gathered = new Float64Array(columns.length * block);
    const sizes = new Int32Array(block);
    for (let from = 0; from < grid.count; from += block) {
      const steps = Math.min(block, grid.count - from);
      sizes.fill(0);
      // Series by series within a block of steps, so that memory is read in the order it lies in.
      for (const { values, present } of columns) {
        for (let s = 0; s < steps; s++) {
          if (present[from + s] === 1) gathered[s * columns.length + sizes[s]!++] = values[from + s]!;
        }
      }
      for (let s = 0; s < steps; s++) {
        if (sizes[s] === 0) continue;
        const there = gathered.subarray(s * columns.length, s * columns.length + sizes[s]!);
        result.values[from + s] = quantileOf(quantiles[from + s]!, there, sizes[s]!);
        result.present[from + s] = 1;
      }
      if (evaluator.budget.due()) await evaluator.budget.pause();
    }
    if (!isEmpty(result.present)) sink(result);
  }
}

async function streamValueCounts(evaluator: Evaluator, node: Aggregation, grid: Grid, sink: Sink): Promise<void> {
  const labelsOf = groupLabels(node.grouping);
  const name = textOf(node.param!);
  if (!isLabelName(name)) throw new QueryError('execution', `invalid label name ${quote(name)}`, node.param!.span);
  const results = new Map<string, Column>();
  await evaluator.stream(node.expr, grid, (column) => {
    const group = labelsOf(column.labels);
    const byValue = new Map<string, Column>();
    for (let i = 0; i < grid.count; i++) {
      if (column.present[i] === 0) continue;
      const histogram = column.histograms?.[i];
      const text = histogram === undefined ? formatPlain(column.values[i]!) : formatHistogram(histogram);
      let result = byValue.get(text);
      if (result === undefined) {
        const labels = group.with(name, text);
        result = results.get(labels.key);
        if (result === undefined) {
          evaluator.budget.hold(grid.count);
          results.set(labels.key, (result = emptyColumn(grid.count, labels)));
        }
        result.dropName ||= column.dropName;
        byValue.set(text, result);
      }
      result.values[i]!++;
      result.present[i] = 1;
    }
  });
  push([...results.values()], sink);
}

/** The series of an aggregation by group, in the order in which the groups first appear. */
async function grouped(
  evaluator: Evaluator,
  { expr, grouping }: Aggregation,
  grid: Grid,
): Promise<{ labels: Labels; columns: Column[] }[]> {
  const labelsOf = groupLabels(grouping);
  const groups = new Map<string, { labels: Labels; columns: Column[] }>();
  for (const column of await evaluator.collect(expr, grid)) {
    const labels = labelsOf(column.labels);
    const group = groups.get(labels.key);
    if (group === undefined) groups.set(labels.key, { labels, columns: [column] });
    else group.columns.push(column);
  }
  return [...groups.values()];
}

/** topk's k as a whole number a step. */
function wholeLimits(param: Float64Array): Float64Array {
  return param.map((value) => {
    if (Number.isNaN(value)) throw new QueryError('execution', 'Parameter value is NaN');
    if (Math.abs(value) >= 2 ** 63) throw new QueryError('execution', `Scalar value ${formatG(value)} overflows int64`);
    return Math.max(0, Math.trunc(value));
  });
}

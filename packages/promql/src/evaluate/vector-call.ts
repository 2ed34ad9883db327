import { Labels } from '@vitrine/model/labels.ts';
import { QueryError } from '@vitrine/model/sample-store.ts';
import type { Call, Expr } from '../ast.ts';
import {
  byLabels,
  constantColumn,
  dropHistograms,
  emptyColumn,
  isEmpty,
  mergeEqualLabels,
  push,
  type Column,
  type Sink,
} from './column.ts';
import { clampValues, mapValues, NUMBER_FUNCTIONS, roundValues, TIME_FUNCTIONS } from './elementwise.ts';
import type { Evaluator } from './evaluator.ts';
import { gridTimes, type Grid } from './grid.ts';
import { HISTOGRAM_FUNCTIONS, mapHistograms, streamHistogram } from './histogram-call.ts';
import { streamInfo } from './info.ts';
import { compareByLabels, labelJoin, labelReplace, type Relabel } from './label-functions.ts';
import { streamKernel, streamRangeFunction } from './range-call.ts';
import { RANGE_FUNCTIONS } from './range-functions.ts';
import { SeriesNotes } from './series-notes.ts';
import { textOf, unwrap } from './unwrap.ts';

/** A function that gives a vector. */
export async function streamCall(evaluator: Evaluator, call: Call, grid: Grid, sink: Sink): Promise<void> {
  const { name, args } = call;
  const range = RANGE_FUNCTIONS.get(name);
  if (range !== undefined) return streamRangeFunction(evaluator, call, range, grid, sink);
  const ofNumber = NUMBER_FUNCTIONS.get(name);
  if (ofNumber !== undefined) return streamMapped(evaluator, args[0]!, grid, (column) => mapValues(column, ofNumber), sink);
  const ofHistogram = HISTOGRAM_FUNCTIONS.get(name);
  if (ofHistogram !== undefined) {
    return streamMapped(evaluator, args[0]!, grid, (column) => mapHistograms(column, ofHistogram), sink);
  }
  const ofTime = TIME_FUNCTIONS.get(name);
  if (ofTime !== undefined) {
    if (args.length > 0) return streamMapped(evaluator, args[0]!, grid, (column) => mapValues(column, ofTime), sink);
    const values = gridTimes(grid).map((ms) => ofTime(Math.trunc(ms / 1000)));
    return sink(constantColumn(Labels.empty, values));
  }
  switch (name) {
    case 'clamp':
    case 'clamp_min':
    case 'clamp_max': {
      const bound = await evaluator.scalar(args[1]!, grid);
      const low = name === 'clamp_max' ? new Float64Array(grid.count).fill(-Infinity) : bound;
      const high =
        name === 'clamp'
          ? await evaluator.scalar(args[2]!, grid)
          : name === 'clamp_max'
            ? bound
            : new Float64Array(grid.count).fill(Infinity);
      return streamMapped(evaluator, args[0]!, grid, (column) => clampValues(column, low, high), sink);
    }
    case 'round': {
      const toNearest = args.length > 1 ? await evaluator.scalar(args[1]!, grid) : new Float64Array(grid.count).fill(1);
      return streamMapped(evaluator, args[0]!, grid, (column) => roundValues(column, toNearest), sink);
    }
    case 'timestamp':
      return streamTimestamps(evaluator, args[0]!, grid, sink);
    case 'start_timestamp':
      return streamStarts(evaluator, call, grid, sink);
    case 'vector': {
      const values = await evaluator.scalar(args[0]!, grid);
      return sink(constantColumn(Labels.empty, values));
    }
    case 'absent':
      return streamAbsent(evaluator, call, grid, sink, (note) =>
        evaluator.stream(args[0]!, grid, ({ present }) => note(present)),
      );
    case 'absent_over_time':
      return streamAbsent(evaluator, call, grid, sink, async (note) => {
        const present = RANGE_FUNCTIONS.get('present_over_time')!;
        const notes = new SeriesNotes(evaluator.annotations, call.span);
        await streamKernel(evaluator, name, args[0]!, present, grid, [], notes, (column) => note(column.present));
      });
    case 'sort':
    case 'sort_desc':
      return streamSorted(evaluator, call, grid, sink);
    case 'sort_by_label':
    case 'sort_by_label_desc': {
      const compare = compareByLabels(args.slice(1).map(textOf));
      const sign = name === 'sort_by_label' ? 1 : -1;
      warnUselessSort(evaluator, call, grid);
      const columns = await evaluator.collect(args[0]!, grid);
      return push(
        columns.sort((a, b) => sign * compare(a.labels, b.labels)),
        sink,
      );
    }
    case 'label_replace': {
      const [destination, replacement, source, expression] = args.slice(1).map(textOf) as [string, string, string, string];
      return streamRelabelled(evaluator, args[0]!, grid, labelReplace(destination, replacement, source, expression), sink);
    }
    case 'label_join': {
      const [destination, separator, ...sources] = args.slice(1).map(textOf) as [string, string, ...string[]];
      return streamRelabelled(evaluator, args[0]!, grid, labelJoin(destination, separator, sources), sink);
    }
    case 'info':
      return streamInfo(evaluator, call, grid, sink);
    case 'histogram_quantile':
    case 'histogram_quantiles':
    case 'histogram_fraction':
      return streamHistogram(evaluator, call, grid, sink);
    default:
      throw unsupportedFunction(call);
  }
}

/** A function that changes values and so takes the name away. */
async function streamMapped(
  evaluator: Evaluator,
  expr: Expr,
  grid: Grid,
  change: (column: Column) => void,
  sink: Sink,
): Promise<void> {
  await evaluator.stream(expr, grid, (column) => {
    change(column);
    column.dropName = true;
    sink(column);
  });
}

async function streamRelabelled(evaluator: Evaluator, expr: Expr, grid: Grid, relabel: Relabel, sink: Sink): Promise<void> {
  const columns = await evaluator.collect(expr, grid);
  columns.forEach(relabel);
  push(mergeEqualLabels(columns), sink);
}

/** timestamp(): of a selector the samples' own times, of anything else the evaluation's. */
async function streamTimestamps(evaluator: Evaluator, expr: Expr, grid: Grid, sink: Sink): Promise<void> {
  const inner = unwrap(expr);
  const drop: Sink = (column) => {
    column.dropName = true;
    sink(column);
  };
  if (inner.kind === 'vectorSelector') return evaluator.streamSelector(inner, grid, 'timestamps', drop);
  const seconds = gridTimes(grid).map((ms) => ms / 1000);
  return evaluator.stream(expr, grid, (column) => {
    column.values.set(seconds);
    column.histograms = undefined;
    drop(column);
  });
}

/** start_timestamp(): of a selector since when the samples have counted; of anything else nothing is known. */
async function streamStarts(evaluator: Evaluator, { args, span }: Call, grid: Grid, sink: Sink): Promise<void> {
  const inner = unwrap(args[0]!);
  const isOn = evaluator.query.features.startTimestamps === true;
  if (!isOn) evaluator.annotations.info('start_timestamp() gives nothing unless query.features has use-start-timestamps', span);
  if (inner.kind !== 'vectorSelector' || !isOn) return evaluator.stream(args[0]!, grid, () => undefined);
  return evaluator.streamSelector(inner, grid, 'starts', (column) => {
    column.dropName = true;
    sink(column);
  });
}

async function streamAbsent(
  evaluator: Evaluator,
  call: Call,
  grid: Grid,
  sink: Sink,
  look: (note: (present: Uint8Array) => void) => Promise<void>,
): Promise<void> {
  const column = emptyColumn(grid.count, absentLabels(call.args[0]!));
  const { values, present } = column;
  values.fill(1);
  present.fill(1);
  await look((there) => {
    for (let i = 0; i < there.length; i++) if (there[i] === 1) present[i] = 0;
  });
  if (!isEmpty(present)) sink(column);
}

function warnUselessSort(evaluator: Evaluator, call: Call, grid: Grid): void {
  if (grid.count === 1 && evaluator.query.stepMs === 0) return;
  evaluator.annotations.warn('sort is ineffective for range queries since results are always ordered by labels', call.span);
}

async function streamSorted(evaluator: Evaluator, call: Call, grid: Grid, sink: Sink): Promise<void> {
  warnUselessSort(evaluator, call, grid);
  const columns = await evaluator.collect(call.args[0]!, grid);
  columns.forEach(dropHistograms);
  // Equal values stand in label order, in whichever order their series came.
  columns.sort(byLabels);
  const sign = call.name === 'sort' ? 1 : -1;
  if (grid.count === 1) columns.sort((a, b) => sign * compareNumbers(a.values[0]!, b.values[0]!, sign));
  push(columns, sink);
}

/** Ascending, NaN always last once the sign is applied. */
function compareNumbers(a: number, b: number, sign: 1 | -1): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return sign * (Number(Number.isNaN(a)) - Number(Number.isNaN(b)));
  return a === b ? 0 : a < b ? -1 : 1;
}

/** The labels that an absent series would surely have: those that exactly one `=` asks for. */
function absentLabels(expr: Expr): Labels {
  const inner = unwrap(expr);
  const selector = inner.kind === 'matrixSelector' ? inner.selector : inner;
  if (selector.kind !== 'vectorSelector') return Labels.empty;
  const labels = new Map<string, string>();
  const seen = new Set<string>();
  for (const { label, op, value } of selector.matchers) {
    if (label === '__name__') continue;
    if (op === '=' && !seen.has(label)) labels.set(label, value);
    else labels.delete(label);
    if (op === '=') seen.add(label);
  }
  return Labels.from(labels);
}

function unsupportedFunction({ name, span }: Call): QueryError {
  return new QueryError('unsupported', `the function ${name}() is not supported yet`, span);
}

import { growForest } from './forest.ts';
import type { ForestColumn } from './forest.ts';
import { spearman } from './spearman.ts';

/** A parameter of each run, as logged; undefined where a run has none. */
export interface ParamValues {
  readonly name: string;
  readonly values: readonly (string | undefined)[];
}

export interface RankedParam {
  readonly name: string;
  readonly kind: 'number' | 'category';
  /** Spearman's rank correlation with the target; undefined for what is no number, or too few. */
  readonly correlation: number | undefined;
  /** 0 to 1, the share of what all parameters do together; all are 0 where none does anything. */
  readonly importance: number;
}

export type ParamRanking =
  | { readonly kind: 'refused'; readonly sentence: string }
  | {
      readonly kind: 'ranked';
      /** Runs that have the target. */
      readonly runs: number;
      /** R² of the forest on runs that it has not seen. */
      readonly explained: number;
      /** In the forest. */
      readonly trees: number;
      /** Parameters that differ too, and were not looked at: those named last. */
      readonly leftOut: number;
      /** The most important first. */
      readonly params: readonly RankedParam[];
    };

/** Fewer runs than this tell chance from cause no more. */
const LEAST_RUNS = 5;
/** Parameters that are looked at; frameworks log hundreds that hardly differ. */
const MOST_PARAMS = 60;

/**
 * Which parameters go with the target (one number a run; NaN is missing). Correlation is Spearman's, importance by permutation in a
 * forest of 40 to 120 randomised trees. Parameters that do not differ have no part in it. Importance is association in these runs, not cause.
 */
export function rankParams(params: readonly ParamValues[], target: ArrayLike<number>): ParamRanking {
  const rows = Array.from(target, (_, row) => row).filter((row) => Number.isFinite(target[row]));
  if (rows.length < LEAST_RUNS) {
    return {
      kind: 'refused',
      sentence: `Importance needs at least ${LEAST_RUNS} runs that have the metric; here ${rows.length === 1 ? 'is 1' : `are ${rows.length}`}. Select more runs or another metric.`,
    };
  }
  const goals = Float64Array.from(rows, (row) => target[row]!);
  if (goals.every((goal) => goal === goals[0]))
    return {
      kind: 'refused',
      sentence: 'The metric is the same in all these runs, so nothing can explain it. Choose another metric.',
    };
  const varying = params.flatMap(({ name, values }) => {
    const texts = rows.map((row) => values[row]);
    return texts.every((text) => text === texts[0]) ? [] : [{ name, texts, column: columnOf(texts) }];
  });
  if (varying.length === 0)
    return {
      kind: 'refused',
      sentence: 'These runs have the same parameters, so none can explain what differs. Select runs whose parameters differ.',
    };
  const columns = varying.slice(0, MOST_PARAMS);
  const { importance, explained, trees } = growForest(
    columns.map(({ column }) => column),
    goals,
  );
  const total = importance.reduce((sum, each) => sum + Math.max(0, each), 0);
  const ranked = columns.map(({ name, column }, at): RankedParam => {
    const correlation = column.kind === 'number' ? spearman(column.values, goals) : Number.NaN;
    return {
      name,
      kind: column.kind,
      correlation: Number.isNaN(correlation) ? undefined : correlation,
      importance: total === 0 ? 0 : Math.max(0, importance[at]!) / total,
    };
  });
  return {
    kind: 'ranked',
    runs: rows.length,
    explained,
    trees,
    leftOut: varying.length - columns.length,
    params: ranked.toSorted((a, b) => b.importance - a.importance),
  };
}

/** A column of numbers where all that is there reads as one. */
function columnOf(texts: readonly (string | undefined)[]): ForestColumn {
  const numbers = texts.map((text) => (text === undefined || text.trim() === '' ? Number.NaN : Number(text)));
  if (texts.every((text, at) => text === undefined || Number.isFinite(numbers[at])))
    return { kind: 'number', values: Float64Array.from(numbers), categories: 0 };
  const places = new Map([...new Set(texts)].filter((text) => text !== undefined).map((text, at) => [text, at]));
  return {
    kind: 'category',
    values: Float64Array.from(texts, (text) => (text === undefined ? -1 : places.get(text)!)),
    categories: places.size,
  };
}

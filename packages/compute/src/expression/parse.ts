import { BadRequest } from '@vitrine/model/bad-request.ts';
import { readDurationMs } from '@vitrine/model/duration.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import { type MathNode, mathReferences, parseMath } from './math.ts';

export const REDUCERS = ['min', 'max', 'mean', 'median', 'sum', 'count', 'last'] as const;
export type ExpressionReducer = (typeof REDUCERS)[number];

/** What becomes of NaN, infinities and missing values before reducing. strict: any makes the result NaN. */
export type ReduceMode =
  | { readonly kind: 'strict' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'replace'; readonly with: number };

export interface Evaluator {
  readonly type:
    | 'gt'
    | 'lt'
    | 'eq'
    | 'ne'
    | 'gte'
    | 'lte'
    | 'within_range'
    | 'outside_range'
    | 'within_range_included'
    | 'outside_range_included'
    | 'no_value';
  readonly params: readonly number[];
}

export const CLASSIC_REDUCERS = [
  'avg',
  'min',
  'max',
  'sum',
  'count',
  'last',
  'median',
  'diff',
  'diff_abs',
  'percent_diff',
  'percent_diff_abs',
  'count_non_null',
] as const;
export type ClassicReducer = (typeof CLASSIC_REDUCERS)[number];

export interface ClassicCondition {
  readonly refId: string;
  readonly reducer: ClassicReducer;
  readonly evaluator: Evaluator;
  /** How it goes together with those before it. */
  readonly operator: 'and' | 'or' | 'logic-or';
}

/** A query of the source `__expr__`, in the words of Grafana. */
export type Expression =
  | { readonly type: 'math'; readonly formula: MathNode }
  | { readonly type: 'reduce'; readonly refId: string; readonly reducer: ExpressionReducer; readonly mode: ReduceMode }
  | {
      readonly type: 'resample';
      readonly refId: string;
      readonly windowMs: number;
      readonly downsampler: ExpressionReducer;
      readonly upsampler: 'pad' | 'backfilling' | 'fillna';
    }
  | { readonly type: 'threshold'; readonly refId: string; readonly evaluator: Evaluator; readonly recover: Evaluator | undefined }
  | { readonly type: 'classic_conditions'; readonly conditions: readonly ClassicCondition[] };

const TYPES = ['math', 'reduce', 'resample', 'threshold', 'classic_conditions'] as const;
const EVALUATORS = [
  'gt',
  'lt',
  'eq',
  'ne',
  'gte',
  'lte',
  'within_range',
  'outside_range',
  'within_range_included',
  'outside_range_included',
  'no_value',
] as const;

/** Reads an expression's spec, in which variables are filled in. Throws BadRequest that names the field. */
export function parseExpression(spec: unknown): Expression {
  const read = new Read('', spec);
  if (read.at('type').value === 'sql') {
    throw new BadRequest('type', 'SQL expressions are not run here; use transformations such as joinByField and groupBy');
  }
  const type = read.at('type').oneOf(TYPES);
  switch (type) {
    case 'math':
      return { type, formula: parseMath(read.at('expression').string()) };
    case 'reduce':
      return {
        type,
        refId: reference(read),
        reducer: parseReducer(read.at('reducer')),
        mode: parseMode(read.at('settings')),
      };
    case 'resample': {
      const window = read.at('window').string();
      return {
        type,
        refId: reference(read),
        windowMs: positive(readDurationMs(window.trim())) ?? read.at('window').fail(`"${window}" is not a duration such as 10s`),
        downsampler: parseReducer(read.at('downsampler')),
        upsampler: read.at('upsampler').or('fillna', (it) => it.oneOf(['pad', 'backfilling', 'fillna'])),
      };
    }
    case 'threshold': {
      const first = read.at('conditions').array()[0] ?? read.at('conditions').fail('holds no condition');
      return {
        type,
        refId: reference(read),
        evaluator: parseEvaluator(first.at('evaluator')),
        recover: first.at('unloadEvaluator').or<Evaluator | undefined>(undefined, parseEvaluator),
      };
    }
    case 'classic_conditions':
      return { type, conditions: read.at('conditions').array().map(parseCondition) };
  }
}

/** The queries whose answers an expression computes with. */
export function expressionReferences(expression: Expression): string[] {
  switch (expression.type) {
    case 'math':
      return mathReferences(expression.formula);
    case 'classic_conditions':
      return [...new Set(expression.conditions.map(({ refId }) => refId))];
    case 'reduce':
    case 'resample':
    case 'threshold':
      return [expression.refId];
  }
}

/** "A", "$A" and "${A}" name the query A. */
function reference(read: Read): string {
  const text = read.at('expression').string().trim();
  const refId = /^\$\{(.+)\}$/.exec(text)?.[1] ?? text.replace(/^\$/, '');
  return refId === '' ? read.at('expression').fail('names no query; write its letter, such as A') : refId;
}

function parseReducer(read: Read): ExpressionReducer {
  // The editors of other versions write "avg" for the mean.
  return read.or('mean', (it) => (it.value === 'avg' ? 'mean' : it.oneOf(REDUCERS)));
}

function parseMode(settings: Read): ReduceMode {
  if (settings.missing) return { kind: 'strict' };
  const mode = settings.at('mode').or('', (it) => it.oneOf(['', 'strict', 'dropNN', 'replaceNN']));
  if (mode === 'dropNN') return { kind: 'drop' };
  if (mode === 'replaceNN') return { kind: 'replace', with: settings.at('replaceWithValue').or(0, (it) => it.number()) };
  return { kind: 'strict' };
}

function parseEvaluator(read: Read): Evaluator {
  const type = read.at('type').oneOf(EVALUATORS);
  const params = read
    .at('params')
    .or([], (it) => it.array().map((each) => (each.value === null ? Number.NaN : Number(each.value))));
  const wanted = type === 'no_value' ? 0 : type.includes('range') ? 2 : 1;
  if (params.slice(0, wanted).some(Number.isNaN) || params.length < wanted) {
    read.at('params').fail(`"${type}" needs ${wanted === 1 ? 'a number' : `${wanted} numbers`}`);
  }
  return { type, params };
}

function parseCondition(read: Read): ClassicCondition {
  return {
    refId: read.at('query').at('params').array()[0]?.string() ?? read.at('query').fail('names no query'),
    reducer: read.at('reducer').at('type').oneOf(CLASSIC_REDUCERS),
    evaluator: parseEvaluator(read.at('evaluator')),
    operator: read.at('operator').or('and', (it) => it.at('type').or('and', (own) => own.oneOf(['and', 'or', 'logic-or']))),
  };
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}

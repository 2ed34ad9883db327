import { evaluateExpression } from '@vitrine/compute/expression/evaluate.ts';
import { type Expression, expressionReferences, parseExpression } from '@vitrine/compute/expression/parse.ts';
import { type ExpressionValue, readFrames, writeFrames } from '@vitrine/compute/expression/values.ts';
import type { Grid } from '@vitrine/compute/step.ts';
import { textsOf } from '@vitrine/compute/variable/order.ts';
import { replaceVariables } from '@vitrine/compute/variable/replace.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import {
  BUILTIN_SOURCE,
  DASHBOARD_SOURCE_UID,
  EXPRESSION_SOURCE,
  MIXED_SOURCE_UID,
  type Query,
  RUNS_SOURCE,
} from '@vitrine/model/dashboard.ts';
import { referencedNames } from '@vitrine/compute/variable/replace.ts';
import type { Frame, Notice, PanelData } from '@vitrine/model/frame.ts';
import type { QueryLimits } from '@vitrine/model/sample-store.ts';
import type { QueryContext } from '@vitrine/plugins/contract.ts';
import { replyFor } from '../http/errors.ts';
import type { Answers } from './answers.ts';
import { type PageScope, wholeSeconds } from './page-scope.ts';
import type { PanelRange } from './panel-range.ts';

export interface Answered extends Pick<PanelData, 'frames' | 'notices' | 'traces'> {
  /** Whether newer parts can stand behind it; absent is true. */
  readonly growable?: boolean;
}

export interface QueryNeeds {
  readonly scope: PageScope;
  readonly answers: Answers;
  readonly limits: QueryLimits;
  /** At most this many x positions are worth sending. */
  readonly maxPoints: number;
  readonly signal: AbortSignal;
  /** The answers of another panel, for the source "-- Dashboard --". */
  panelAnswer(id: number, withTransformations: boolean): Promise<Answered>;
}

/** Where queries are asked: the grid is the newest part of the range, or all of it. */
export interface AskedAt {
  readonly grid: Grid;
  readonly range: PanelRange;
}

/**
 * Runs queries of one panel, all at once, and the expressions over their answers. Hidden ones run only where an expression
 * needs them, and show nothing. Where some fail the others are answered beside a notice; where all fail the first error is thrown.
 */
export async function runQueries(queries: readonly Query[], at: AskedAt, needs: QueryNeeds): Promise<Answered> {
  const run = new QueriesRun(queries, at, needs);
  const shown = queries.filter((query) => !query.hidden && !isBlank(query));
  const outcomes = await Promise.allSettled(shown.map((query) => run.answer(query)));
  needs.signal.throwIfAborted();
  const answers = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const failures = outcomes.flatMap((outcome, index) =>
    outcome.status === 'rejected' ? [{ query: shown[index] as Query, error: outcome.reason as Error }] : [],
  );
  if (failures[0] !== undefined && answers.length === 0) throw failures[0].error;
  return {
    frames: numberValues(answers.flatMap(({ frames }) => frames)),
    notices: [
      ...failures.map(({ query, error }): Notice => ({
        level: 'error',
        text: `Query ${query.refId}: ${replyFor(error).message}`,
      })),
      ...answers.flatMap(({ notices }) => notices),
    ],
    traces: answers.flatMap(({ traces }) => traces),
    growable: answers.every(({ growable }) => growable !== false),
  };
}

/** A query that somebody has yet to write asks for nothing. */
function isBlank({ spec, source }: Query): boolean {
  const text = spec['expr'] ?? spec['rawSql'];
  return !isExpression({ source }) && typeof text === 'string' && text.trim() === '';
}

class QueriesRun {
  readonly #byRefId: ReadonlyMap<string, Query>;
  readonly #at: AskedAt;
  readonly #needs: QueryNeeds;
  readonly #answers = new Map<Query, Promise<Answered>>();

  constructor(queries: readonly Query[], at: AskedAt, needs: QueryNeeds) {
    // Of two with one letter the first is what expressions mean.
    this.#byRefId = new Map(queries.toReversed().map((query) => [query.refId, query]));
    this.#at = at;
    this.#needs = needs;
  }

  /** Each query is asked once, whoever needs it. */
  answer(query: Query): Promise<Answered> {
    let answer = this.#answers.get(query);
    if (answer === undefined) {
      answer = isExpression(query)
        ? this.#expression(query)
        : query.source.uid === DASHBOARD_SOURCE_UID
          ? this.#ofOtherPanel(query)
          : this.#ask(query);
      this.#answers.set(query, answer);
      // Each who waits sees a failure; where nobody does, that is no unhandled one.
      answer.catch(() => {});
    }
    return answer;
  }

  async #ask({ refId, source: ref, spec }: Query): Promise<Answered> {
    const { scope, answers, limits, maxPoints, signal } = this.#needs;
    const { grid, range } = this.#at;
    const texts = textsOf(spec);
    await scope.prepare(texts);
    // A panel's "-- Mixed --" means that each query names its own; one that does not means the usual one.
    const source = await scope.open(ref.uid === MIXED_SOURCE_UID ? { type: '', uid: '' } : ref);
    const filters = await scope.filtersOf(source);
    const shown = wholeSeconds(range.fromMs, range.toMs);
    const context: Omit<QueryContext, 'signal'> = {
      ...grid,
      shown,
      maxPoints,
      limits,
      replace: scope.replacer({ ...shown, stepMs: grid.stepMs }),
      filters,
    };
    const key = JSON.stringify([source.identity, refId, spec, scope.keyOf(texts), filters, grid, shown, maxPoints]);
    const {
      frames,
      notices,
      trace,
      growable = true,
    } = await answers(
      { key, ofOwnStore: source.type === BUILTIN_SOURCE.type || source.type === RUNS_SOURCE.type, toMs: shown.toMs },
      signal,
      (shared) => source.query(refId, spec, { ...context, signal: shared }),
    );
    return { frames, notices: [...notices, ...leftOver(refId, texts, trace.executed)], traces: [trace], growable };
  }

  async #ofOtherPanel({ refId, spec }: Query): Promise<Answered> {
    const { panelId, withTransforms } = spec;
    if (typeof panelId !== 'number')
      throw new BadRequest('panelId', `query ${refId} does not say from which panel it takes its data`);
    return this.#needs.panelAnswer(panelId, withTransforms === true);
  }

  async #expression(query: Query): Promise<Answered> {
    const startedMs = performance.now();
    const { refId, spec } = query;
    const { grid, range } = this.#at;
    const expression = await this.#parse(query);
    // Before anything is waited for: in a circle each would wait for the other.
    await this.#checkCircle(query);
    const values = new Map<string, ExpressionValue>();
    await Promise.all(expressionReferences(expression).map(async (name) => values.set(name, await this.#valueOf(name))));
    const value = evaluateExpression(expression, {
      valueOf: (name) => values.get(name) as ExpressionValue,
      fromMs: grid.fromMs,
      toMs: grid.toMs,
    });
    return {
      frames: writeFrames(refId, value, wholeSeconds(range.fromMs, range.toMs).toMs),
      notices: [],
      traces: [
        {
          refId,
          source: EXPRESSION_SOURCE.uid,
          executed: describe(expression, spec),
          stepMs: value.kind === 'series' ? grid.stepMs : 0,
          elapsedMs: performance.now() - startedMs,
          seriesRead: 0,
          samplesRead: 0,
        },
      ],
    };
  }

  async #parse({ spec }: Query): Promise<Expression> {
    await this.#needs.scope.prepare(textsOf(spec));
    return parseExpression(this.#fill(spec));
  }

  async #checkCircle(start: Query): Promise<void> {
    const seen = new Map<Query, Query | undefined>([[start, undefined]]);
    const rest = [start];
    for (let query = rest.pop(); query !== undefined; query = rest.pop()) {
      for (const refId of expressionReferences(await this.#parse(query))) {
        const next = this.#byRefId.get(refId);
        if (next === start) {
          const names = [start.refId];
          for (let back: Query | undefined = query; back !== undefined; back = seen.get(back)) names.unshift(back.refId);
          throw new BadRequest('expression', `the expressions ${names.join(' → ')} need each other in a circle`);
        }
        if (next === undefined || seen.has(next) || !isExpression(next)) continue;
        seen.set(next, query);
        rest.push(next);
      }
    }
  }

  async #valueOf(refId: string): Promise<ExpressionValue> {
    const query = this.#byRefId.get(refId);
    if (query === undefined) throw new BadRequest('expression', `there is no query ${refId.slice(0, 100)} on this panel`);
    const { frames } = await this.answer(query).catch((error: unknown) => {
      const { message } = replyFor(error);
      throw new BadRequest('expression', `it needs query ${refId}, which failed: ${message}`, { cause: error });
    });
    // Expressions and instant queries give numbers where each holds one value.
    const instant = query.spec['instant'] === true && query.spec['range'] !== true;
    return readFrames(
      frames,
      instant || (isExpression(query) && query.spec['type'] !== 'resample' && frames.every(({ length }) => length === 1)),
    );
  }

  /** Variables filled in; `$A` stays where A is a query, whatever variables are called. */
  #fill(spec: Query['spec']): unknown {
    const scope = this.#needs.scope.scope({ stepMs: this.#at.grid.stepMs });
    const known = { ...scope, find: (name: string) => (this.#byRefId.has(name) ? undefined : scope.find(name)) };
    const fill = (value: unknown): unknown => {
      if (typeof value === 'string') return replaceVariables(value, known);
      if (Array.isArray(value)) return value.map(fill);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fill(each)]));
    };
    return fill(spec);
  }
}

export function isExpression({ source }: Pick<Query, 'source'>): boolean {
  // The number is what old dashboards call the source.
  return source.type === EXPRESSION_SOURCE.type || source.uid === EXPRESSION_SOURCE.uid || source.uid === '-100';
}

function describe(expression: Expression, spec: Query['spec']): string {
  switch (expression.type) {
    case 'math':
      return String(spec['expression']);
    case 'reduce':
      return `${expression.reducer} of $${expression.refId}`;
    case 'resample':
      return `$${expression.refId} resampled to ${String(spec['window'])}`;
    case 'threshold':
      return `$${expression.refId} ${expression.evaluator.type} ${expression.evaluator.params.join(', ')}`;
    case 'classic_conditions':
      return `classic conditions on ${expressionReferences(expression).join(', ')}`;
  }
}

/** Where several queries answer as tables, their values are told apart as in Grafana: "Value #A". */
function numberValues(frames: readonly Frame[]): readonly Frame[] {
  const tables = new Set(frames.filter(({ shape }) => shape === 'table').map(({ refId }) => refId));
  if (tables.size < 2) return frames;
  return frames.map((frame) =>
    frame.shape === 'table'
      ? {
          ...frame,
          fields: frame.fields.map((field) => (field.name === 'Value' ? { ...field, name: `Value #${frame.refId}` } : field)),
        }
      : frame,
  );
}

/** Names of no variable stay in a query as they are written, and then mostly nothing fits: that is told. */
function leftOver(refId: string, texts: readonly string[], executed: string): Notice[] {
  return [...new Set(texts.flatMap(referencedNames))]
    .filter((name) => /^[A-Za-z]/.test(name) && [`$${name}`, `\${${name}`, `[[${name}`].some((form) => executed.includes(form)))
    .map((name) => ({ level: 'warning', text: `Query ${refId}: $${name} is no variable of this dashboard.` }));
}

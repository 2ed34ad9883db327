import { QueryError } from '@vitrine/model/sample-store.ts';
import type { QueryFeatures, QueryResult, SampleSource } from '@vitrine/model/sample-store.ts';
import type { Expr } from '../ast.ts';
import { EVERY_SYNTAX, parse } from '../parse.ts';
import { print } from '../print.ts';
import { compareAnnotations, compareResult, compareStep } from './compare.ts';
import { loadSeries } from './load-series.ts';
import { MemorySource } from './memory-source.ts';
import { pinTime } from './pin-time.ts';
import { parseScript } from './script.ts';
import type { EvalCommand } from './script.ts';

/** What the scripts are asked of: the evaluator. */
export type Evaluate = (
  expr: Expr,
  request: Grid & { readonly text: string; readonly features: QueryFeatures },
  source: SampleSource,
) => Promise<QueryResult>;

/** How often a case was asked again in another way, and how often the answer was still right. */
export interface RerunCount {
  readonly passed: number;
  readonly total: number;
}

export interface CaseReport {
  readonly line: number;
  readonly expr: string;
  /** Why the case as written fails; undefined where it passes. */
  readonly failure: string | undefined;
  /** Asked at other times with every selector pinned to the case's time, as re-printed. */
  readonly pinned: RerunCount;
  /** Asked, as written and pinned, as a range query of three steps; the middle one counts. */
  readonly middleStep: RerunCount;
  /** The first re-run that went wrong. */
  readonly rerunFailure: string | undefined;
}

/** Everything that Prometheus' own runner turns on. */
const FEATURES: QueryFeatures = { ...EVERY_SYNTAX, startTimestamps: true };
const MINUTE_MS = 60_000;
/** What these give depends on the query's range, so an instant query and a range query differ. */
const RANGE_DEPENDENT = /(?:start|end|range|step)\(\)/;

/** Runs a promqltest script. Throws where the script itself cannot be read. */
export async function runScript(text: string, evaluate: Evaluate): Promise<readonly CaseReport[]> {
  const source = new MemorySource();
  const reports: CaseReport[] = [];
  for (const command of parseScript(text)) {
    if (command.kind === 'clear') source.clear();
    else if (command.kind === 'load') loadSeries(command, source);
    else reports.push(await runCase(command, evaluate, source));
  }
  return reports;
}

async function runCase(command: EvalCommand, evaluate: Evaluate, source: SampleSource): Promise<CaseReport> {
  const { line, expr: text } = command;
  if (command.isRange) {
    const failure = await ask(command, text, command, evaluate, source);
    const none = { passed: 0, total: 0 };
    return { line, expr: text, failure: failure.reason, pinned: none, middleStep: none, rerunFailure: undefined };
  }
  const first = await ask(command, text, instant(command.endMs), evaluate, source);
  let rerunFailure: string | undefined;
  const count = { pinned: { passed: 0, total: 0 }, middleStep: { passed: 0, total: 0 } };
  const note = (which: 'pinned' | 'middleStep', query: string, timeMs: number, reason: string | undefined): void => {
    count[which].total++;
    if (reason === undefined) count[which].passed++;
    else rerunFailure ??= `${query} at ${timeMs} ms${which === 'middleStep' ? ' in range mode' : ''}: ${reason}`;
  };
  const middle = async (query: string, timeMs: number, answer: QueryResult | undefined): Promise<void> => {
    // Where the query is meant to fail there is no step to compare, and a range query has neither strings nor an order.
    if (command.fail !== undefined || command.string !== undefined || command.expectsRangeVector) return;
    if (command.ordered || RANGE_DEPENDENT.test(query)) return;
    if (answer === undefined) return note('middleStep', query, timeMs, 'the instant query fails already');
    const grid = { startMs: timeMs - MINUTE_MS, endMs: timeMs + MINUTE_MS, stepMs: MINUTE_MS };
    const { result, reason } = await answerTo(query, grid, evaluate, source);
    note('middleStep', query, timeMs, reason ?? compareStep(command, result!, timeMs, answer.kind === 'scalar'));
  };
  await middle(text, command.endMs, first.result);
  for (const { query, timeMs } of pinnedQueries(text, command.endMs)) {
    const again = await ask(command, query, instant(timeMs), evaluate, source);
    note('pinned', query, timeMs, again.reason);
    await middle(query, timeMs, again.result);
  }
  return { line, expr: text, failure: first.reason, ...count, rerunFailure };
}

/** The case's query with its time written into it, at other times. */
function pinnedQueries(text: string, timeMs: number): { query: string; timeMs: number }[] {
  let pinned: Expr | undefined;
  try {
    pinned = pinTime(parse(text, EVERY_SYNTAX), timeMs);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
  }
  if (pinned === undefined) return [];
  const query = print(pinned);
  const times = timeMs === 0 ? [-1000, 0, 1000] : [-10 * timeMs, 0, Math.trunc(timeMs / 5), timeMs, 10 * timeMs];
  return times.map((at) => ({ query, timeMs: at }));
}

interface Grid {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

interface Answer {
  readonly result: QueryResult | undefined;
  readonly reason: string | undefined;
}

/** Asks, and compares the answer, its annotations or its failure with what the case expects. */
async function ask(command: EvalCommand, query: string, grid: Grid, evaluate: Evaluate, source: SampleSource): Promise<Answer> {
  const { result, reason } = await answerTo(query, grid, evaluate, source);
  if (command.fail !== undefined) {
    if (reason === undefined) return { result, reason: 'expected a failure, but it succeeds' };
    const fine = command.fail.matches(reason);
    return { result, reason: fine ? undefined : `expected failure "${command.fail.wanted}", got "${reason}"` };
  }
  if (result === undefined) return { result, reason };
  return { result, reason: compareAnnotations(command, result.annotations) ?? compareResult(command, result) };
}

async function answerTo(
  query: string,
  { startMs, endMs, stepMs }: Grid,
  evaluate: Evaluate,
  source: SampleSource,
): Promise<Answer> {
  try {
    const request = { startMs, endMs, stepMs, text: query, features: FEATURES };
    return { result: await evaluate(parse(query, EVERY_SYNTAX), request, source), reason: undefined };
  } catch (error) {
    if (error instanceof QueryError) return { result: undefined, reason: error.message };
    const { name, message, stack } = error as Error;
    const where = /\/([\w-]+\.ts:\d+)/.exec(stack ?? '')?.[1] ?? '';
    return { result: undefined, reason: `crashed: ${name}: ${message} (${where})` };
  }
}

function instant(timeMs: number): Grid {
  return { startMs: timeMs, endMs: timeMs, stepMs: 0 };
}

import type { QueryAnnotation, QueryLimits, QueryResult, QueryStats, SampleSource } from '@vitrine/model/sample-store.ts';
import type { Expr } from '../ast.ts';
import { Annotations } from './annotations.ts';
import { Budget } from './budget.ts';
import type { Sink } from './column.ts';
import { evaluate, type EvaluationRequest, type Give } from './evaluate.ts';
import { Evaluator, type Query } from './evaluator.ts';
import type { Grid } from './grid.ts';
import { NotShareable } from './not-shareable.ts';
import { share } from './share.ts';

/** An expression that is to be computed over some of the series, for who has the others. Plain data: it may be sent. */
export interface PartRequest {
  readonly expr: Expr;
  readonly query: Query;
  readonly grid: Grid;
  readonly limits: Partial<QueryLimits> | undefined;
  /** The query's text, so that annotations name the right line. */
  readonly text: string | undefined;
}

/** What is to be said of a part when its last series has been given. */
export interface PartNotes {
  readonly annotations: readonly QueryAnnotation[];
  readonly stats: Pick<QueryStats, 'seriesRead' | 'samplesRead'>;
}

/** What others compute. */
export interface PartUnderWay {
  /** Kept when their last series has been given to the sink; broken as the evaluation breaks. */
  readonly done: Promise<PartNotes>;
  /** Nobody wants what is still to come. */
  readonly cancel: () => void;
}

/** Several that evaluate a query together. */
export interface Sharing {
  /** Some of the series. */
  readonly own: SampleSource;
  /** Asks those that have the other series, which are given to the sink whenever the event loop turns. Their arrays may be kept. */
  readonly ask: (request: PartRequest, sink: Sink) => PartUnderWay;
  /** Told where the answer could not be put together of parts, before the query is evaluated by one alone. */
  readonly onRefused?: () => void;
}

/** As evaluate(), with others who each compute over some of the series what looks at one series at a time. */
export async function evaluateShared(
  expr: Expr,
  request: EvaluationRequest,
  source: SampleSource,
  { own, ask, onRefused = () => undefined }: Sharing,
  signal?: AbortSignal,
): Promise<QueryResult> {
  const shared = request.trace === true ? undefined : share(expr);
  if (shared === undefined) return evaluate(expr, request, source, signal);
  const give: Give = ({ query, budget, annotations }) => {
    const gather = async (part: Expr, grid: Grid, sink: Sink): Promise<void> => {
      const { limits, text } = request;
      const others = ask({ expr: part, query, grid, limits, text }, sink);
      const over: Over = { because: undefined };
      const said = new Annotations(text);
      const mine = new Evaluator(until(over, own), query, budget, said).stream(part, grid, numbersOnly(sink));
      try {
        const theirs = others.done.catch((error: unknown) => {
          over.because = { error };
          throw error;
        });
        const [notes] = await budget.waitFor(Promise.all([theirs, mine]));
        const list = [...said.list(), ...notes.annotations];
        if (list.some(({ level }) => level === 'warning')) throw new NotShareable();
        annotations.adopt(list);
        budget.adopt(notes.stats);
      } finally {
        others.cancel();
        over.because ??= { error: new NotShareable() };
        // Whatever comes next has the thread to itself.
        await mine.catch(() => undefined);
      }
    };
    return new Map([...shared.parts].map(([place, part]) => [place, (grid, sink) => gather(part, grid, sink)]));
  };
  try {
    return await evaluate(shared.whole, request, source, signal, give);
  } catch (error) {
    if (!(error instanceof NotShareable)) throw error;
    onRefused();
    return evaluate(expr, request, source, signal);
  }
}

/** Computes a part for who asked for it. `taken` is waited for before more is computed, where too much waits to be taken. */
export async function evaluatePart(
  { expr, query, grid, limits, text }: PartRequest,
  source: SampleSource,
  sink: Sink,
  taken: () => Promise<void> | undefined,
  signal?: AbortSignal,
): Promise<PartNotes> {
  const budget = new PatientBudget(limits, signal, taken);
  const annotations = new Annotations(text);
  await new Evaluator(source, query, budget, annotations).stream(expr, grid, numbersOnly(sink));
  const { seriesRead, samplesRead } = budget;
  return { annotations: annotations.list(), stats: { seriesRead, samplesRead } };
}

/** Why nobody wants any more series. */
interface Over {
  because: { readonly error: unknown } | undefined;
}

/** The source, which throws from when it is over. */
function until(over: Over, source: SampleSource): SampleSource {
  return {
    *select(request) {
      for (const series of source.select(request)) {
        if (over.because !== undefined) throw over.because.error;
        yield series;
      }
    },
    selectLabels: (request) => source.selectLabels(request),
  };
}

function numbersOnly(sink: Sink): Sink {
  return (column) => {
    if (column.histograms !== undefined) throw new NotShareable();
    sink(column);
  };
}

/** Pauses for as long as others have enough to do. */
class PatientBudget extends Budget {
  readonly #taken: () => Promise<void> | undefined;

  constructor(limits: Partial<QueryLimits> | undefined, signal: AbortSignal | undefined, taken: () => Promise<void> | undefined) {
    super(limits, signal);
    this.#taken = taken;
  }

  override due(): boolean {
    return this.#taken() !== undefined || super.due();
  }

  override async pause(): Promise<void> {
    await this.#taken();
    await super.pause();
  }
}

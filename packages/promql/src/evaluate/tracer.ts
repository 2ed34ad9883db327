import type { QueryTrace, QueryTraceNode, ReadSteps } from '@vitrine/model/query-trace.ts';
import type { Expr } from '../ast.ts';
import { print } from '../print.ts';
import { unwrap } from './unwrap.ts';

const MAX_TEXT = 200;

type Take<Series> = (series: Series) => void | Promise<void>;

/** What one node of the expression took so far. */
class Span {
  readonly expr: Expr;
  readonly children = new Map<Expr, Span>();
  selfMs = 0;
  readMs = 0;
  series = 0;
  samplesRead = 0;
  /** At work now. */
  isOpen = false;

  constructor(expr: Expr) {
    this.expr = expr;
  }

  report(): QueryTraceNode {
    const { expr, selfMs, readMs, series, samplesRead } = this;
    const children = [...this.children.values()].map((child) => child.report());
    const text = print(expr);
    return {
      expr: text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text,
      ...expr.span,
      totalMs: children.reduce((sum, { totalMs }) => sum + totalMs, selfMs + readMs),
      selfMs,
      readMs,
      series,
      samplesRead,
      children,
    };
  }
}

/**
 * Measures where a query's time goes, node by node. Series stream through nodes, so that a node works in the middle of
 * the one below it: the clock is handed over whenever a series is.
 */
export class Tracer {
  readonly #root: Span;
  readonly #steps: ReadSteps = { indexMs: 0, fetchMs: 0, decodeMs: 0, chunks: 0, buckets: 0, bytes: 0 };
  #current: Span;
  #reading = false;
  #waitedMs = 0;
  #sinceMs = performance.now();

  constructor(expr: Expr) {
    this.#root = new Span(unwrap(expr));
    this.#current = this.#root;
  }

  /** For the source to add to. */
  get steps(): ReadSteps {
    return this.#steps;
  }

  /** Does the work of a node. `hand` wraps what the node gives each series to. */
  async run<T>(expr: Expr, work: (hand: <Series>(take: Take<Series>) => Take<Series>) => Promise<T>): Promise<T> {
    const above = this.#current;
    // What is computed once and then repeated comes by twice, and at the top the node stands already.
    if (above.expr === expr && above.isOpen) return work((take) => take);
    const span = above.expr === expr ? above : this.#spanOf(expr);
    span.isOpen = true;
    this.#enter(span);
    try {
      return await work((take) => (series) => {
        span.series++;
        this.#enter(above);
        const working = take(series);
        if (working !== undefined) return working.finally(() => this.#enter(span));
        this.#enter(span);
      });
    } finally {
      span.isOpen = false;
      this.#enter(above);
    }
  }

  /** Gives what the source yields; the time until it does is reading. */
  *reading<T extends { readonly length: number }>(series: Iterable<T>): Iterable<T> {
    const span = this.#current;
    const iterator = series[Symbol.iterator]();
    try {
      for (;;) {
        this.#lap();
        this.#reading = true;
        const { done, value } = iterator.next();
        this.#lap();
        this.#reading = false;
        if (done === true) return;
        span.samplesRead += value.length;
        yield value;
      }
    } finally {
      this.#reading = false;
      iterator.return?.();
    }
  }

  /** Waits for something that is not this query's work. */
  async waiting(pause: Promise<void>): Promise<void> {
    this.#lap();
    await pause;
    const nowMs = performance.now();
    this.#waitedMs += nowMs - this.#sinceMs;
    this.#sinceMs = nowMs;
  }

  report(heldValues: number): QueryTrace {
    this.#lap();
    const { chunks, buckets, indexMs } = this.#steps;
    const told = chunks > 0 || buckets > 0 || indexMs > 0;
    return { root: this.#root.report(), waitedMs: this.#waitedMs, heldValues, read: told ? this.#steps : undefined };
  }

  #spanOf(expr: Expr): Span {
    const known = this.#current.children.get(expr);
    if (known !== undefined) return known;
    const span = new Span(expr);
    this.#current.children.set(expr, span);
    return span;
  }

  #enter(span: Span): void {
    this.#lap();
    this.#current = span;
  }

  /** Puts down what has passed to whom it belongs. */
  #lap(): void {
    const nowMs = performance.now();
    if (this.#reading) this.#current.readMs += nowMs - this.#sinceMs;
    else this.#current.selfMs += nowMs - this.#sinceMs;
    this.#sinceMs = nowMs;
  }
}

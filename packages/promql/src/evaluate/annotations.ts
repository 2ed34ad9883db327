import type { QueryAnnotation } from '@vitrine/model/sample-store.ts';
import type { Span } from '../ast.ts';
import { formatG } from './format-number.ts';

/** Buckets whose counts fell where they may only rise, and by how much. */
export interface Repair {
  readonly lowestBucket: number;
  readonly highestBucket: number;
  readonly maxDifference: number;
}

interface Repairs extends Repair {
  readonly count: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What the reader should know about the answer, worded as Prometheus words it; each once. */
export class Annotations {
  readonly #text: string | undefined;
  readonly #plain = new Map<string, QueryAnnotation>();
  readonly #repairs = new Map<string, { readonly span: Span; readonly text: string; readonly repairs: Repairs }>();

  /** @param text The query's text, for the line of a position; without it all is on line 1. */
  constructor(text: string | undefined) {
    this.#text = text;
  }

  warn(message: string, span: Span): void {
    this.#add('warning', `PromQL warning: ${message}`, span);
  }

  info(message: string, span: Span): void {
    this.#add('info', `PromQL info: ${message}`, span);
  }

  /** Warns of each that is no quantile. */
  checkQuantiles(quantiles: Float64Array, span: Span): void {
    for (const q of new Set(quantiles)) {
      if (Number.isNaN(q) || q < 0 || q > 1) {
        this.warn(`quantile value should be between 0 and 1, got ${formatG(q)}`, span);
      }
    }
  }

  badBucketLabel(le: string, metric: string, span: Span): void {
    this.warn(`bucket label "le" is missing or has a malformed value of ${JSON.stringify(le)}${forMetric(metric)}`, span);
  }

  /** Where both are there, neither is looked at. */
  mixedHistograms(metric: string, span: Span): void {
    this.warn(`vector contains a mix of classic and native histograms${forMetric(metric)}`, span);
  }

  /** What observations that are NaN do to the answer of a function. */
  nanObservations(of: 'quantile' | 'fraction', effect: string, metric: string, span: Span): void {
    this.info(`input to histogram_${of} has NaN observations, ${effect}${forMetric(metric)}`, span);
  }

  /** One repaired histogram at one time; they are told as one. */
  repaired(repair: Repair, timeMs: number, metric: string, span: Span): void {
    const text =
      'PromQL info: input to histogram_quantile needed to be fixed for monotonicity ' +
      `(see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)${forMetric(metric)}`;
    const key = `${span.from} ${text}`;
    const known = this.#repairs.get(key)?.repairs;
    this.#repairs.set(key, {
      span,
      text,
      repairs: {
        lowestBucket: Math.min(known?.lowestBucket ?? Infinity, repair.lowestBucket),
        highestBucket: Math.max(known?.highestBucket ?? -Infinity, repair.highestBucket),
        maxDifference: Math.max(known?.maxDifference ?? 0, repair.maxDifference),
        count: (known?.count ?? 0) + 1,
        fromMs: Math.min(known?.fromMs ?? Infinity, timeMs),
        toMs: Math.max(known?.toMs ?? -Infinity, timeMs),
      },
    });
  }

  /** Takes over what was said of a part of the query. */
  adopt(said: readonly QueryAnnotation[]): void {
    for (const annotation of said) if (!this.#plain.has(annotation.text)) this.#plain.set(annotation.text, annotation);
  }

  list(): readonly QueryAnnotation[] {
    const list = [...this.#plain.values()];
    for (const { text, span, repairs } of this.#repairs.values()) {
      const buckets = `from buckets ${formatG(repairs.lowestBucket)} to ${formatG(repairs.highestBucket)}`;
      const extent = `with a max diff of ${formatG(repairs.maxDifference, 2)}, over ${repairs.count} samples`;
      const times = `from ${rfc3339(repairs.fromMs)} to ${rfc3339(repairs.toMs)}`;
      list.push({ level: 'info', text: `${text}, ${buckets}, ${extent} ${times} (${this.#position(span)})` });
    }
    return list;
  }

  #add(level: QueryAnnotation['level'], message: string, span: Span): void {
    const text = `${message} (${this.#position(span)})`;
    if (!this.#plain.has(text)) this.#plain.set(text, { level, text });
  }

  /** Line and column, both from 1. */
  #position({ from }: Span): string {
    const before = this.#text?.slice(0, from) ?? '';
    const lineStart = before.lastIndexOf('\n') + 1;
    const line = before.split('\n').length;
    return `${line}:${from - lineStart + 1}`;
  }
}

function forMetric(metric: string): string {
  return metric === '' ? '' : ` for metric name ${JSON.stringify(metric)}`;
}

function rfc3339(ms: number): string {
  return `${new Date(Math.floor(ms / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}

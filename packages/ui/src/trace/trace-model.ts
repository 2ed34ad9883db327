import type { ResolvedLink } from '@vitrine/compute/field/links.ts';

/** One span of a trace. */
export interface TraceSpan {
  readonly id: string;
  /** "" is a root. */
  readonly parentId: string;
  readonly name: string;
  readonly service: string;
  /** Unix milliseconds, with fractions. */
  readonly startMs: number;
  readonly durationMs: number;
  /** "server", "client", …; "" where it is not said. */
  readonly kind: string;
  readonly isError: boolean;
  /** What the status says: "deadline exceeded". */
  readonly statusText: string;
  readonly tags: readonly TraceTag[];
  readonly serviceTags: readonly TraceTag[];
  readonly logs: readonly TraceLog[];
}

export type TraceTag = readonly [key: string, value: string];

export interface TraceLog {
  readonly atMs: number;
  readonly fields: readonly TraceTag[];
}

/** Links of one span, made when they are shown. */
export type SpanLinks = (span: number) => readonly ResolvedLink[];

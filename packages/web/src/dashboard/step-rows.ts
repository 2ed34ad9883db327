import type { QueryTrace, QueryTraceNode } from '@vitrine/model/query-trace.ts';

/** A node of a query's expression, as a row of the table of where its time went. */
export interface StepRow {
  /** Unique in the query. */
  readonly id: string;
  readonly expr: string;
  readonly depth: number;
  /** Computing, without the nodes below and without reading. */
  readonly selfMs: number;
  readonly readMs: number;
  readonly totalMs: number;
  /** Of the whole query, 0 to 1: computing and reading of this node alone. */
  readonly share: number;
  readonly series: number;
  readonly samplesRead: number;
}

/** The nodes in the order in which they are written, each behind the one that it is a part of. */
export function stepRows({ root }: QueryTrace): readonly StepRow[] {
  const wholeMs = Math.max(root.totalMs, Number.MIN_VALUE);
  const rows = (node: QueryTraceNode, depth: number, id: string): StepRow[] => [
    {
      id,
      depth,
      expr: node.expr,
      selfMs: node.selfMs,
      readMs: node.readMs,
      totalMs: node.totalMs,
      share: Math.min(1, (node.selfMs + node.readMs) / wholeMs),
      series: node.series,
      samplesRead: node.samplesRead,
    },
    ...node.children.flatMap((child, at) => rows(child, depth + 1, `${id}.${at}`)),
  ];
  return rows(root, 0, '0');
}

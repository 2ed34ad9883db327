/** What reading samples was made of. A source that can tell adds to it while it yields series. */
export interface ReadSteps {
  /** Finding the series that match. */
  indexMs: number;
  /** Fetching their chunks. */
  fetchMs: number;
  decodeMs: number;
  chunks: number;
  /** Buckets of samples that were rolled up, in place of chunks. */
  buckets: number;
  /** Of chunks and buckets, as they are stored. */
  bytes: number;
}

/** One node of a query's expression: what it gave and what it took. Times are milliseconds of this thread, without waiting. */
export interface QueryTraceNode {
  /** As the printer writes it, at most 200 characters. */
  readonly expr: string;
  /** Where it stands in the query: UTF-16 offsets. */
  readonly from: number;
  readonly to: number;
  /** With the nodes below it. */
  readonly totalMs: number;
  /** Without the nodes below it, and without reading. */
  readonly selfMs: number;
  /** Waiting for the source: finding, fetching and decoding. */
  readonly readMs: number;
  /** Series given on. */
  readonly series: number;
  /** Samples that its own selector read. */
  readonly samplesRead: number;
  readonly children: readonly QueryTraceNode[];
}

/** Why a query took as long as it did. */
export interface QueryTrace {
  readonly root: QueryTraceNode;
  /** Time in which other work had the thread. */
  readonly waitedMs: number;
  /** Values held in memory beside what was read, at most. */
  readonly heldValues: number;
  /** Of all selectors together; undefined where the source does not tell. */
  readonly read: Readonly<ReadSteps> | undefined;
}

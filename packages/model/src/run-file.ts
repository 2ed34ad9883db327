export const RUN_FILE_FORMATS = ['trainer-state', 'csv', 'jsonl', 'text'] as const;
export type RunFileFormat = (typeof RUN_FILE_FORMATS)[number];

/**
 * `POST /api/runs/files?file=NAME&project=…`, the file as body: it becomes a run. With `dryRun=true` nothing is kept, and the answer is
 * RunFilePreview, as run-json.ts writes it.
 */
export interface RunFileAnswer {
  /** The run's id. */
  readonly run: string;
  /** That were not there before. */
  readonly points: number;
  /** Sentences on what was left out, or understood in a way that is worth knowing. */
  readonly notices: readonly string[];
}

/** What would be read of a file. */
export interface RunFilePreview {
  readonly format: RunFileFormat;
  /** What the run would be called. */
  readonly name: string;
  readonly rows: number;
  readonly points: number;
  /** In the order in which the file has them. */
  readonly metrics: readonly string[];
  readonly params: Readonly<Record<string, string>>;
  readonly notices: readonly string[];
  readonly firstRows: readonly RunFileRow[];
}

export interface RunFileRow {
  readonly step: number;
  /** null where the file does not tell. */
  readonly epoch: number | null;
  /** Unix milliseconds; null where the file does not tell. */
  readonly timeMs: number | null;
  readonly values: readonly (readonly [metric: string, value: number])[];
}

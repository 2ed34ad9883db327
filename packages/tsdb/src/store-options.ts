export type StoreLog = (level: 'info' | 'warn' | 'error', sentence: string) => void;

/** Samples rolled up to buckets of that length, until they are that old. */
export interface RollupTier {
  readonly bucketMs: number;
  readonly keptMs: number;
}

export interface StoreOptions {
  /** Where the files are; made where it is absent. */
  readonly folder: string;
  readonly retention: {
    /** Samples older than this are dropped, and refused; 0 keeps them forever. */
    readonly timeMs: number;
    /** The oldest chunks are dropped where the file's data is larger than this; 0 sets no limit. */
    readonly sizeBytes: number;
    /**
     * What becomes of samples that are older than `timeMs`; none are kept where there is nothing here, or `timeMs` is 0. Wider
     * buckets come later, and are made of whole narrower ones.
     */
    readonly rollups?: readonly RollupTier[];
  };
  /** Series beyond this are refused. */
  readonly maxSeries: number;
  /** Series beyond so many are refused that have one value of a label, such as one `job`; by label. */
  readonly maxSeriesPer?: ReadonlyMap<string, number>;
  /** Samples further ahead of the clock than this are refused; ten minutes unless told. */
  readonly maxFutureMs?: number;
  /** `append` throws StoreBusy where more than this waits to be written; 64 MiB unless told. */
  readonly maxPendingBytes?: number;
  /** Exemplars kept in all, the newest ones; 100,000 unless told, 0 keeps none. */
  readonly maxExemplars?: number;
  /** A curve store's folder, whose curves PromQL sees too. */
  readonly curvesFolder?: string;
  readonly log?: StoreLog;
}

export const DEFAULT_MAX_FUTURE_MS = 600_000;
export const DEFAULT_MAX_EXEMPLARS = 100_000;
export const DEFAULT_MAX_PENDING_BYTES = 64 * 1024 * 1024;

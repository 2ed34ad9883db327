import type { RollupWanted, Selector } from '@vitrine/model/sample-store.ts';

/** Which series an evaluation thread wants: of those that match the ones whose ref leaves `part.index` when divided by `part.of`. */
export interface Part {
  readonly index: number;
  readonly of: number;
}

/** From an evaluation thread to the store's. All but `close` are answered by a Portion, or an error, in order. */
export type SourceRequest =
  | {
      readonly kind: 'select';
      readonly selection: number;
      readonly matchers: Selector;
      readonly fromMs: number;
      readonly toMs: number;
      readonly part: Part | undefined;
      readonly rollup: RollupWanted | undefined;
      /** No samples are wanted. */
      readonly labelsOnly: boolean;
      /** The thread has forgotten all labels that it was told. */
      readonly forgot: boolean;
    }
  | { readonly kind: 'more'; readonly selection: number }
  | { readonly kind: 'close'; readonly selection: number };

/** Some of a selection's series. Series i is `refs[i]`. */
export interface Portion {
  readonly selection: number;
  /** Series of the whole selection; some may have gone when their portion comes. */
  readonly total: number;
  readonly isLast: boolean;
  /** Buckets of this width may be read in place of chunks; 0 where none may. */
  readonly widthMs: number;
  readonly refs: Uint32Array<ArrayBuffer>;
  /** The keys of those series that the thread was not told of yet: of series `newAt[k]` it is `newKeys[k]`. */
  readonly newAt: Uint32Array<ArrayBuffer>;
  readonly newKeys: readonly string[];
  /** CHUNKS_* of each series. */
  readonly flags: Uint8Array<ArrayBuffer>;
  /** What the series' chunks are; equal numbers mean equal chunks. */
  readonly versions: Uint32Array<ArrayBuffer>;
  /** Series i's samples in head are `heads[headAt[i] .. headAt[i + 1])`, as head-copy.ts writes them; nothing where it has none. */
  readonly headAt: Uint32Array<ArrayBuffer>;
  readonly heads: Uint8Array<ArrayBuffer>;
  /** Where each series' samples in head begin, within the range or not; Infinity where it has none. Empty where `widthMs` is 0. */
  readonly headFromMs: Float64Array<ArrayBuffer>;
}

/** The series has chunks in range. */
export const CHUNKS_IN_RANGE = 1;
/** Its first chunk begins, its last chunk ends, within the range. */
export const CHUNKS_FROM_FIRST = 2;
export const CHUNKS_TO_LAST = 4;

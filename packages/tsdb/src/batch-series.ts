import type { SampleBatch } from '@vitrine/model/sample-store.ts';

/** The series of a batch, by their places in it. */
export interface BatchSeries {
  readonly length: number;
  /** Undefined where there is no such series yet. */
  refOf(place: number): number | undefined;
  keyOf(place: number): string;
}

/** A batch as the store's thread has it. */
export type Arrival = Omit<SampleBatch, 'seriesKeys'> & { readonly series: BatchSeries };

/** The series of keys that stand there as texts. */
export function seriesOfKeys(keys: readonly string[], series: { refOf(key: string): number | undefined }): BatchSeries {
  return { length: keys.length, refOf: (place) => series.refOf(keys[place] as string), keyOf: (place) => keys[place] as string };
}

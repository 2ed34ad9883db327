import { RemoteWriteRefused } from './remote-write-refused.ts';

/** A body of nothing but samples, as large as may be, fits: a real one takes 18 bytes and more. */
const ROOM_BYTES = 64 * 1024 * 1024;

/** About what the parts of a request take in memory. Two bytes of a body can stand for each. */
export const ROOM = {
  series: 32,
  sample: 24,
  histogram: 1024,
  span: 64,
  number: 16,
  exemplar: 400,
  label: 64,
  symbol: 160,
  metadata: 160,
};

/** Labels of a series or an exemplar. More cannot be stored: each takes some of the characters that a series' labels may have. */
export const MOST_LABELS = 16_384;
/** Characters of a series' labels. The store takes no more. */
export const MOST_LABEL_CHARACTERS = 16_000;

/** The memory that one request may take once it is read, because a packed body says little of that. */
export class RequestRoom {
  #left = ROOM_BYTES;

  /** Throws RemoteWriteRefused where there is no room for so many bytes more. */
  take(bytes: number): void {
    this.#left -= bytes;
    if (this.#left >= 0) return;
    throw new RemoteWriteRefused(
      413,
      `The request holds more series, histograms, buckets and exemplars than ${ROOM_BYTES} bytes of memory have room for. Send fewer in one request.`,
    );
  }
}

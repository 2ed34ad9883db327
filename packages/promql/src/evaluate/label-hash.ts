import type { Labels } from '@vitrine/model/labels.ts';
import { xxHash64 } from './xxhash64.ts';

const encoder = new TextEncoder();

/**
 * Where a series stands in [0, 1]: by the hash that Prometheus makes of its labels, so that limit_ratio() chooses the same
 * series as there. Names and values follow each other in the names' order, each behind its length in bytes.
 */
export function placeOf(labels: Labels): number {
  const bytes: number[] = [];
  for (const pair of labels) {
    for (const text of pair) {
      const encoded = encoder.encode(text);
      const { length } = encoded;
      if (length < 0xff) bytes.push(length);
      else bytes.push(0xff, length & 0xff, (length >> 8) & 0xff, (length >> 16) & 0xff);
      for (const byte of encoded) bytes.push(byte);
    }
  }
  return Number(xxHash64(Uint8Array.from(bytes))) / 2 ** 64;
}

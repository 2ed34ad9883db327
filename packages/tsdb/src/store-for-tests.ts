import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Labels } from '@vitrine/model/labels.ts';
import { wordsOf } from '@vitrine/model/stale-nan.ts';
import type { SampleBatch, SampleSource, Selector } from '@vitrine/model/sample-store.ts';

/** A sample as tests write it: a number, or the bits of one. */
export type TestSample = readonly [series: string, timestampMs: number, value: number | bigint];

/** A new folder, and the way to remove it. */
export function tempFolder(): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-tsdb-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export function bitsOf(value: number | bigint): bigint {
  return typeof value === 'bigint' ? value : (new BigUint64Array(Float64Array.of(value).buffer)[0] as bigint);
}

/** `name` or `name{label}`: the label is `l="label"`. */
export function keyOf(series: string): string {
  const [, name = '', label = ''] = /^([^{]*)(?:\{(.*)\})?$/.exec(series) ?? [];
  return Labels.from({ __name__: name, l: label }).key;
}

export function batchOf(samples: readonly TestSample[]): SampleBatch {
  const places = new Map<string, number>();
  for (const [series] of samples) if (!places.has(series)) places.set(series, places.size);
  const values = new Float64Array(samples.length);
  new BigUint64Array(values.buffer).set(samples.map(([, , value]) => bitsOf(value)));
  return {
    seriesKeys: [...places.keys()].map(keyOf),
    seriesIndex: Uint32Array.from(samples, ([series]) => places.get(series) ?? 0),
    timestampsMs: Float64Array.from(samples, ([, timestampMs]) => timestampMs),
    values,
  };
}

/** All samples that a selector finds, by series key, as [timestamp, bits]. */
export function readAll(
  source: SampleSource,
  matchers: Selector,
  fromMs = -Infinity,
  toMs = Infinity,
): Map<string, [number, bigint][]> {
  const found = new Map<string, [number, bigint][]>();
  for (const { labels, length, timestampsMs, values } of source.select({ matchers, fromMs, toMs })) {
    const words = wordsOf(values);
    const samples: [number, bigint][] = [];
    for (let i = 0; i < length; i++) {
      samples.push([timestampsMs[i] as number, (BigInt(words[2 * i + 1] as number) << 32n) | BigInt(words[2 * i] as number)]);
    }
    found.set(labels.key, samples);
  }
  return found;
}

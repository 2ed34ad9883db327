import { METRIC_NAME } from '@vitrine/model/labels.ts';
import type { Labels } from '@vitrine/model/labels.ts';
import { fromClassic } from '../histogram/from-classic.ts';
import { parseNumber } from '../number.ts';
import type { MemorySource, NewSample } from './memory-source.ts';
import type { Command, LoadedSeries } from './script.ts';

/** Stores a block's series, and their classic histograms as native ones too where it says so. */
export function loadSeries({ series, stepMs, withNhcb }: Extract<Command, { kind: 'load' }>, source: MemorySource): void {
  const loaded = series.map((one) => ({ labels: one.labels, samples: samplesOf(one, stepMs) }));
  for (const { labels, samples } of loaded) source.add(labels, samples);
  if (withNhcb) for (const { labels, samples } of convertClassic(loaded)) source.add(labels, samples);
}

interface Samples {
  readonly labels: Labels;
  readonly samples: readonly NewSample[];
}

function samplesOf({ values, startOffsetsMs }: LoadedSeries, stepMs: number): NewSample[] {
  return values.flatMap((value, at): NewSample[] => {
    const timestampMs = at * stepMs;
    const offsetMs = startOffsetsMs?.[at];
    // The epoch means that the start is not known.
    const startMs = offsetMs === undefined || timestampMs + offsetMs === 0 ? undefined : timestampMs + offsetMs;
    switch (value.kind) {
      case 'omitted':
        return [];
      case 'stale':
        return [{ timestampMs, value: 'stale', startMs }];
      case 'value':
        return [{ timestampMs, value: value.value, startMs }];
      case 'histogram':
        return [{ timestampMs, value: value.histogram, startMs }];
    }
  });
}

interface Classic {
  readonly buckets: (readonly [upper: number, cumulative: number])[];
  count: number | undefined;
  sum: number | undefined;
}

/** The native histograms that the series named _bucket, _count and _sum make up together. */
function convertClassic(loaded: readonly Samples[]): Samples[] {
  const bases = new Map<string, { labels: Labels; byTime: Map<number, Classic> }>();
  for (const { labels, samples } of loaded) {
    const [, name, part] = /^(.*)_(bucket|count|sum)$/.exec(labels.get(METRIC_NAME)) ?? [];
    if (name === undefined || part === undefined) continue;
    const upper = part === 'bucket' ? boundOf(labels.get('le')) : 0;
    if (Number.isNaN(upper)) continue;
    const baseLabels = labels.without(new Set(['le'])).with(METRIC_NAME, name);
    let base = bases.get(baseLabels.key);
    if (base === undefined) bases.set(baseLabels.key, (base = { labels: baseLabels, byTime: new Map() }));
    for (const { timestampMs, value } of samples) {
      if (typeof value !== 'number') continue;
      let classic = base.byTime.get(timestampMs);
      if (classic === undefined) base.byTime.set(timestampMs, (classic = { buckets: [], count: undefined, sum: undefined }));
      if (part === 'bucket') classic.buckets.push([upper, value]);
      else classic[part as 'count' | 'sum'] = value;
    }
  }
  return [...bases.values()].map(({ labels, byTime }) => ({
    labels,
    samples: [...byTime].map(([timestampMs, classic]) => ({ timestampMs, value: fromClassic(classic) })),
  }));
}

/** NaN where the label is no number. */
function boundOf(le: string): number {
  try {
    const bound = parseNumber(le.replace(/^[+-]/, ''));
    return le.startsWith('-') ? -bound : bound;
  } catch {
    return Number.NaN;
  }
}

import type { SeriesSamples } from '@vitrine/model/sample-store.ts';
import { isStaleAt, wordsOf } from '@vitrine/model/stale-nan.ts';
import { csvCell } from '../runs/export/write-text.ts';
import { histogramJson } from './histogram-json.ts';
import { dumpedSeries, exposedSeries } from './metric-text.ts';
import { numberText } from './number-text.ts';
import { writeSamplesParquet } from './write-samples-parquet.ts';

export const METRIC_FORMATS = ['openmetrics', 'dump', 'csv', 'jsonl', 'parquet'] as const;
export type MetricFormat = (typeof METRIC_FORMATS)[number];

/** What an export held, and what its format could not. */
export interface ExportCounts {
  series: number;
  samples: number;
  /** Native histograms, which only jsonl has. */
  histogramsLeftOut: number;
  /** Markers of a series' end, which openmetrics and dump cannot tell from a NaN. */
  staleLeftOut: number;
  /** Samples whose start time, which only jsonl has, is not beside them. */
  startsLeftOut: number;
}

type Samples = Iterable<SeriesSamples>;

/** Characters that are handed on at a time. */
const PIECE_CHARS = 65_536;
/** Samples in one line of JSON. */
const LINE_SAMPLES = 4_096;
/** Of histograms in such a line, and one more: what reads it takes lines of 16 MiB. */
const LINE_CHARS = 1024 * 1024;

const CSV_HEADER = ['series', 'timestamp_ms', 'value'] as const;

/**
 * Samples as text or Parquet, piece by piece. csv, jsonl and parquet keep every bit; openmetrics and dump (what "promtool tsdb
 * dump" prints) have no place for markers of a series' end, and of NaNs only that they are such. Native histograms are in
 * jsonl alone, as are start times. What is left out is counted.
 */
export function exportMetrics(
  format: MetricFormat,
  samples: Samples,
  counts: ExportCounts,
): AsyncIterable<Uint8Array | string> | Iterable<string> {
  const counted = countedSeries(samples, counts, format === 'jsonl');
  switch (format) {
    case 'openmetrics':
      return openMetrics(counted, counts);
    case 'dump':
      return lines(counted, counts, (series) => {
        const name = dumpedSeries(series.labels);
        return (words, at) => `${name} ${goNumber(series.values, words, at)} ${series.timestampsMs[at]}\n`;
      });
    case 'csv':
      return csv(counted, counts);
    case 'jsonl':
      return jsonl(counted, counts);
    case 'parquet':
      return writeSamplesParquet(counted, counts);
  }
}

function* countedSeries(samples: Samples, counts: ExportCounts, hasStarts: boolean): Generator<SeriesSamples> {
  let before: string | undefined;
  for (const series of samples) {
    if (series.labels.key !== before) counts.series++;
    before = series.labels.key;
    if (!hasStarts && series.startsMs !== undefined) counts.startsLeftOut += startsIn(series, series.startsMs);
    yield series;
  }
}

/** Of numbers: a native histogram is left out itself. */
function startsIn({ length, histograms }: SeriesSamples, startsMs: Float64Array): number {
  let count = 0;
  for (let at = 0; at < length; at++) if (!Number.isNaN(startsMs[at]) && histograms?.[at] === undefined) count++;
  return count;
}

function* openMetrics(samples: Samples, counts: ExportCounts): Generator<string> {
  yield* lines(samples, counts, (series) => {
    const name = exposedSeries(series.labels);
    return (words, at) => `${name} ${goNumber(series.values, words, at)} ${seconds(series.timestampsMs[at] as number)}\n`;
  });
  yield '# EOF\n';
}

/** Both formats say by NaN that a series has no number, not that it ended. */
function* lines(
  samples: Samples,
  counts: ExportCounts,
  lineOf: (series: SeriesSamples) => (words: Uint32Array, at: number) => string,
): Generator<string> {
  for (const series of samples) {
    const words = wordsOf(series.values);
    const line = lineOf(series);
    let text = '';
    for (let at = 0; at < series.length; at++) {
      if (series.histograms?.[at] !== undefined) counts.histogramsLeftOut++;
      else if (isStaleAt(words, at)) counts.staleLeftOut++;
      else {
        counts.samples++;
        text += line(words, at);
      }
      if (text.length < PIECE_CHARS) continue;
      yield text;
      text = '';
    }
    if (text !== '') yield text;
  }
}

function* csv(samples: Samples, counts: ExportCounts): Generator<string> {
  yield `${CSV_HEADER.join(',')}\n`;
  for (const series of samples) {
    const words = wordsOf(series.values);
    const name = csvCell(exposedSeries(series.labels));
    let text = '';
    for (let at = 0; at < series.length; at++) {
      if (series.histograms?.[at] !== undefined) counts.histogramsLeftOut++;
      else {
        counts.samples++;
        text += `${name},${series.timestampsMs[at]},${numberText(series.values, words, at)}\n`;
      }
      if (text.length < PIECE_CHARS) continue;
      yield text;
      text = '';
    }
    if (text !== '') yield text;
  }
}

/** One object a line: {"metric": {…}, "timestamps": […], "values": […]}, and "histograms" by place and "starts" where there are such. */
function* jsonl(samples: Samples, counts: ExportCounts): Generator<string> {
  for (const { labels, length, timestampsMs, values, histograms, startsMs } of samples) {
    const words = wordsOf(values);
    const metric = labels.toJsonText();
    for (let from = 0; from < length;) {
      const places: number[] = [];
      const found: string[] = [];
      for (let chars = 0; from + places.length < length && places.length < LINE_SAMPLES && chars < LINE_CHARS;) {
        const histogram = histograms?.[from + places.length];
        if (histogram !== undefined) {
          const text = JSON.stringify([places.length, histogramJson(histogram)]);
          found.push(text);
          chars += text.length;
        }
        places.push(from + places.length);
      }
      counts.samples += places.length;
      const numbers = places.map((at) => (histograms?.[at] === undefined ? jsonValue(values, words, at) : 'null'));
      const starts = startsMs === undefined ? [] : places.map((at) => (Number.isNaN(startsMs[at]) ? null : startsMs[at]));
      yield `{"metric":${metric},"timestamps":[${places.map((at) => timestampsMs[at]).join(',')}],"values":[${numbers.join(',')}]${
        found.length > 0 ? `,"histograms":[${found.join(',')}]` : ''
      }${starts.some((start) => start !== null) ? `,"starts":${JSON.stringify(starts)}` : ''}}\n`;
      from += places.length;
    }
  }
}

function jsonValue(values: Float64Array, words: Uint32Array, at: number): string {
  const text = numberText(values, words, at);
  return Number.isFinite(values[at]) ? text : `"${text}"`;
}

/** As Go prints it, which OpenMetrics asks for. */
function goNumber(values: Float64Array, words: Uint32Array, at: number): string {
  const value = values[at] as number;
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return numberText(values, words, at);
  return value > 0 ? '+Inf' : '-Inf';
}

/** Milliseconds as seconds, exact. */
function seconds(ms: number): string {
  const whole = Math.floor(Math.abs(ms) / 1_000);
  const rest = Math.abs(ms) % 1_000;
  return `${ms < 0 ? '-' : ''}${whole}${rest === 0 ? '' : `.${String(rest).padStart(3, '0').replace(/0+$/, '')}`}`;
}

import { compareLabels, type Labels } from '@vitrine/model/labels.ts';
import { type Matcher, QueryError, type Selector, type SeriesSamples } from '@vitrine/model/sample-store.ts';
import type { OwnSamples } from '../../../own/own-samples.ts';
import { readRange } from '../read-range.ts';

/** What is read at a time. */
export interface Portions {
  /** Samples; histograms count as several. */
  readonly samples: number;
  readonly timeoutMs: number;
}

/** Closed, in unix milliseconds. */
interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

const FIRST_SERIES = 64;
const MOST_SERIES = 1_000;

/**
 * Yields the samples of these series in their order, which is that of their labels, a portion at a time: several series whole, or one of
 * very many samples piece by piece in time order. `matchers` find no others than `series`.
 */
export async function* readPortions(
  samples: OwnSamples,
  matchers: Selector,
  series: readonly Labels[],
  range: Range,
  portions: Portions,
  signal: AbortSignal,
): AsyncGenerator<readonly SeriesSamples[]> {
  const names = [...new Set(series.flatMap((labels) => labels.names))];
  const read = (group: readonly Labels[], part: Range): Promise<readonly SeriesSamples[] | undefined> =>
    readPortion(samples, [...matchers, ...only(group, names)], part, portions, signal);
  let size = FIRST_SERIES;
  for (let at = 0; at < series.length;) {
    const group = series.slice(at, at + size);
    const found = await read(group, range);
    if (found === undefined && group.length > 1) {
      size = Math.ceil(group.length / 2);
      continue;
    }
    at += group.length;
    if (found === undefined) {
      yield* inPieces((part) => read(group, part), range);
      continue;
    }
    const keys = new Set(group.map(({ key }) => key));
    yield found.filter(({ labels }) => keys.has(labels.key)).sort((a, b) => compareLabels(a.labels, b.labels));
    if (samplesOf(found) * 2 < portions.samples) size = Math.min(size * 2, MOST_SERIES);
  }
}

/** The samples, or undefined where they are more than a portion. */
export async function readPortion(
  samples: OwnSamples,
  matchers: Selector,
  range: Range,
  { samples: maxSamples, timeoutMs }: Portions,
  signal: AbortSignal,
): Promise<readonly SeriesSamples[] | undefined> {
  try {
    return await readRange(samples, matchers, range, { maxSamples, maxSeries: maxSamples, timeoutMs }, signal);
  } catch (error) {
    if (error instanceof QueryError && error.code === 'limit') return undefined;
    throw error;
  }
}

/** The pieces become shorter until they are portions, and longer again where there is little in them. */
async function* inPieces(
  read: (part: Range) => Promise<readonly SeriesSamples[] | undefined>,
  { fromMs, toMs }: Range,
): AsyncGenerator<readonly SeriesSamples[]> {
  let lengthMs = Math.ceil((toMs - fromMs + 1) / 2);
  let before = 0;
  for (let at = fromMs; at <= toMs;) {
    const found = await read({ fromMs: at, toMs: Math.min(toMs, at + lengthMs - 1) });
    if (found === undefined) {
      if (lengthMs === 1) throw new Error('one millisecond has more samples than a portion may have');
      lengthMs = Math.ceil(lengthMs / 2);
      continue;
    }
    at += lengthMs;
    const count = samplesOf(found);
    if (count > 0) yield found;
    if (count * 2 < before || count === 0) lengthMs *= 2;
    before = count;
  }
}

/** Matchers that these series satisfy, and of those with such label names hardly any others. */
function only(series: readonly Labels[], names: readonly string[]): Matcher[] {
  return names.map((label) => {
    const values = [...new Set(series.map((labels) => labels.get(label)))];
    const [value = ''] = values;
    if (values.length === 1) return { label, op: '=', value };
    return { label, op: '=~', value: values.map(escaped).join('|') };
  });
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

function samplesOf(series: readonly SeriesSamples[]): number {
  return series.reduce((sum, { length }) => sum + length, 0);
}

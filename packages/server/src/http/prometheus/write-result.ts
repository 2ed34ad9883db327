import type { GridSeries, QueryResult, SeriesSamples } from '@vitrine/model/sample-store.ts';

/** Pieces of about this many characters are handed to the connection at a time. */
const PIECE_LENGTH = 64 * 1024;

/**
 * A value as Go's strconv writes it in Prometheus' JSON: shortest digits that read back the same, exponents from 1e21 up
 * and below 1e-6 with at least two digits.
 */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const text = String(value);
  // JavaScript turns to exponents at the same magnitudes, but writes 1e-7 where Go writes 1e-07.
  return text.includes('e') ? text.replace(/e([+-])(\d)$/, 'e$10$2') : text;
}

/** Unix seconds with three decimals where there are milliseconds. */
export function formatTime(ms: number): string {
  return ms % 1_000 === 0 ? String(ms / 1_000) : (ms / 1_000).toFixed(3);
}

export interface ResultEnvelope {
  readonly result: QueryResult;
  /** At most this many series; 0 is all. */
  readonly limit: number;
  /** JSON of `data.stats`, where it was asked for. */
  readonly stats: string | undefined;
}

/** A query's answer in Prometheus' JSON, piece by piece: an answer of a gigabyte is never one string. */
export function* writeResult({ result, limit, stats }: ResultEnvelope): Generator<string> {
  const warnings = result.annotations.filter(({ level }) => level === 'warning').map(({ text }) => text);
  const infos = result.annotations.filter(({ level }) => level === 'info').map(({ text }) => text);
  const count = result.kind === 'scalar' || result.kind === 'string' ? 0 : result.series.length;
  if (limit > 0 && count > limit) warnings.push('results truncated due to limit');

  yield `{"status":"success","data":{"resultType":"${typeOf(result)}","result":`;
  yield* writeValues(result, limit);
  yield stats === undefined ? '}' : `,"stats":${stats}}`;
  if (warnings.length > 0) yield `,"warnings":${JSON.stringify(warnings)}`;
  if (infos.length > 0) yield `,"infos":${JSON.stringify(infos)}`;
  yield '}';
}

function typeOf(result: QueryResult): string {
  return result.kind === 'samples' ? 'matrix' : result.kind;
}

function* writeValues(result: QueryResult, limit: number): Generator<string> {
  switch (result.kind) {
    case 'scalar':
      yield `[${formatTime(result.timesMs[0] as number)},"${formatValue(result.values[0] as number)}"]`;
      return;
    case 'string':
      yield `[${formatTime(result.timeMs)},${JSON.stringify(result.value)}]`;
      return;
    case 'vector':
      yield* writeList(cut(result.series, limit), (series) => vectorEntry(series, result.timesMs[0] as number));
      return;
    case 'matrix': {
      const times = Array.from(result.timesMs, formatTime);
      yield* writeList(cut(result.series, limit), (series) => matrixEntry(series, times));
      return;
    }
    case 'samples':
      yield* writeList(cut(result.series, limit), samplesEntry);
  }
}

function cut<T>(series: readonly T[], limit: number): readonly T[] {
  return limit > 0 ? series.slice(0, limit) : series;
}

/** A JSON list; an entry that is undefined is left out. */
function* writeList<T>(items: readonly T[], write: (item: T) => string | undefined): Generator<string> {
  let piece = '[';
  let first = true;
  for (const item of items) {
    const text = write(item);
    if (text === undefined) continue;
    piece += first ? text : `,${text}`;
    first = false;
    if (piece.length < PIECE_LENGTH) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}]`;
}

function vectorEntry({ labels, values, present }: GridSeries, timeMs: number): string | undefined {
  if (present?.[0] === 0) return undefined;
  return `{"metric":${JSON.stringify(labels.toObject())},"value":[${formatTime(timeMs)},"${formatValue(values[0] as number)}"]}`;
}

function matrixEntry({ labels, values, present }: GridSeries, times: readonly string[]): string | undefined {
  let points = '';
  for (let i = 0; i < times.length; i++) {
    if (present !== undefined && present[i] === 0) continue;
    points += `${points === '' ? '' : ','}[${times[i]},"${formatValue(values[i] as number)}"]`;
  }
  return points === '' ? undefined : `{"metric":${JSON.stringify(labels.toObject())},"values":[${points}]}`;
}

function samplesEntry({ labels, length, timestampsMs, values }: SeriesSamples): string {
  let points = '';
  for (let i = 0; i < length; i++) {
    points += `${i === 0 ? '' : ','}[${formatTime(timestampsMs[i] as number)},"${formatValue(values[i] as number)}"]`;
  }
  return `{"metric":${JSON.stringify(labels.toObject())},"values":[${points}]}`;
}

import { EXPORT_COLUMNS, type ExportPart } from './curve-parts.ts';

type Parts = AsyncIterable<ExportPart>;

/** Characters that are handed on at a time. */
const PIECE_CHARS = 65_536;

/**
 * RFC 4180 with a line feed. Numbers are the shortest that read back as the same double; NaN, Infinity, -Infinity and -0 are
 * written so; an epoch that a point has not is empty.
 */
export async function* writeCsv(parts: Parts): AsyncGenerator<string> {
  yield `${EXPORT_COLUMNS.join(',')}\n`;
  for await (const { run, metric, points } of parts) {
    const { length, steps, timesMs, values, epochs } = points;
    const whose = [run.id, run.name, run.project, metric].map(csvCell).join(',');
    let text = '';
    for (let i = 0; i < length; i++) {
      const epoch = epochs?.[i] ?? Number.NaN;
      text += `${whose},${csvNumber(steps[i])},${Number.isNaN(epoch) ? '' : csvNumber(epoch)},${csvNumber(timesMs[i])},${csvNumber(values[i])}\n`;
      if (text.length >= PIECE_CHARS) {
        yield text;
        text = '';
      }
    }
    yield text;
  }
}

/** One object a line. NaN and infinities are the strings "NaN", "Infinity" and "-Infinity"; an epoch that a point has not is null. */
export async function* writeJsonl(parts: Parts): AsyncGenerator<string> {
  for await (const part of parts) yield* jsonRows(part, '', '\n');
}

/** An array of the same objects. */
export async function* writeJson(parts: Parts): AsyncGenerator<string> {
  yield '[';
  let before = '\n';
  for await (const part of parts) {
    for (const text of jsonRows(part, ',\n', '')) {
      // The first of all has none before it.
      yield before === '\n' ? `\n${text.slice(2)}` : text;
      before = ',\n';
    }
  }
  yield '\n]\n';
}

function* jsonRows({ run, metric, points }: ExportPart, before: string, after: string): Generator<string> {
  const { length, steps, timesMs, values, epochs } = points;
  const whose = [run.id, run.name, run.project, metric]
    .map((text, at) => `"${EXPORT_COLUMNS[at]}":${JSON.stringify(text)}`)
    .join(',');
  let text = '';
  for (let i = 0; i < length; i++) {
    const epoch = epochs?.[i] ?? Number.NaN;
    text += `${before}{${whose},"step":${jsonNumber(steps[i])},"epoch":${Number.isNaN(epoch) ? 'null' : jsonNumber(epoch)},"time":${jsonNumber(timesMs[i])},"value":${jsonNumber(values[i])}}${after}`;
    if (text.length >= PIECE_CHARS) {
      yield text;
      text = '';
    }
  }
  if (text !== '') yield text;
}

export function csvCell(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvNumber(value = Number.NaN): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function jsonNumber(value = Number.NaN): string {
  return Number.isFinite(value) ? csvNumber(value) : `"${value}"`;
}

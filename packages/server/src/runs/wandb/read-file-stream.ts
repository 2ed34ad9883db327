import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { CurveBatch, NewRunItem } from '@vitrine/model/curve-store.ts';
import { parseJson } from '../../ingest/upload/read-jsonl.ts';
import { isStep, readWord } from '../files/log-rows.ts';

/** What one message of the file stream brings. */
export interface FileStream {
  readonly history: Lines | undefined;
  /** What the machine did: system metrics. */
  readonly events: Lines | undefined;
  readonly isComplete: boolean;
  readonly exitCode: number;
}

interface Lines {
  /** Lines before the first of these. */
  readonly offset: number;
  readonly lines: readonly string[];
}

const DEEPEST = 6;

/** Throws BadRequest that names the field. */
export function readFileStream(body: unknown): FileStream {
  if (typeof body !== 'object' || body === null) throw new BadRequest('body', 'is no object with files');
  const { files, complete, exitcode } = body as Readonly<Record<string, unknown>>;
  const read = (name: string): Lines | undefined => {
    const file = (files as Readonly<Record<string, unknown>> | null | undefined)?.[name];
    if (file === undefined || file === null) return undefined;
    const { offset = 0, content } = file as Readonly<Record<string, unknown>>;
    if (typeof offset !== 'number' || !Number.isSafeInteger(offset) || offset < 0)
      throw new BadRequest(`files.${name}.offset`, 'is no number of lines');
    if (!Array.isArray(content) || !content.every((line) => typeof line === 'string'))
      throw new BadRequest(`files.${name}.content`, 'is no list of lines');
    return { offset, lines: content };
  };
  return {
    history: read('wandb-history.jsonl'),
    events: read('wandb-events.jsonl'),
    isComplete: complete === true,
    exitCode: typeof exitcode === 'number' ? exitcode : 0,
  };
}

/**
 * Lines as points of a run: those that come behind `known` lines, so that what is sent again counts once. A history line goes by its `_step`, or by its
 * place where it has none; one of events by `step`. What is nested is named with dots; histograms become items; other kinds are left out.
 */
export function readLines(
  { offset, lines }: Lines,
  known: number,
  { run, field, step }: { readonly run: string; readonly field: string; readonly step: number | undefined },
): { readonly batch: CurveBatch; readonly items: readonly NewRunItem[]; readonly end: number } {
  const curves = new Map<string, number>();
  const points: { at: number; step: number; timeMs: number; value: number }[] = [];
  const items: NewRunItem[] = [];
  for (const [index, line] of lines.entries()) {
    const place = offset + index;
    if (place < known) continue;
    const row = parse(line, `${field}: line ${place}`);
    const own = row['_step'];
    const at = step ?? (typeof own === 'number' && isStep(own) ? own : place);
    const seconds = row['_timestamp'];
    const timeMs = typeof seconds === 'number' && Number.isFinite(seconds) ? seconds * 1_000 : Date.now();
    const add = (name: string, value: unknown, depth: number): void => {
      const number =
        typeof value === 'number'
          ? value
          : typeof value === 'boolean'
            ? Number(value)
            : typeof value === 'string'
              ? readWord(value)
              : undefined;
      if (number !== undefined) {
        const curve = curves.get(name) ?? curves.size;
        curves.set(name, curve);
        points.push({ at: curve, step: at, timeMs, value: number });
      } else if (typeof value === 'object' && value !== null && !Array.isArray(value) && depth < DEEPEST) {
        const histogram = histogramOf(value);
        if (histogram !== undefined)
          items.push({ run, tag: name, kind: 'histogram', step: at, timeMs, index: 0, mediaType: '', data: histogram });
        else if (!('_type' in value)) for (const [key, inner] of Object.entries(value)) add(`${name}.${key}`, inner, depth + 1);
      }
    };
    for (const [name, value] of Object.entries(row))
      if (name !== '' && !name.startsWith('_')) add(name.slice(0, 1_000), value, 1);
  }
  return {
    batch: {
      curves: [...curves.keys()].map((metric) => ({ run, metric })),
      curveIndex: Uint32Array.from(points, (point) => point.at),
      steps: Float64Array.from(points, (point) => point.step),
      timesMs: Float64Array.from(points, (point) => point.timeMs),
      values: Float64Array.from(points, (point) => point.value),
    },
    items,
    end: Math.max(known, offset + lines.length),
  };
}

function parse(line: string, where: string): Readonly<Record<string, unknown>> {
  const row = parseJson(line);
  if (typeof row === 'object' && row !== null && !Array.isArray(row)) return row as Readonly<Record<string, unknown>>;
  throw new BadRequest(where, 'is no JSON object');
}

/** Triples of left, right and count, as curves' stores keep them. */
function histogramOf(value: object): Uint8Array | undefined {
  const { _type, values, bins } = value as Readonly<Record<string, unknown>>;
  if (_type !== 'histogram' || !Array.isArray(values) || !Array.isArray(bins) || bins.length !== values.length + 1)
    return undefined;
  const triples = values.flatMap((count, at) => [Number(bins[at]), Number(bins[at + 1]), Number(count)]);
  if (!triples.every(Number.isFinite)) return undefined;
  return new Uint8Array(Float64Array.from(triples).buffer);
}

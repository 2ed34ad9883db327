import { cellValue, plainText } from '@vitrine/compute/field/display.ts';
import type { Field, Frame } from '@vitrine/model/frame.ts';
import { counted } from '../counted.ts';
import type { TraceLog, TraceSpan, TraceTag } from '@vitrine/ui/trace/trace-model.ts';

const MOST_SPANS = 100_000;
const MOST_TAGS = 500;

/** The spans of one trace and where they stand in the answer. */
export interface ReadTrace {
  readonly id: string;
  readonly spans: readonly TraceSpan[];
  readonly rows: readonly { readonly frame: Frame; readonly row: number }[];
}

export interface ReadTraces {
  readonly traces: readonly ReadTrace[];
  readonly notices: readonly string[];
}

/**
 * Reads frames with Grafana's columns of a trace, whatever their case: traceID, spanID, parentSpanID, operationName, serviceName,
 * startTime and duration in milliseconds, serviceTags and tags as lists of key and value or as objects, logs, kind, statusCode
 * (2 is an error), statusMessage. Throws an Error with a sentence where there is no trace in them.
 */
export function readTraces(frames: readonly Frame[]): ReadTraces {
  const found = new Map<string, { spans: TraceSpan[]; rows: { frame: Frame; row: number }[] }>();
  const notices: string[] = [];
  let [count, unread, tooMany] = [0, 0, 0];
  let isTrace = false;
  for (const frame of frames) {
    const read = spanReader(frame);
    if (read === undefined) continue;
    isTrace = true;
    for (let row = 0; row < frame.length; row++) {
      const one = read(row);
      if (one === undefined) unread++;
      else if (count >= MOST_SPANS) tooMany++;
      else {
        count++;
        let trace = found.get(one.traceId);
        if (trace === undefined) found.set(one.traceId, (trace = { spans: [], rows: [] }));
        trace.spans.push(one.span);
        trace.rows.push({ frame, row });
      }
    }
  }
  if (!isTrace) throw new Error('A trace needs a table with the columns spanID, startTime and duration.');
  if (unread > 0) notices.push(`Left out ${counted(unread, 'span', 'spans')} without a start or a duration.`);
  if (tooMany > 0)
    notices.push(`Shows the first ${MOST_SPANS.toLocaleString('en')} spans; ${tooMany.toLocaleString('en')} more are left out.`);
  return { traces: [...found].map(([id, trace]) => ({ id, ...trace })), notices };
}

function spanReader(
  frame: Frame,
): ((row: number) => { readonly traceId: string; readonly span: TraceSpan } | undefined) | undefined {
  const of = new Map(frame.fields.map((field) => [field.name.toLowerCase(), field]));
  const first = (...names: readonly string[]): Field | undefined =>
    names.map((name) => of.get(name)).find((field) => field !== undefined);
  const id = first('spanid', 'span_id');
  const start = first('starttime', 'start_time', 'start');
  const duration = first('duration', 'durationms');
  if (id === undefined || start === undefined || duration === undefined) return undefined;
  const parent = first('parentspanid', 'parent_span_id', 'parentid');
  const trace = first('traceid', 'trace_id');
  const name = first('operationname', 'name');
  const service = first('servicename', 'service');
  const kind = first('kind');
  const status = first('statuscode');
  const message = first('statusmessage');
  const [tags, serviceTags, logs] = [first('tags', 'attributes'), first('servicetags', 'resource'), first('logs', 'events')];
  const text = (field: Field | undefined, row: number): string => (field === undefined ? '' : plainText(cellValue(field, row)));
  return (row) => {
    const startMs = numberOf(cellValue(start, row));
    const durationMs = numberOf(cellValue(duration, row));
    if (startMs === undefined || durationMs === undefined || durationMs < 0) return undefined;
    const own = readTags(cellOf(tags, row));
    const code = text(status, row).toLowerCase();
    return {
      traceId: text(trace, row),
      span: {
        id: text(id, row),
        parentId: text(parent, row),
        name: text(name, row) || 'unnamed',
        service: text(service, row) || 'unknown service',
        startMs,
        durationMs,
        kind: text(kind, row),
        isError: code === '2' || code === 'error' || code === 'status_code_error' || own.some(saysError),
        statusText: text(message, row),
        tags: own,
        serviceTags: readTags(cellOf(serviceTags, row)),
        logs: readLogs(cellOf(logs, row)),
      },
    };
  };
}

function saysError([key, value]: TraceTag): boolean {
  const word = value.toLowerCase();
  return (
    (key === 'error' && word !== 'false' && word !== '') || ((key === 'otel.status_code' || key === 'status') && word === 'error')
  );
}

function numberOf(value: unknown): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const number = typeof value === 'string' && !/^[\d.eE+-]+$/.test(value) ? Date.parse(value) : Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** JSON may stand in a cell as text. */
function cellOf(field: Field | undefined, row: number): unknown {
  const value = field === undefined ? undefined : cellValue(field, row);
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

function readTags(value: unknown): readonly TraceTag[] {
  if (Array.isArray(value)) {
    return value.slice(0, MOST_TAGS).flatMap((entry: unknown): TraceTag[] => {
      const { key, value: held } = (entry ?? {}) as { readonly key?: unknown; readonly value?: unknown };
      return typeof key === 'string' ? [[key, plainText(held)]] : [];
    });
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .slice(0, MOST_TAGS)
    .map(([key, held]) => [key, plainText(held)] as const);
}

function readLogs(value: unknown): readonly TraceLog[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown): TraceLog[] => {
    const { timestamp, name, fields, attributes } = (entry ?? {}) as Readonly<Record<string, unknown>>;
    const atMs = numberOf(timestamp);
    if (atMs === undefined) return [];
    return [
      { atMs, fields: [...(typeof name === 'string' ? [['name', name] as const] : []), ...readTags(fields ?? attributes)] },
    ];
  });
}

import type { Field, Frame, QueryTrace } from '@vitrine/model/frame.ts';

/** Values that JSON cannot say, by where they stand in a column whose cell is null. */
interface Entities {
  NaN?: number[];
  Inf?: number[];
  NegInf?: number[];
}

/** A frame as Grafana's data sources answer it. */
export interface GrafanaFrame {
  readonly schema: {
    readonly refId: string;
    readonly name?: string;
    readonly meta: Readonly<Record<string, unknown>>;
    readonly fields: readonly Readonly<Record<string, unknown>>[];
  };
  readonly data: { readonly values: readonly (readonly unknown[])[]; readonly entities?: readonly (Entities | null)[] };
}

const TYPES: Readonly<Record<Field['type'], string>> = {
  time: 'time',
  number: 'number',
  string: 'string',
  boolean: 'boolean',
  json: 'other',
  frame: 'other',
};

/**
 * Frames in the form of Grafana's wire: of a frame of series each becomes one frame of its own, with the points that it has;
 * other frames stay whole.
 */
export function writeFrames(frames: readonly Frame[], trace: QueryTrace | undefined): GrafanaFrame[] {
  const executed = trace === undefined ? {} : { executedQueryString: `Expr: ${trace.executed}\nStep: ${trace.stepMs / 1_000}s` };
  return frames.flatMap((frame) => {
    const [x, ...columns] = frame.fields;
    if (frame.shape !== 'series' || x === undefined || x.type !== 'time') {
      const rows = Array.from({ length: frame.length }, (_, row) => row);
      return [write(frame, frame.fields, rows, { type: 'table', ...executed })];
    }
    return columns.map((column) => {
      const rows: number[] = [];
      for (let row = 0; row < frame.length; row++) if (column.present === undefined || column.present[row] === 1) rows.push(row);
      return write({ ...frame, name: column.name }, [x, column], rows, { type: 'timeseries-multi', ...executed });
    });
  });
}

function write(
  { refId, name }: Pick<Frame, 'refId' | 'name'>,
  fields: readonly Field[],
  rows: readonly number[],
  meta: Readonly<Record<string, unknown>>,
): GrafanaFrame {
  const columns = fields.map((field) => writeColumn(field, rows));
  const hasEntities = columns.some(({ entities }) => entities !== null);
  return {
    schema: {
      refId,
      ...(name === undefined ? {} : { name }),
      meta,
      fields: fields.map((field) => ({
        name: field.name,
        type: TYPES[field.type],
        ...(field.labels === undefined ? {} : { labels: field.labels }),
        ...(field.config === undefined ? {} : { config: field.config }),
      })),
    },
    data: {
      values: columns.map(({ values }) => values),
      ...(hasEntities ? { entities: columns.map(({ entities }) => entities) } : {}),
    },
  };
}

function writeColumn(field: Field, rows: readonly number[]): { values: unknown[]; entities: Entities | null } {
  let entities: Entities | null = null;
  const values = rows.map((row, at) => {
    if (field.present !== undefined && field.present[row] !== 1) return null;
    if (field.type === 'boolean') return field.values[row] === 1;
    if (field.type === 'frame') return null;
    const value = field.values[row];
    if (typeof value !== 'number' || Number.isFinite(value)) return value ?? null;
    entities ??= {};
    const kind = Number.isNaN(value) ? 'NaN' : value > 0 ? 'Inf' : 'NegInf';
    (entities[kind] ??= []).push(at);
    return null;
  });
  return { values, entities };
}

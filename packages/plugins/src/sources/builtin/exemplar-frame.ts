import type { DataLink } from '@vitrine/model/field-config.ts';
import type { Field, Frame } from '@vitrine/model/frame.ts';

/** One observation, with its own labels. */
export interface FoundExemplar {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly timeMs: number;
}

/** Where the value of an exemplar's label leads, such as that of its trace. */
export interface ExemplarLink {
  readonly label: string;
  readonly link: DataLink;
}

/** Labels that instrumentation libraries put a trace's id into. */
const TRACE_LABELS = ['trace_id', 'traceID', 'traceId'];

/** Links from traces' ids to an address with `${__value.raw}` in it; none where there is no address. */
export function traceLinks(url: string): readonly ExemplarLink[] {
  if (url === '') return [];
  return TRACE_LABELS.map((label) => ({ label, link: { title: 'Open the trace', url, targetBlank: /^https?:/.test(url) } }));
}

/** What of all exemplars is drawn. */
export const MOST_EXEMPLARS = 1_000;

/** A row an exemplar: time, value, and a column for each label; undefined where there are none. */
export function exemplarFrame(refId: string, found: readonly FoundExemplar[], links: readonly ExemplarLink[]): Frame | undefined {
  if (found.length === 0) return undefined;
  const rows = found.toSorted((a, b) => a.timeMs - b.timeMs);
  const names = [...new Set(rows.flatMap(({ labels }) => Object.keys(labels)))].toSorted();
  const fields: Field[] = [
    { name: 'Time', type: 'time', values: Float64Array.from(rows, ({ timeMs }) => timeMs) },
    { name: 'Value', type: 'number', values: Float64Array.from(rows, ({ value }) => value) },
    ...names.map((name): Field => {
      const own = links.filter(({ label }) => label === name).map(({ link }) => link);
      const values = rows.map(({ labels }) => labels[name] ?? '');
      return { name, type: 'string', values, ...(own.length === 0 ? {} : { config: { links: own } }) };
    }),
  ];
  return { refId, shape: 'exemplars', length: rows.length, fields };
}

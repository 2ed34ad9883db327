import { LimitExceeded } from '@vitrine/model/bad-request.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import type { FoundAnnotation } from '../../contract.ts';
import { cellText, type InfluxTable } from './table.ts';

/** What an annotation query asks, and which columns say what; "" takes the usual ones. */
interface InfluxAnnotationSpec {
  readonly query: string;
  readonly textColumn: string;
  readonly titleColumn: string;
  /** Several, joined by commas: each of their values is a list joined by commas too. */
  readonly tagsColumn: string;
  readonly timeEndColumn: string;
}

const MAX_EVENTS = 10_000;

/** Reads the spec, in the words of Grafana's source. Throws BadRequest that names the field. */
export function parseAnnotationSpec(input: unknown): InfluxAnnotationSpec {
  const spec = new Read('', input);
  const target = spec.at('target').or(new Read('target', {}), (it) => it);
  // Newer documents say it in the target.
  const text = (key: string): string => {
    const own = spec.at(key);
    return (own.missing ? target.at(key) : own).or('', (it) => it.string()).trim();
  };
  return {
    query: text('query') || text('rawSql'),
    textColumn: text('textColumn'),
    titleColumn: text('titleColumn'),
    tagsColumn: text('tagsColumn'),
    timeEndColumn: text('timeEndColumn'),
  };
}

/** A mark for each row that has a time. Throws LimitExceeded over 10,000. */
export function annotationsOf(spec: InfluxAnnotationSpec, tables: readonly InfluxTable[]): FoundAnnotation[] {
  const events = tables.flatMap((table): FoundAnnotation[] => {
    const { columns, rows, tags, timeColumn } = table;
    if (timeColumn === undefined) return [];
    const cell = (row: readonly unknown[], name: string): unknown => {
      const at = columns.indexOf(name);
      return at === -1 ? tags[name] : row[at];
    };
    const text = spec.textColumn || textColumn(table, spec);
    const tagColumns = (spec.tagsColumn || 'tags').split(',').map((name) => name.trim());
    return rows.flatMap((row) => {
      const timeMs = cell(row, timeColumn);
      if (typeof timeMs !== 'number' || !Number.isFinite(timeMs)) return [];
      const end = spec.timeEndColumn === '' ? undefined : readMs(cell(row, spec.timeEndColumn));
      return [
        {
          timeMs,
          endMs: end === undefined || end < timeMs ? timeMs : end,
          title: cellText(cell(row, spec.titleColumn || 'title')),
          text: cellText(cell(row, text)),
          tags: tagColumns
            .flatMap((name) => cellText(cell(row, name)).split(','))
            .map((tag) => tag.trim())
            .filter((tag) => tag !== ''),
        },
      ];
    });
  });
  if (events.length > MAX_EVENTS) {
    throw new LimitExceeded(
      'annotations',
      `The annotation query finds more than ${MAX_EVENTS.toLocaleString('en')} events; narrow it, or ask for a shorter range`,
    );
  }
  return events.toSorted((a, b) => a.timeMs - b.timeMs);
}

/** The column called text or _value, else the first that holds words. */
function textColumn({ columns, rows, timeColumn, tags }: InfluxTable, { titleColumn, tagsColumn }: InfluxAnnotationSpec): string {
  const known = columns.find((name) => name === 'text' || name === '_value');
  if (known !== undefined) return known;
  const taken = new Set([timeColumn, titleColumn || 'title', ...(tagsColumn || 'tags').split(','), ...Object.keys(tags)]);
  return columns.find((name, at) => !taken.has(name) && rows.some((row) => typeof row[at] === 'string')) ?? 'text';
}

/** Milliseconds, or a time as text. */
function readMs(value: unknown): number | undefined {
  const ms = typeof value === 'number' ? value : typeof value === 'string' ? readText(value) : Number.NaN;
  return Number.isFinite(ms) ? ms : undefined;
}

function readText(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Date.parse(text);
}

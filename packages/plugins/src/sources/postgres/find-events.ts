import { BadRequest, LimitExceeded } from '@vitrine/model/bad-request.ts';
import type { Field } from '@vitrine/model/frame.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import type { FoundAnnotation } from '../../contract.ts';
import { cellText } from './find-values.ts';
import type { SqlAnswer } from './run-sql.ts';

/** More than a page can draw. */
const MAX_EVENTS = 10_000;

/** An annotation query as it is saved: Grafana's `rawQuery`, or a target with `rawSql`, or plain text. Throws BadRequest. */
export function readAnnotationSql(spec: Readonly<Record<string, unknown>>): string {
  const read = new Read('', spec);
  const target = read.at('target').or(undefined, (it) => it);
  const text = [target?.at('rawSql'), read.at('rawSql'), read.at('rawQuery'), read.at('query')]
    .map((it) => (typeof it?.value === 'string' ? it.string() : ''))
    .find((it) => it.trim() !== '');
  if (text === undefined)
    throw new BadRequest(
      'rawQuery',
      'is empty; write for example SELECT created_at AS time, version AS text FROM deployments WHERE $__timeFilter(created_at)',
    );
  return text;
}

/** A mark a row: columns time, timeend, title, text and tags (with commas, or an array). Throws BadRequest without a time, LimitExceeded over 10,000. */
export function findEvents({ columns }: SqlAnswer): FoundAnnotation[] {
  const fields = columns.fields({ exact: true, times: ['time', 'timeend'] });
  const named = (name: string): Field | undefined => fields.find((field) => field.name === name);
  const time = named('time') ?? fields.find(({ type }) => type === 'time');
  if (columns.width > 0 && time?.type !== 'time') throw new BadRequest('rawQuery', 'answers without a column "time"');
  const events: FoundAnnotation[] = [];
  if (time === undefined) return events;
  for (let row = 0; row < columns.length; row++) {
    const timeMs = timeAt(time, row);
    if (timeMs === undefined) continue;
    if (events.length === MAX_EVENTS)
      throw new LimitExceeded(
        'annotations',
        `The annotation query finds more than ${MAX_EVENTS.toLocaleString('en')} events; narrow it, or ask for a shorter range`,
      );
    const endMs = timeAt(named('timeend'), row) ?? timeMs;
    events.push({
      timeMs,
      endMs: Math.max(timeMs, endMs),
      title: textAt(named('title'), row),
      text: textAt(named('text'), row),
      tags: tagsAt(named('tags'), row),
    });
  }
  return events.toSorted((a, b) => a.timeMs - b.timeMs);
}

function timeAt(field: Field | undefined, row: number): number | undefined {
  return field?.type === 'time' && field.present?.[row] !== 0 ? field.values[row] : undefined;
}

function textAt(field: Field | undefined, row: number): string {
  return field === undefined ? '' : (cellText(field, row) ?? '');
}

function tagsAt(field: Field | undefined, row: number): string[] {
  if (field === undefined || field.present?.[row] === 0) return [];
  const value: unknown = field.values[row];
  const tags = Array.isArray(value) ? value.map(String) : textAt(field, row).split(',');
  return tags.map((tag) => tag.trim()).filter((tag) => tag !== '');
}

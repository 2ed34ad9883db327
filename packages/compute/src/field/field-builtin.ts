import type { Field, Frame } from '@vitrine/model/frame.ts';
import { isNumbers } from '@vitrine/model/frame.ts';

import { formatDate } from '../variable/format-date.ts';
import { formatValue } from '../variable/format.ts';
import { cellValue, displayOf, displayText, plainText } from './display.ts';
import type { DisplayValue } from './display.ts';
import { fieldNames } from './field-names.ts';

/** The value that a link or a name is about. */
export interface FieldScope {
  readonly frame?: Frame;
  /** Index into the frame's fields. */
  readonly field?: number;
  readonly row?: number;
  /** A value that stands in no row, as a reduced one; wins over the row's. */
  readonly value?: unknown;
  /** How it was reduced: "lastNotNull". */
  readonly calc?: string;
  /** All frames of the panel: names of fields tell them apart. */
  readonly frames?: readonly Frame[];
  /** An IANA zone, "browser" or "UTC". */
  readonly timeZone?: string;
}

/** Whether a name is one that `fieldBuiltin` answers, given a scope. */
export const FIELD_BUILTINS: ReadonlySet<string> = new Set(['__value', '__field', '__series', '__data']);

/**
 * What `${__value.raw}`, `${__field.labels.pod}`, `${__series.name}` and `${__data.fields["x"].text}` stand for. `path` is what stands
 * behind the first dot, `format` what stands behind the colon. undefined where the scope has no such thing: the reference then
 * stays as it is.
 */
export function fieldBuiltin(
  name: string,
  path: string | undefined,
  format: string | undefined,
  scope: FieldScope,
): string | undefined {
  const text = lookUp(name, parsePath(path ?? ''), scope);
  if (text === undefined || format === undefined || format === '') return text;
  const timeZone = scope.timeZone ?? 'browser';
  if (format === 'date' || format.startsWith('date:')) return formatDate(text, format.slice('date:'.length) || 'iso', timeZone);
  return formatValue({ name, value: text, text, timeZone }, format);
}

function lookUp(name: string, path: readonly string[], scope: FieldScope): string | undefined {
  switch (name) {
    case '__value':
      return ofValue(path, scope);
    case '__field':
      return ofField(path, scope);
    case '__series':
      return path[0] === 'name' && path.length === 1 ? seriesName(scope) : undefined;
    case '__data':
      return ofData(path, scope);
    default:
      return undefined;
  }
}

/** `fields["request rate"].text`, `labels.pod` and `fields[0]` as their parts. */
function parsePath(path: string): string[] {
  return [...path.matchAll(/\[\s*(?:"([^"]*)"|'([^']*)'|([^\]]*))\s*\]|([^.[\]]+)/g)].map(
    ([, double, single, bare, name]) => double ?? single ?? bare?.trim() ?? (name as string),
  );
}

function ofValue([part = 'raw', ...rest]: readonly string[], scope: FieldScope): string | undefined {
  if (rest.length > 0) return undefined;
  const { frame, row } = scope;
  const field = fieldOf(scope);
  if (part === 'calc') return scope.calc ?? '';
  if (part === 'time') {
    const time = frame?.fields.find(({ type }) => type === 'time');
    return time === undefined || row === undefined ? '' : plainText(cellValue(time, row));
  }
  if (scope.value === undefined && (field === undefined || row === undefined)) return undefined;
  const value = scope.value === undefined ? cellValue(field as Field, row as number) : scope.value;
  return readValue(part, field, value, scope);
}

function readValue(part: string, field: Field | undefined, value: unknown, scope: FieldScope): string | undefined {
  switch (part) {
    case 'raw':
      return plainText(value);
    case 'numeric':
      return String(shown(field, value, scope).numeric ?? Number.NaN);
    case 'text':
      return displayText(shown(field, value, scope));
    default:
      return undefined;
  }
}

function shown(field: Field | undefined, value: unknown, { timeZone }: FieldScope): DisplayValue {
  const options = timeZone === undefined ? {} : { timeZone };
  return displayOf(field ?? { name: '', type: 'json', values: [] }, options)(value);
}

function ofField([part, ...rest]: readonly string[], scope: FieldScope): string | undefined {
  const field = fieldOf(scope);
  if (field === undefined) return undefined;
  if (part === 'labels') {
    const labels = field.labels ?? {};
    if (rest.length > 0) {
      const name = rest.join('.');
      return Object.hasOwn(labels, name) ? labels[name] : '';
    }
    return Object.entries(labels)
      .map(([name, value]) => `${name}="${value}"`)
      .join(', ');
  }
  if (rest.length > 0) return undefined;
  if (part === 'name') return field.name;
  if (part === undefined || part === 'displayName') return nameIn(scope, scope.field as number);
  if (part === 'unit') return field.config?.unit ?? '';
  return undefined;
}

/** The frame's name, else that of its first numbers. */
function seriesName(scope: FieldScope): string | undefined {
  if (scope.frame === undefined) return undefined;
  if (scope.frame.name) return scope.frame.name;
  const index =
    scope.frame.shape === 'table' ? -1 : (scope.field ?? scope.frame.fields.findIndex((field) => field.type === 'number'));
  return index < 0 ? '' : nameIn(scope, index);
}

function ofData([part, which, as = 'text', ...rest]: readonly string[], scope: FieldScope): string | undefined {
  const { frame, row } = scope;
  if (frame === undefined) return undefined;
  if (which === undefined) return part === 'name' ? (frame.name ?? '') : part === 'refId' ? frame.refId : undefined;
  if (part !== 'fields' || rest.length > 0 || row === undefined) return undefined;
  const names = namesIn(scope);
  let index = names.indexOf(which);
  if (index < 0) index = frame.fields.findIndex((field) => field.name === which);
  if (index < 0 && /^\d+$/.test(which)) index = Number(which);
  const field = frame.fields[index];
  if (field === undefined) return '';
  const value = cellValue(field, row);
  if (as === 'time') return isNumbers(field) ? plainText(value) : '';
  return readValue(as, field, value, scope);
}

function fieldOf({ frame, field }: FieldScope): Field | undefined {
  return field === undefined ? undefined : frame?.fields[field];
}

function namesIn({ frame, frames }: FieldScope): readonly string[] {
  const all = frames === undefined || !frames.includes(frame as Frame) ? [frame as Frame] : frames;
  return fieldNames(all)[all.indexOf(frame as Frame)] as readonly string[];
}

function nameIn(scope: FieldScope, field: number): string {
  return namesIn(scope)[field] ?? '';
}

import type { VariableValue } from '@vitrine/model/variable.ts';
import { formatDate } from './format-date.ts';

/** The ids that may stand behind the colon of `${name:format}`. */
export const VARIABLE_FORMATS = [
  'csv',
  'json',
  'pipe',
  'regex',
  'raw',
  'lucene',
  'glob',
  'distributed',
  'singlequote',
  'doublequote',
  'sqlstring',
  'html',
  'text',
  'percentencode',
  'uriencode',
  'queryparam',
  'customqueryparam',
  'date',
  'join',
] as const;
export type VariableFormatId = (typeof VARIABLE_FORMATS)[number];

/** What is written. */
export interface FormattedValue {
  readonly name: string;
  readonly value: VariableValue;
  /** What people read instead of the value. */
  readonly text: VariableValue;
  /** An IANA zone, "browser" or "UTC", for dates. */
  readonly timeZone: string;
}

/**
 * A variable's value as `${name:format}` writes it. `format` is an id with its arguments behind further colons
 * ("date:YYYY-MM-DD", "join: / ", "customqueryparam:p:prefix-"). What is no format id is written as glob, Grafana's default.
 */
export function formatValue(variable: FormattedValue, format: string): string {
  const { name, value, text } = variable;
  const colon = format.indexOf(':');
  const id = colon === -1 ? format : format.slice(0, colon);
  const rest = colon === -1 ? '' : format.slice(colon + 1);
  const values: readonly string[] = typeof value === 'string' ? [value] : value;
  const many = typeof value !== 'string';
  switch (id as VariableFormatId) {
    case 'csv':
    case 'raw':
      return values.join(',');
    case 'json':
      return many ? JSON.stringify(values) : value;
    case 'pipe':
      return values.join('|');
    case 'regex':
      return alternatives(values.map(escapeRegex));
    case 'lucene':
      return lucene(values, many);
    case 'distributed':
      return values.map((each, index) => (index === 0 ? each : `${name}=${each}`)).join(',');
    case 'singlequote':
      return values.map((each) => `'${each.replaceAll("'", String.raw`\'`)}'`).join(',');
    case 'doublequote':
      return values.map((each) => `"${each.replaceAll('"', String.raw`\"`)}"`).join(',');
    case 'sqlstring':
      return values.map((each) => `'${each.replaceAll("'", "''")}'`).join(',');
    case 'html':
      return values.map(escapeHtml).join(', ');
    case 'text':
      return typeof text === 'string' ? text : text.join(' + ');
    case 'percentencode':
      return percentEncode(many ? `{${values.join(',')}}` : value);
    case 'uriencode':
      return strict(encodeURI(wellFormed(many ? `{${values.join(',')}}` : value)));
    case 'queryparam':
      return values.map((each) => `var-${percentEncode(name)}=${percentEncode(each)}`).join('&');
    case 'customqueryparam': {
      const [parameter, prefix = ''] = rest.split(':');
      const key = percentEncode(parameter === undefined || parameter === '' ? name : parameter);
      return values.map((each) => `${key}=${percentEncode(prefix + each)}`).join('&');
    }
    case 'date':
      return values.map((each) => formatDate(each, rest === '' ? 'iso' : rest, variable.timeZone)).join(',');
    case 'join':
      return values.join(rest === '' ? ',' : rest);
    case 'glob':
    default:
      return values.length === 1 ? (values[0] as string) : many ? `{${values.join(',')}}` : value;
  }
}

/** Escapes what means something in a regular expression of any common dialect. */
export function escapeRegex(text: string): string {
  return text.replace(/[\\^$*+?.()|[\]{}/]/g, String.raw`\$&`);
}

/** One as it is, several as `(a|b)`. */
function alternatives(parts: readonly string[]): string {
  return parts.length === 1 ? (parts[0] as string) : `(${parts.join('|')})`;
}

function lucene(values: readonly string[], many: boolean): string {
  const escape = (text: string): string => text.replace(/([!*+\-=<>\s&|()[\]{}^~?:\\/"])/g, String.raw`\$1`);
  if (!many) return escape(values[0] as string);
  if (values.length === 0) return '__empty__';
  return `(${values.map((each) => `"${each.replace(/["\\]/g, String.raw`\$&`)}"`).join(' OR ')})`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => HTML[char] as string);
}

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** encodeURIComponent with what RFC 3986 reserves besides. */
function percentEncode(text: string): string {
  return strict(encodeURIComponent(wellFormed(text)));
}

function strict(encoded: string): string {
  return encoded.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Half a surrogate pair would make encodeURI throw. */
function wellFormed(text: string): string {
  return text.toWellFormed();
}

import { LimitExceeded } from '@vitrine/model/bad-request.ts';
import type { VariableValue } from '@vitrine/model/variable.ts';
import { formatValue } from './format.ts';

/** A variable with what stands for it. */
export interface ResolvedVariable {
  readonly name: string;
  /** What queries get: where "All" is chosen, all options. */
  readonly value: VariableValue;
  /** What people read. */
  readonly text: VariableValue;
  /** Whether several values, or All, can be chosen: then a query may expect a regular expression. */
  readonly multi: boolean;
  /** What "All" puts into a query as it stands, whatever the format. */
  readonly verbatim?: string;
}

/** What the names in a text stand for. */
export interface VariableScope {
  /** undefined where there is no such variable; then the text keeps the reference. */
  find(name: string): ResolvedVariable | undefined;
  /**
   * What a name that is no variable stands for: `$__interval`, `${__from:date}`, `${__field.labels.pod}`. `path` is what
   * stands behind the name's first dot, `format` what stands behind the colon. undefined keeps the reference.
   */
  builtin(name: string, path: string | undefined, format: string | undefined): string | undefined;
  /** An IANA zone, "browser" or "UTC", for `:date`. */
  readonly timeZone: string;
}

/** How a value stands in a text that names no format of its own: a format id, or a function. */
export type DefaultFormat =
  | string
  | ((value: VariableValue, variable: { readonly name: string; readonly multi: boolean }) => string);

/** No text that a person wrote comes near it; a variable of 5,000 long values, named often, would. */
const MAX_LENGTH = 2_000_000;

/** `$name`, `${name}`, `${name.field}`, `${name:format}`, `[[name]]`, `[[name:format]]`. */
const REFERENCE = /\$(?:(\w+)|\{(\w+)([.[](?:"[^"{}]*"|'[^'{}]*'|[^:{}"'])*)?(?::([^{}]*))?\})|\[\[(\w+)(?::([^[\]]*))?\]\]/g;

/**
 * Fills in all references that the scope knows. What a value holds is not looked through again, except that `$__interval` and
 * its like are filled in there too, once: `$__rate_interval` may be chosen. Throws LimitExceeded where the text would become too long.
 */
export function replaceVariables(text: string, scope: VariableScope, defaultFormat: DefaultFormat = 'glob'): string {
  return replaceIn(text, scope, defaultFormat, true);
}

function replaceIn(text: string, scope: VariableScope, defaultFormat: DefaultFormat, looksAtVariables: boolean): string {
  if (!text.includes('$') && !text.includes('[[')) return text;
  let grown = text.length;
  return text.replace(
    REFERENCE,
    (
      whole: string,
      bare: string | undefined,
      braced: string | undefined,
      rawPath: string | undefined,
      bracedFormat: string | undefined,
      bracketed: string | undefined,
      bracketedFormat: string | undefined,
    ) => {
      const name = bare ?? braced ?? bracketed ?? '';
      const format = bracedFormat ?? bracketedFormat;
      const path = rawPath === undefined || rawPath === '' ? undefined : rawPath.replace(/^\./, '');
      const variable = looksAtVariables ? scope.find(name) : undefined;
      const found =
        variable === undefined
          ? scope.builtin(name, path, format)
          : replaceInside(write(variable, path, format, defaultFormat, scope), scope);
      if (found === undefined) return whole;
      grown += found.length - whole.length;
      if (grown > MAX_LENGTH) {
        throw new LimitExceeded(
          'variables',
          `The text would be longer than ${MAX_LENGTH.toLocaleString('en')} characters with "$${name}" filled in; choose fewer values, or give the variable a custom "All" value such as .*`,
        );
      }
      return found;
    },
  );
}

function replaceInside(value: string, scope: VariableScope): string {
  return value.includes('$__') || value.includes('${__') ? replaceIn(value, scope, 'glob', false) : value;
}

function write(
  variable: ResolvedVariable,
  path: string | undefined,
  format: string | undefined,
  defaultFormat: DefaultFormat,
  { timeZone }: VariableScope,
): string {
  const { name, multi, text } = variable;
  // `${name.text}` reads what people read; another field of a value that is text only is the value.
  const value = path === 'text' ? text : variable.value;
  if (variable.verbatim !== undefined && path !== 'text' && !READ_BY_PEOPLE.has(format ?? '')) return variable.verbatim;
  if (format !== undefined && format !== '') return formatValue({ name, value, text, timeZone }, format);
  return typeof defaultFormat === 'function'
    ? defaultFormat(value, { name, multi })
    : formatValue({ name, value, text, timeZone }, defaultFormat);
}

/** Formats that say what is chosen, not what a query compares with. */
const READ_BY_PEOPLE = new Set(['text', 'queryparam', 'customqueryparam']);

/** The names that a text refers to, variables and built-ins alike. */
export function referencedNames(text: string): string[] {
  const names = new Set<string>();
  for (const [, bare, braced, , , bracketed] of text.matchAll(REFERENCE)) names.add((bare ?? braced ?? bracketed) as string);
  return [...names];
}

import type { QueryContext, VariableFormat } from '../../../contract.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { CodeLanguage } from '../spec.ts';

/** What stands in quotes, with its escapes. An open one reaches to the end. In Elasticsearch's SQL a backslash is a letter. */
const PLAIN_QUOTED = /"(?:[^"]|"")*"?|'(?:[^']|'')*'?/g;
const QUOTED = /"""[^]*?(?:"""|$)|"(?:[^"\\]|\\[^]|"")*"?|'(?:[^'\\]|\\[^]|'')*'?|`(?:[^`]|``)*`?/g;

/** Numbers, durations, and names with dots and commas between them: what may stand outside of quotes as it is. */
const HARMLESS = /^-?[\p{L}\p{N}_@.]+(?:\s*,\s*[\p{L}\p{N}_@.]+)*$/u;

export interface CodeNeeds {
  readonly language: CodeLanguage;
  /** SQL and PPL differ between the two. */
  readonly isOpenSearch: boolean;
  readonly fromMs: number;
  readonly toMs: number;
  readonly replace: QueryContext['replace'];
  /** `$__interval` and its like. */
  readonly macros: Readonly<Record<string, string>>;
}

/**
 * Fills in variables and `$__timeFilter(field)`, `$__timeFrom()`, `$__timeTo()`. Within quotes a value is escaped for them; outside a number
 * or a name stands as it is, and anything else as text, so that no value becomes a command. Throws BadRequest.
 */
export function fillCode(text: string, needs: CodeNeeds): string {
  let filled = '';
  let at = 0;
  const code = (part: string): string => needs.replace(fillTimes(part, needs), codeFormat(needs), needs.macros);
  for (const match of text.matchAll(hasEscapes(needs) ? QUOTED : PLAIN_QUOTED)) {
    filled += code(text.slice(at, match.index));
    filled += needs.replace(match[0], quotedFormat(match[0], needs), needs.macros);
    at = match.index + match[0].length;
  }
  return filled + code(text.slice(at));
}

/** An instant as the language writes it. */
export function writeInstant(ms: number, { language, isOpenSearch }: Dialect): string {
  const iso = new Date(ms).toISOString();
  if (language === 'ESQL') return `TO_DATETIME("${iso}")`;
  if (!isOpenSearch) return `CAST('${iso}' AS DATETIME)`;
  return `timestamp('${iso.replace('T', ' ').replace('Z', '')}')`;
}

function fillTimes(text: string, needs: CodeNeeds): string {
  const and = needs.language === 'SQL' || needs.language === 'ESQL' ? 'AND' : 'and';
  return text.replace(/\$__(timeFilter|timeFrom|timeTo)(?:\(([^()]*)\))?/g, (_, name: string, inside = '') => {
    const [from, to] = [writeInstant(needs.fromMs, needs), writeInstant(needs.toMs, needs)];
    if (name === 'timeFrom') return from;
    if (name === 'timeTo') return to;
    const field = String(inside).trim();
    if (field === '') throw new BadRequest('query', '$__timeFilter names no field; write $__timeFilter(@timestamp)');
    const written = quoteField(field, needs);
    return `${written} >= ${from} ${and} ${written} < ${to}`;
  });
}

/** A field's name, which may hold an @ or a dot. */
export function quoteField(field: string, { language, isOpenSearch }: Dialect): string {
  if (/^(?:`[^`]*`|"[^"]*")$/.test(field) || (/^\w[\w.]*$/.test(field) && language !== 'SQL')) return field;
  if (language === 'ESQL' && /^[\w@.]+$/.test(field)) return field;
  return language === 'SQL' && !isOpenSearch ? `"${field.replaceAll('"', '""')}"` : `\`${field.replaceAll('`', '')}\``;
}

type Dialect = Pick<CodeNeeds, 'language' | 'isOpenSearch'>;

function hasEscapes({ language, isOpenSearch }: Dialect): boolean {
  return language !== 'SQL' || isOpenSearch;
}

/** Words as a literal. */
export function quoteText(text: string, dialect: Dialect): string {
  if (dialect.language === 'SQL') return `'${escapeSql(text, "'", dialect)}'`;
  return `"${text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', String.raw`\n`)}"`;
}

function escapeSql(text: string, quote: string, dialect: Dialect): string {
  return (hasEscapes(dialect) ? text.replaceAll('\\', '\\\\') : text).replaceAll(quote, quote + quote);
}

function codeFormat(dialect: Dialect): VariableFormat {
  return (value) => {
    if (typeof value === 'string') return HARMLESS.test(value) ? value : quoteText(value, dialect);
    return value.map((each) => quoteText(each, dialect)).join(', ');
  };
}

function quotedFormat(quoted: string, dialect: Dialect): VariableFormat {
  const quote = quoted[0] as string;
  return (value) => {
    const text = typeof value === 'string' ? value : value.join(',');
    if (dialect.language === 'SQL') return escapeSql(text, quote, dialect);
    if (quoted.startsWith('"""')) return text.replaceAll('"""', '');
    if (quote === '`') return text.replaceAll(quote, quote + quote);
    return text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`);
  };
}

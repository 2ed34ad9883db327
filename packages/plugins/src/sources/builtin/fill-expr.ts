import { escapeRegex } from '@vitrine/compute/variable/format.ts';
import type { QueryContext, VariableFormat } from '../../contract.ts';

/** A piece of PromQL text: what stands outside of strings, or one string with its quotes. */
type Piece =
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'comment'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string; readonly after: string };

/** A string with its escapes, or a comment to the end of the line. An open string reaches to the end of the text. */
const STRING_OR_COMMENT = /"(?:[^"\\]|\\[^])*"?|'(?:[^'\\]|\\[^])*'?|`[^`]*`?|#[^\n]*/g;

/**
 * Fills variables and `$__…` into PromQL. Outside of strings a value stands as it is, several joined by commas: an
 * operator, a prefix, a window, labels to group by. Inside of a string it is escaped for its quotes; behind =~ and !~
 * values of a variable with several are escaped as regular expressions and joined as `(a|b)`.
 */
export function fillExpr(text: string, replace: QueryContext['replace'], macros: Readonly<Record<string, string>>): string {
  return pieces(text)
    .map((piece) => {
      if (piece.kind === 'comment') return piece.text;
      const format = piece.kind === 'code' ? codeFormat : stringFormat(piece.text[0] as string, piece.after);
      return replace(piece.text, format, macros);
    })
    .join('');
}

function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(STRING_OR_COMMENT)) {
    const code = text.slice(at, match.index);
    if (code !== '') found.push({ kind: 'code', text: code });
    found.push(match[0].startsWith('#') ? { kind: 'comment', text: match[0] } : { kind: 'string', text: match[0], after: code });
    at = match.index + match[0].length;
  }
  if (at < text.length) found.push({ kind: 'code', text: text.slice(at) });
  return found;
}

const codeFormat: VariableFormat = (value) => (typeof value === 'string' ? value : value.join(', '));

function stringFormat(quote: string, after: string): VariableFormat {
  const isRegex = /[=!]~\s*$/.test(after);
  const escape = (text: string): string => escapeInString(text, quote);
  return (value, { multi }) => {
    if (typeof value === 'string') return escape(isRegex && multi ? escapeRegex(value) : value);
    // One value compared with = stands as it is; several can only be meant as a regular expression.
    if (!isRegex && value.length === 1) return escape(value[0] as string);
    const parts = value.map((each) => escape(escapeRegex(each)));
    return parts.length === 1 ? (parts[0] as string) : `(${parts.join('|')})`;
  };
}

/** As PromQL reads it back. A raw string has no escapes, so that it cannot hold its own quote. */
function escapeInString(text: string, quote: string): string {
  if (quote === '`') return text.replaceAll('`', '');
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll(quote, `\\${quote}`)
    .replaceAll('\n', String.raw`\n`);
}

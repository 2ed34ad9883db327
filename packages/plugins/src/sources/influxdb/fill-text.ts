import { escapeRegex } from '@vitrine/compute/variable/format.ts';
import type { QueryContext, VariableFormat } from '../../contract.ts';
import { type Dialect, type Token, tokenize } from './tokens.ts';

/**
 * Fills variables into InfluxQL or Flux. In a literal or a quoted name a value is escaped for its quotes; in a regular
 * expression the values of a variable with several are escaped and joined as `(a|b)`; elsewhere one value stands as it is and
 * several as a regular expression. `macros` are names that no variable has: `$timeFilter`.
 */
export function fillText(
  text: string,
  dialect: Dialect,
  replace: QueryContext['replace'],
  macros: Readonly<Record<string, string>>,
): string {
  return tokenize(text, dialect)
    .map((token) => {
      if (token.kind === 'comment' || !/[$[]/.test(token.text)) return token.text;
      return replace(token.text, FORMATS[token.kind] ?? codeFormat, macros);
    })
    .join('');
}

const codeFormat: VariableFormat = (value) =>
  typeof value === 'string' ? value : value.length === 1 ? (value[0] as string) : `(${value.map(escapeRegex).join('|')})`;

const regexFormat: VariableFormat = (value, { multi }) => {
  if (typeof value === 'string') return multi ? escapeRegex(value) : value.replace(/\\?\//g, String.raw`\/`);
  const parts = value.map(escapeRegex);
  return parts.length === 1 ? (parts[0] as string) : `(${parts.join('|')})`;
};

const quoted =
  (quote: RegExp): VariableFormat =>
  (value) =>
    (typeof value === 'string' ? value : value.join(',')).replace(quote, String.raw`\$&`);

const FORMATS: Partial<Record<Token['kind'], VariableFormat>> = {
  regex: regexFormat,
  name: quoted(/[\\"]/g),
  text: quoted(/[\\"']/g),
};

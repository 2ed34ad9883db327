import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { QueryContext, VariableFormat } from '../../contract.ts';
import { expandMacro, type GapFill, type MacroNeeds } from './macros.ts';

export interface FilledSql {
  readonly text: string;
  readonly gaps: GapFill | undefined;
}

export interface FillNeeds extends Omit<MacroNeeds, 'onFill'> {
  readonly replace: QueryContext['replace'];
  /** Of `$__interval` and its like. */
  readonly macros: Readonly<Record<string, string>>;
}

/** Where something else than plain code begins: comments, strings with what may stand before them, names in quotes, macros, a variable that is compared with. */
const SPECIAL =
  /--|\/\*|(?:(?<![\w$])(?:[eE]|[uU]&))?'|"|\$(?:[A-Za-z_]\w*)?\$|\$(__\w+)\s*\(|[(),]|(?:[=<>~]|\b[iI]?(?:LIKE|like))\s*(?:\$(?!_)\w+|\$\{(?!_)[^{}]*\}|\[\[\w+(?::\w+)?\]\])/g;
const MAX_DEPTH = 20;

/**
 * Fills variables and macros into SQL. A variable's value is a literal: outside of strings a lone value stands as it is where it is a number or
 * a name (`FROM $table`), and in quotes otherwise; of a variable with several values each is in quotes. Inside of a string or a quoted
 * name it is escaped for that place, in comments nothing is filled in, and no value can hold a macro. `${name:raw}` stands as it is.
 * Throws BadRequest.
 */
export function fillSql(text: string, needs: FillNeeds): FilledSql {
  let gaps: GapFill | undefined;
  const fill = new Fill(text, needs, (found) => (gaps = found));
  const filled = fill.upTo(undefined).join('');
  return { text: filled, gaps };
}

class Fill {
  readonly #text: string;
  readonly #needs: FillNeeds;
  readonly #macroNeeds: MacroNeeds;
  #at = 0;
  #depth = 0;

  constructor(text: string, needs: FillNeeds, onFill: (fill: GapFill) => void) {
    this.#text = text;
    this.#needs = needs;
    this.#macroNeeds = { ...needs, onFill };
  }

  /** What is left, or the arguments of a macro up to its closing bracket: then split at its commas. */
  upTo(macro: string | undefined): string[] {
    const parts: string[] = [];
    let part = '';
    let depth = 0;
    while (this.#at < this.#text.length) {
      SPECIAL.lastIndex = this.#at;
      const match = SPECIAL.exec(this.#text);
      part += this.#code(this.#text.slice(this.#at, match?.index));
      if (match === null) {
        this.#at = this.#text.length;
        break;
      }
      this.#at = match.index;
      const [special, name] = match;
      if (special === '(') depth++;
      if (special === ')' && depth-- === 0 && macro !== undefined) {
        this.#at++;
        return [...parts, part.trim()];
      }
      if (special === ',' && depth === 0 && macro !== undefined) {
        parts.push(part.trim());
        part = '';
        this.#at++;
        continue;
      }
      part += name === undefined ? this.#piece(special) : this.#macro(special, name);
    }
    if (macro !== undefined) throw new BadRequest(`$${macro}`, 'has no closing bracket');
    return [...parts, part];
  }

  #macro(special: string, name: string): string {
    this.#at += special.length;
    if (++this.#depth > MAX_DEPTH) throw new BadRequest(`$${name}`, `stands in more than ${MAX_DEPTH} other macros`);
    const args = this.upTo(name);
    this.#depth--;
    const expanded = expandMacro(name, args, this.#macroNeeds);
    if (expanded === undefined) throw new BadRequest(`$${name}`, 'is no macro of this data source');
    return expanded;
  }

  /** What begins here up to where it ends, an open string reaching to the end of the text. */
  #piece(special: string): string {
    if (special === '--') return this.#take(this.#indexAfter('\n'));
    if (special === '/*') return this.#take(this.#endOfComment());
    if (special === '(' || special === ')' || special === ',') return this.#take(this.#at + 1);
    if (special === '"') return this.#replaced(this.#endOfQuoted(1, '"', false), (text) => text.replaceAll('"', '""'), '","');
    if (special.endsWith("'")) {
      const escapes = special.length > 1;
      const escape = (text: string): string => (escapes ? text.replaceAll('\\', '\\\\') : text).replaceAll("'", "''");
      return this.#replaced(this.#endOfQuoted(special.length, "'", escapes), escape, "','");
    }
    if (!special.startsWith('$')) return this.#code(this.#take(this.#at + special.length), comparedFormat);
    const end = this.#text.indexOf(special, this.#at + special.length);
    // Two variables in a row look like it: without its other end it is no string.
    if (end === -1) return this.#code(this.#take(this.#at + special.length - 1));
    return this.#replaced(end + special.length, refuseDollar, ',');
  }

  #code(text: string, format = codeFormat): string {
    const { macros, replace } = this.#needs;
    return replace(text, format, { ...macros, __searchFilter: "'%'" });
  }

  #replaced(end: number, escape: (text: string) => string, between: string): string {
    const { macros, replace } = this.#needs;
    const format: VariableFormat = (value) => (typeof value === 'string' ? escape(value) : value.map(escape).join(between));
    return replace(this.#take(end), format, { ...macros, __searchFilter: '%' });
  }

  #take(end: number): string {
    const taken = this.#text.slice(this.#at, end);
    this.#at = end;
    return taken;
  }

  #indexAfter(text: string): number {
    const at = this.#text.indexOf(text, this.#at);
    return at === -1 ? this.#text.length : at + text.length;
  }

  /** PostgreSQL's comments nest. */
  #endOfComment(): number {
    let depth = 0;
    const edge = /\/\*|\*\//g;
    edge.lastIndex = this.#at;
    for (let match = edge.exec(this.#text); match !== null; match = edge.exec(this.#text)) {
      depth += match[0] === '/*' ? 1 : -1;
      if (depth === 0) return edge.lastIndex;
    }
    return this.#text.length;
  }

  #endOfQuoted(start: number, quote: string, escapes: boolean): number {
    for (let at = this.#at + start; at < this.#text.length; at++) {
      const char = this.#text[at];
      if (escapes && char === '\\') at++;
      else if (char === quote) {
        if (this.#text[at + 1] !== quote) return at + 1;
        at++;
      }
    }
    return this.#text.length;
  }
}

/** A number, or names with dots and commas between them: a table, a column, columns to group by, a function. */
const HARMLESS =
  /^(?:-?\d+(?:\.\d+)?|[\p{L}_][\p{L}\d_$]*(?:\.[\p{L}_][\p{L}\d_$]*)*(?:\s*,\s*[\p{L}_][\p{L}\d_$]*)*|\d+(?:ms|[smhdwMy]))$/u;

const codeFormat: Exclude<VariableFormat, string> = (value, { multi }) => {
  if (typeof value !== 'string') return value.length === 0 ? 'NULL' : value.map(quoteText).join(',');
  return !multi && HARMLESS.test(value) ? value : quoteText(value);
};

/** What is compared with is meant as a value: a name would be that of a column, and equal to itself. */
const comparedFormat: Exclude<VariableFormat, string> = (value, variable) =>
  typeof value === 'string' && !/^-?\d+(?:\.\d+)?$/.test(value) ? quoteText(value) : codeFormat(value, variable);

/** A literal. Backslashes mean nothing in it: questions run with standard_conforming_strings on. */
function quoteText(text: string): string {
  return `'${text.replaceAll('\0', '').replaceAll("'", "''")}'`;
}

function refuseDollar(text: string): string {
  if (text.includes('$'))
    throw new BadRequest('variables', 'a value with $ cannot stand inside of a string in dollar quotes; use single quotes');
  return text;
}

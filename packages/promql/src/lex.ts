import { QueryError } from '@vitrine/model/sample-store.ts';
import { quote } from './quote.ts';

/** A token: its kind, the text as written and where it stands (UTF-16 offsets). */
export interface Token {
  /**
   * 'identifier', 'metricIdentifier' (has a colon), 'number', 'duration', 'string', 'eof'; else the operator, bracket or
   * lower-case keyword itself.
   */
  readonly kind: string;
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

export const AGGREGATORS: ReadonlySet<string> = new Set(
  'sum avg count min max group stddev stdvar topk bottomk count_values quantile limitk limit_ratio'.split(' '),
);
const KEYWORDS: ReadonlySet<string> = new Set(
  'offset smoothed anchored by without on ignoring group_left group_right fill fill_left fill_right bool'.split(' '),
);
const WORD_OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'unless', 'atan2']);
/** Functions of duration expressions, and start() and end() after an @. */
const PREPROCESSORS: ReadonlySet<string> = new Set(['start', 'end', 'step', 'range', 'min_of', 'max_of']);
const DURATION_FUNCTIONS: ReadonlySet<string> = new Set(['step', 'range', 'min_of', 'max_of']);
const SIGN_OPERATORS: ReadonlySet<string> = new Set('+ - * / % ^ == != < > <= >= =~ !~ @ </ >/'.split(' '));
/** Kinds that a message describes by their text alone; the others are named first: `identifier "x"`. */
const NAMED_KINDS: Readonly<Record<string, string>> = {
  identifier: 'identifier',
  metricIdentifier: 'metric identifier',
  number: 'number',
  duration: 'duration',
  string: 'string',
};

/** The words that may stand where a label's name is wanted, although the lexer takes them for something else. */
export function isLabelWord(kind: string): boolean {
  return (
    kind === 'identifier' || AGGREGATORS.has(kind) || KEYWORDS.has(kind) || WORD_OPERATORS.has(kind) || PREPROCESSORS.has(kind)
  );
}

/** The words that may stand where a metric's name is wanted. */
export function isMetricWord(kind: string): boolean {
  switch (kind) {
    case 'identifier':
    case 'metricIdentifier':
    case 'and':
    case 'or':
    case 'unless':
    case 'by':
    case 'without':
    case 'offset':
    case 'anchored':
    case 'smoothed':
      return true;
    default:
      return AGGREGATORS.has(kind) || PREPROCESSORS.has(kind);
  }
}

/** A token as messages name it: `identifier "x"`, `<op:*>`, `<by>`, `end of input`. */
export function describe({ kind, text }: Token): string {
  if (kind === 'eof') return 'end of input';
  if (SIGN_OPERATORS.has(kind) || WORD_OPERATORS.has(kind)) return `<op:${text}>`;
  if (KEYWORDS.has(kind)) return `<${text}>`;
  if (AGGREGATORS.has(kind)) return `<aggr:${text}>`;
  const named = NAMED_KINDS[kind];
  if (named === undefined) return quote(text);
  // Identifiers are given whole, literals cut: they may be long.
  const whole = kind === 'identifier' || kind === 'metricIdentifier' || text.length <= 10;
  return `${named} ${whole ? quote(text) : `${quote(text.slice(0, 10))}...`}`;
}

/** Reads PromQL token by token; throws QueryError (bad_data) at the first character that cannot be. */
export class Lexer {
  readonly #text: string;
  #at = 0;
  #start = 0;
  #parens = 0;
  #inBraces = false;
  #inBrackets = false;
  /** Right after "[" and until the first number only a duration expression may stand. */
  #expectsDuration = false;
  #sawColon = false;
  #sawDuration = false;

  constructor(text: string) {
    this.#text = text;
  }

  next(): Token {
    if (this.#expectsDuration) return this.#durationToken();
    this.#skipSpaceAndComments();
    return this.#inBraces ? this.#labelToken() : this.#statementToken();
  }

  #statementToken(): Token {
    this.#start = this.#at;
    const char = this.#text[this.#at];
    if (char === undefined) {
      if (this.#parens !== 0) this.#fail('unclosed left parenthesis');
      if (this.#inBrackets) this.#fail('unclosed left bracket');
      return this.#token('eof');
    }
    if (isDigit(char) || (char === '.' && isDigit(this.#text[this.#at + 1]))) return this.#numberOrDuration();
    if (isAlpha(char) || char === ':') return this.#inBrackets ? this.#wordInBrackets(char) : this.#word();
    this.#at++;
    const after = this.#text[this.#at];
    switch (char) {
      case ',':
      case '*':
      case '/':
      case '%':
      case '+':
      case '-':
      case '^':
      case '@':
        return this.#token(char);
      case '=':
        if (after === '~') this.#fail(`unexpected character after '=': '~'`);
        return this.#pair(after === '=', char);
      case '!':
        if (after !== '=') this.#fail(`unexpected character after '!': ${quoteChar(this.#charAt(this.#at))}`);
        return this.#pair(true, char);
      case '<':
      case '>':
        return this.#pair(after === '=' || after === '/', char);
      case '"':
      case "'":
        return this.#string(char);
      case '`':
        return this.#rawString();
      case '(':
        this.#parens++;
        return this.#token('(');
      case ')':
        return this.#closeParen();
      case '{':
        this.#inBraces = true;
        return this.#token('{');
      case '[':
        if (this.#inBrackets) this.#fail("unexpected left bracket '['");
        this.#inBrackets = true;
        this.#expectsDuration = true;
        this.#sawColon = false;
        this.#sawDuration = false;
        return this.#token('[');
      case ']':
        if (!this.#inBrackets) this.#fail("unexpected right bracket ']'");
        this.#inBrackets = false;
        return this.#token(']');
      default:
        return this.#fail(`unexpected character: ${quoteChar(this.#charAt(this.#start))}`);
    }
  }

  /** Inside { }: keywords are plain names here. */
  #labelToken(): Token {
    this.#start = this.#at;
    const char = this.#text[this.#at];
    if (char === undefined) return this.#fail('unexpected end of input inside braces');
    if (isAlpha(char)) {
      while (isAlphaNumeric(this.#text[this.#at])) this.#at++;
      return this.#token('identifier');
    }
    this.#at++;
    const after = this.#text[this.#at];
    switch (char) {
      case ',':
        return this.#token(',');
      case '"':
      case "'":
        return this.#string(char);
      case '`':
        return this.#rawString();
      case '=':
        return this.#pair(after === '~', char);
      case '!':
        if (after !== '~' && after !== '=') {
          this.#fail(`unexpected character after '!' inside braces: ${quoteChar(this.#charAt(this.#at))}`);
        }
        return this.#pair(true, char);
      case '{':
        return this.#fail("unexpected left brace '{'");
      case '}':
        this.#inBraces = false;
        return this.#token('}');
      default:
        return this.#fail(`unexpected character inside braces: ${quoteChar(this.#charAt(this.#start))}`);
    }
  }

  /** Inside [ ] before the first number. */
  #durationToken(): Token {
    while (isSpace(this.#text[this.#at])) this.#at++;
    this.#start = this.#at;
    const char = this.#text[this.#at];
    if (char === undefined) return this.#fail('unexpected end of input in duration expression');
    if (isDigit(char) || (char === '.' && isDigit(this.#text[this.#at + 1]))) {
      this.#sawDuration = true;
      this.#expectsDuration = false;
      return this.#numberOrDuration();
    }
    if (isAlpha(char)) {
      return this.#durationFunction() ?? this.#fail(`unexpected character in duration expression: ${quoteChar(char)}`);
    }
    this.#at++;
    switch (char) {
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
      case '^':
      case ',':
        return this.#token(char);
      case '(':
        this.#parens++;
        return this.#token('(');
      case ')':
        return this.#closeParen();
      case ']':
        this.#inBrackets = false;
        this.#expectsDuration = false;
        return this.#token(']');
      case ':':
        if (!this.#sawDuration) this.#fail('unexpected colon before duration in duration expression');
        if (this.#sawColon) this.#fail('unexpected repeated colon in duration expression');
        this.#sawColon = true;
        return this.#token(':');
      default:
        return this.#fail(`unexpected character in duration expression: ${quoteChar(this.#charAt(this.#start))}`);
    }
  }

  #wordInBrackets(char: string): Token {
    if (char !== ':') {
      return this.#durationFunction() ?? this.#fail(`unexpected character: ${quoteChar(char)}, expected ':'`);
    }
    if (this.#sawColon) this.#fail("unexpected colon ':'");
    this.#sawColon = true;
    this.#at++;
    return this.#token(':');
  }

  #durationFunction(): Token | undefined {
    let end = this.#at;
    while (isAlpha(this.#text[end])) end++;
    const word = this.#text.slice(this.#at, end).toLowerCase();
    if (!DURATION_FUNCTIONS.has(word)) return undefined;
    this.#at = end;
    this.#sawDuration = true;
    return this.#token(word);
  }

  #word(): Token {
    while (isAlphaNumeric(this.#text[this.#at]) || this.#text[this.#at] === ':') this.#at++;
    const word = this.#text.slice(this.#start, this.#at);
    const lower = word.toLowerCase();
    if (lower === 'inf' || lower === 'nan') return this.#token('number');
    // "fill" stays usable as a metric's name: it is a modifier only before a parenthesis.
    if (lower.startsWith('fill') && KEYWORDS.has(lower)) {
      return this.#token(/^[ \t\r\n]*\(/.test(this.#text.slice(this.#at)) ? lower : 'identifier');
    }
    if (KEYWORDS.has(lower) || AGGREGATORS.has(lower) || WORD_OPERATORS.has(lower) || PREPROCESSORS.has(lower)) {
      return this.#token(lower);
    }
    return this.#token(word.includes(':') ? 'metricIdentifier' : 'identifier');
  }

  #numberOrDuration(): Token {
    if (this.#scanNumber()) return this.#token('number');
    if (this.#scanDurationRest()) return this.#token('duration');
    return this.#fail(`bad number or duration syntax: ${quote(this.#text.slice(this.#start, this.#at))}`);
  }

  /** Takes what looks like a number; false where it cannot be one, with the reader behind the offending character. */
  #scanNumber(): boolean {
    const text = this.#text;
    if (text[this.#at] === '0' && (text[this.#at + 1] === 'x' || text[this.#at + 1] === 'X')) {
      this.#at += 2;
      while (/[\da-fA-F_]/.test(text[this.#at] ?? '')) this.#at++;
      return !isAlphaNumeric(text[this.#at]) && text[this.#at] !== '.';
    }
    let sawDot = false;
    let sawExponent = false;
    for (;;) {
      const char = text[this.#at];
      if (char === '.') {
        this.#at++;
        if (sawDot) return false;
        sawDot = true;
        if (this.#accept('_.')) return false;
      } else if (char === 'e' || char === 'E') {
        this.#at++;
        if (sawExponent) return false;
        sawExponent = true;
        this.#accept('+-');
        if (this.#accept('._eE') || this.#at >= text.length) return false;
      } else if (char === '_') {
        this.#at++;
        if (this.#accept('._eE') || this.#at >= text.length) return false;
      } else if (isDigit(char)) {
        this.#at++;
      } else {
        return !isAlphaNumeric(char);
      }
    }
  }

  /** After the first digits: units and further digits. Which units in which order is checked when it is read. */
  #scanDurationRest(): boolean {
    if (!this.#accept('smhdwy')) return false;
    this.#accept('s');
    while (isDigit(this.#text[this.#at])) {
      while (isDigit(this.#text[this.#at])) this.#at++;
      if (!this.#accept('smhdw')) return false;
      this.#accept('s');
    }
    if (!isAlphaNumeric(this.#text[this.#at])) return true;
    this.#at++;
    return false;
  }

  #string(mark: string): Token {
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined || char === '\n') {
        this.#at++;
        return this.#fail('unterminated quoted string');
      }
      this.#at += this.#runeLength();
      if (char === '\\') this.#escape(mark);
      else if (char === mark) return this.#token('string');
    }
  }

  #rawString(): Token {
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined) return this.#fail('unterminated raw string');
      this.#at += this.#runeLength();
      if (char === '`') return this.#token('string');
    }
  }

  #escape(mark: string): void {
    const char = this.#charAt(this.#at);
    if (char === '') this.#fail('escape sequence not terminated');
    this.#at += char.length;
    if (char === mark || 'abfnrtv\\'.includes(char)) return;
    const [digits, base, max] =
      char >= '0' && char <= '7'
        ? [3, 8, 255]
        : char === 'x'
          ? [2, 16, 255]
          : char === 'u'
            ? [4, 16, 0x10ffff]
            : char === 'U'
              ? [8, 16, 0x10ffff]
              : this.#fail(`unknown escape sequence ${codePointName(char)}`);
    if (base === 8) this.#at -= 1;
    let point = 0;
    for (let i = 0; i < digits; i++) {
      const digit = this.#charAt(this.#at);
      const value = /^[\da-fA-F]$/.test(digit) ? Number.parseInt(digit, 16) : 16;
      if (value >= base) {
        this.#fail(
          digit === '' ? 'escape sequence not terminated' : `illegal character ${codePointName(digit)} in escape sequence`,
        );
      }
      point = point * base + value;
      this.#at++;
    }
    if (point > max || (point >= 0xd800 && point < 0xe000)) {
      this.#fail('escape sequence is an invalid Unicode code point');
    }
  }

  /** A lone half of a surrogate pair and U+FFFD are what bytes that are not UTF-8 became on their way here. */
  #runeLength(): number {
    const char = this.#charAt(this.#at);
    if (char === '\uFFFD' || /^[\uD800-\uDFFF]$/.test(char)) this.#fail('invalid UTF-8 rune');
    return char.length;
  }

  #closeParen(): Token {
    this.#parens--;
    if (this.#parens < 0) {
      this.#start = this.#at;
      this.#fail("unexpected right parenthesis ')'");
    }
    return this.#token(')');
  }

  #pair(two: boolean, char: string): Token {
    if (!two) return this.#token(char);
    this.#at++;
    return this.#token(this.#text.slice(this.#start, this.#at));
  }

  #skipSpaceAndComments(): void {
    for (;;) {
      const char = this.#text[this.#at];
      if (char === '#') {
        while (this.#at < this.#text.length && !/[\r\n]/.test(this.#text[this.#at]!)) this.#at++;
      } else if (isSpace(char)) {
        this.#at++;
      } else {
        return;
      }
    }
  }

  #accept(chars: string): boolean {
    const char = this.#text[this.#at];
    if (char === undefined || !chars.includes(char)) return false;
    this.#at++;
    return true;
  }

  #charAt(at: number): string {
    const point = this.#text.codePointAt(at);
    return point === undefined ? '' : String.fromCodePoint(point);
  }

  #token(kind: string): Token {
    return { kind, text: this.#text.slice(this.#start, this.#at), from: this.#start, to: this.#at };
  }

  #fail(message: string): never {
    throw new QueryError('bad_data', message, { from: this.#start, to: this.#text.length });
  }
}

function quoteChar(char: string): string {
  // Go names the end of input by the rune -1, which it prints as U+FFFD.
  return quote(char === '' ? '\uFFFD' : char, "'");
}

/** `U+0063 'c'` */
function codePointName(char: string): string {
  const hex = char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  return `U+${hex} '${char}'`;
}

function isSpace(char: string | undefined): boolean {
  return char === ' ' || char === '\t' || char === '\n' || char === '\r';
}

function isDigit(char: string | undefined): boolean {
  return char !== undefined && char >= '0' && char <= '9';
}

function isAlpha(char: string | undefined): boolean {
  if (char === undefined) return false;
  return (char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z') || char === '_';
}

function isAlphaNumeric(char: string | undefined): boolean {
  return isAlpha(char) || isDigit(char);
}

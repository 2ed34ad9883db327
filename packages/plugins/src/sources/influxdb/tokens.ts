/** A piece of InfluxQL or Flux. All pieces of a text, put together, are the text. */
export interface Token {
  /** name: "quoted" in InfluxQL, where words are names too. text: a literal. */
  readonly kind: 'space' | 'comment' | 'word' | 'number' | 'name' | 'text' | 'regex' | 'symbol';
  readonly text: string;
}

export interface Dialect {
  /** What "double quotes" hold. */
  readonly doubleQuoted: 'name' | 'text';
  readonly comments: RegExp;
  /** Words behind which a slash begins a regular expression; behind others it divides. */
  readonly beforeRegex: ReadonlySet<string>;
}

export const INFLUXQL: Dialect = {
  doubleQuoted: 'name',
  comments: /--[^\n]*|\/\*[^]*?(?:\*\/|$)/y,
  beforeRegex: new Set(['FROM', 'SELECT', 'BY', 'AND', 'OR', 'WHERE', 'MEASUREMENT', 'KEY', 'IN']),
};

export const FLUX: Dialect = {
  doubleQuoted: 'text',
  comments: /\/\/[^\n]*/y,
  beforeRegex: new Set(['AND', 'OR', 'NOT', 'RETURN']),
};

const SPACE = /\s+/y;
/** Variables are words, and words may hold them: `$__interval`, `${name:format}`, `[[name]]`, `$prefix_total`. */
const WORD = /(?:\$\{[^{}]*\}|\[\[\w+(?::\w+)?\]\]|\$\w+|[\p{L}_][\p{L}\p{N}_]*)+/uy;
const NUMBER = /\d[\d.]*(?:[\p{L}µ]+\d*)*/uy;
const DOUBLE = /"(?:[^"\\]|\\[^])*(?:"|$)/y;
const SINGLE = /'(?:[^'\\]|\\[^])*(?:'|$)/y;
const REGEX = /\/(?:[^/\\\n]|\\[^\n])*(?:\/|(?=\n)|$)/y;
const SYMBOL = /=~|!~|!=|<>|<=|>=|==|\|>|=>|::|[^]/uy;

/** Takes a text apart. What is not closed reaches to the end. */
export function tokenize(text: string, dialect: Dialect): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let before: Token | undefined;
  const take = (pattern: RegExp, kind: Token['kind']): boolean => {
    pattern.lastIndex = at;
    const [found] = pattern.exec(text) ?? [];
    if (found === undefined || found === '') return false;
    const token: Token = { kind, text: found };
    tokens.push(token);
    at += found.length;
    if (kind !== 'space' && kind !== 'comment') before = token;
    return true;
  };
  while (at < text.length) {
    const isTaken =
      take(SPACE, 'space') ||
      take(dialect.comments, 'comment') ||
      take(WORD, 'word') ||
      take(NUMBER, 'number') ||
      take(DOUBLE, dialect.doubleQuoted) ||
      (dialect.doubleQuoted === 'name' && take(SINGLE, 'text')) ||
      (text[at] === '/' && beginsRegex(before, dialect) && take(REGEX, 'regex'));
    if (!isTaken) take(SYMBOL, 'symbol');
  }
  return tokens;
}

function beginsRegex(before: Token | undefined, { beforeRegex }: Dialect): boolean {
  switch (before?.kind) {
    case undefined:
      return true;
    case 'word':
      return beforeRegex.has(before.text.toUpperCase());
    case 'symbol':
      return before.text !== ')' && before.text !== ']';
    default:
      return false;
  }
}

/** Whether a token is this keyword, in whatever letters. */
export function isWord(token: Token | undefined, ...words: readonly string[]): boolean {
  return token?.kind === 'word' && words.includes(token.text.toUpperCase());
}

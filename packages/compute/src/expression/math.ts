import { BadRequest } from '@vitrine/model/bad-request.ts';

/** A formula over the answers of other queries: `$A / ($B + 1) > 0.5 && !is_nan($A)`. */
export type MathNode =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'query'; readonly refId: string }
  | { readonly kind: 'unary'; readonly op: '-' | '!'; readonly of: MathNode }
  | { readonly kind: 'binary'; readonly op: MathOperator; readonly left: MathNode; readonly right: MathNode }
  | { readonly kind: 'call'; readonly name: MathFunction; readonly of: MathNode };

export type MathOperator = '||' | '&&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%' | '**';

export type MathFunction = 'abs' | 'log' | 'nan' | 'inf' | 'infn' | 'null' | 'round' | 'ceil' | 'floor' | IsFunction;
type IsFunction = 'is_nan' | 'is_inf' | 'is_null' | 'is_number';

const CONSTANTS = new Set(['nan', 'inf', 'infn', 'null']);
const FUNCTIONS = new Set(['abs', 'log', 'round', 'ceil', 'floor', 'is_nan', 'is_inf', 'is_null', 'is_number']);

/** From the loosest to the tightest. */
const LEVELS: readonly (readonly MathOperator[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%'],
  ['**'],
];

const TOKEN =
  /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|0[xX][0-9a-fA-F]+)|\$\{([^{}]+)\}|\$(\w+)|([A-Za-z_]\w*)|(\|\||&&|==|!=|<=|>=|\*\*|[-+*/%<>!()]))/y;

interface Token {
  readonly kind: 'number' | 'query' | 'name' | 'symbol';
  readonly text: string;
  readonly at: number;
}

const MAX_LENGTH = 10_000;
/** Deeper brackets than anybody writes, and no deeper than the stack bears. */
const MAX_DEPTH = 200;

/** Reads a formula. Throws BadRequest that names the position. */
export function parseMath(text: string): MathNode {
  if (text.trim() === '') throw new BadRequest('expression', 'is empty; write a formula such as $A / $B');
  if (text.length > MAX_LENGTH) throw new BadRequest('expression', `is longer than ${MAX_LENGTH} characters`);
  return new MathParser(text).parse();
}

class MathParser {
  readonly #tokens: readonly Token[];
  readonly #length: number;
  #next = 0;
  #depth = 0;

  constructor(text: string) {
    this.#tokens = tokenize(text);
    this.#length = text.length;
  }

  parse(): MathNode {
    const node = this.#binary(0);
    const rest = this.#tokens[this.#next];
    if (rest !== undefined) this.#fail(`"${rest.text}" is not expected here`);
    return node;
  }

  #binary(level: number): MathNode {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const op = operators.find((each) => this.#takes(each));
      if (op === undefined) return left;
      // 2 ** 3 ** 2 is 2 ** 9, as in mathematics.
      left = { kind: 'binary', op, left, right: op === '**' ? this.#deeper(() => this.#binary(level)) : this.#binary(level + 1) };
    }
  }

  #unary(): MathNode {
    if (this.#takes('-')) return { kind: 'unary', op: '-', of: this.#deeper(() => this.#unary()) };
    if (this.#takes('!')) return { kind: 'unary', op: '!', of: this.#deeper(() => this.#unary()) };
    if (this.#takes('+')) return this.#deeper(() => this.#unary());
    return this.#primary();
  }

  #primary(): MathNode {
    const token = this.#tokens[this.#next];
    if (token === undefined) return this.#fail('the formula ends too early');
    this.#next++;
    if (token.kind === 'number') return { kind: 'number', value: Number(token.text) };
    if (token.kind === 'query') return { kind: 'query', refId: token.text };
    if (token.kind === 'name') return this.#call(token);
    if (token.text === '(') {
      const inside = this.#deeper(() => this.#binary(0));
      this.#expect(')');
      return inside;
    }
    this.#next--;
    return this.#fail(`"${token.text}" is not expected here`);
  }

  #call({ text }: Token): MathNode {
    const name = text.toLowerCase();
    if (!CONSTANTS.has(name) && !FUNCTIONS.has(name)) {
      this.#next--;
      return this.#fail(
        `"${text}" is no function; known are ${[...FUNCTIONS, ...CONSTANTS].join(', ')}. A query is written $${text}`,
      );
    }
    this.#expect('(');
    const of: MathNode = CONSTANTS.has(name) ? { kind: 'number', value: 0 } : this.#deeper(() => this.#binary(0));
    this.#expect(')');
    return { kind: 'call', name: name as MathFunction, of };
  }

  #deeper(read: () => MathNode): MathNode {
    if (++this.#depth > MAX_DEPTH) this.#fail(`brackets nest deeper than ${MAX_DEPTH}`);
    const node = read();
    this.#depth--;
    return node;
  }

  #takes(symbol: string): boolean {
    const token = this.#tokens[this.#next];
    if (token?.kind !== 'symbol' || token.text !== symbol) return false;
    this.#next++;
    return true;
  }

  #expect(symbol: string): void {
    if (!this.#takes(symbol)) this.#fail(`"${symbol}" is missing`);
  }

  #fail(problem: string): never {
    throw new BadRequest('expression', `${problem} (at character ${(this.#tokens[this.#next]?.at ?? this.#length) + 1})`);
  }
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  for (let at = 0; at < end; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) {
      const start = at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
      throw new BadRequest('expression', `"${text[start]}" cannot be read (at character ${start + 1})`);
    }
    const [whole, number, braced, bare, name, symbol] = match;
    const found = number ?? braced ?? bare ?? name ?? symbol ?? '';
    const kind =
      number !== undefined
        ? 'number'
        : braced !== undefined || bare !== undefined
          ? 'query'
          : name !== undefined
            ? 'name'
            : 'symbol';
    tokens.push({ kind, text: found, at: at + whole.length - whole.trimStart().length });
  }
  return tokens;
}

/** The queries that a formula reads. */
export function mathReferences(node: MathNode): string[] {
  switch (node.kind) {
    case 'number':
      return [];
    case 'query':
      return [node.refId];
    case 'unary':
    case 'call':
      return mathReferences(node.of);
    case 'binary':
      return [...new Set([...mathReferences(node.left), ...mathReferences(node.right)])];
  }
}

import { likeTest } from './like.ts';
import { MlflowError } from './mlflow-error.ts';

/** What is searched: a run, an experiment or a logged model. undefined is SQL's NULL. */
export interface Searched {
  metric(key: string): number | undefined;
  param(key: string): string | undefined;
  tag(key: string): string | undefined;
  /** By the name that `attributes` gives. */
  attribute(name: string): string | number | undefined;
  /** Of each dataset, where there are any. */
  dataset?(name: string): readonly string[];
}

/** The attributes that a search may name, by all their names. */
export type Attributes = ReadonlyMap<string, { readonly name: string; readonly kind: 'text' | 'number' }>;

/** `aliases` are further names of those. */
export function attributesNamed(
  texts: readonly string[],
  numbers: readonly string[],
  aliases: Readonly<Record<string, string>> = {},
): Attributes {
  const known = new Map<string, { readonly name: string; readonly kind: 'text' | 'number' }>();
  for (const name of texts) known.set(name, { name, kind: 'text' });
  for (const name of numbers) known.set(name, { name, kind: 'number' });
  for (const [alias, name] of Object.entries(aliases)) {
    const attribute = known.get(name);
    if (attribute !== undefined) known.set(alias, attribute);
  }
  return known;
}

export type Entity = 'metric' | 'param' | 'tag' | 'attribute' | 'dataset';

export interface Operand {
  readonly entity: Entity;
  readonly key: string;
  readonly kind: 'text' | 'number';
}

export interface Clause {
  readonly operand: Operand;
  readonly test: (value: string | number | undefined) => boolean;
}

export interface Order {
  readonly operand: Operand;
  readonly descending: boolean;
}

const ENTITIES: Readonly<Record<string, Entity>> = {
  metric: 'metric',
  metrics: 'metric',
  param: 'param',
  params: 'param',
  parameter: 'param',
  parameters: 'param',
  tag: 'tag',
  tags: 'tag',
  attribute: 'attribute',
  attributes: 'attribute',
  attr: 'attribute',
  run: 'attribute',
  dataset: 'dataset',
  datasets: 'dataset',
};
const DATASET_KEYS = new Set(['name', 'digest', 'context']);
const MAX_CHARACTERS = 20_000;
/** Of LIKE and ILIKE. */
const MAX_PATTERN = 1_000;
const TOKEN = /\s*(?:('(?:[^']|'')*'|"(?:[^"]|"")*")|([<>!]=|[=<>(),])|((?:[^\s=!<>(),'"`]|`[^`]*`|(?<=\.)"[^"]*")+))/y;

interface Token {
  readonly kind: 'string' | 'symbol' | 'word';
  readonly text: string;
}

/** Reads MLflow's filter language: comparisons joined by AND. None is no filter. Throws MlflowError. */
export function parseFilter(filter: string, attributes: Attributes): readonly Clause[] {
  const tokens = tokensOf(filter);
  if (tokens.length === 0) return [];
  const clauses: Clause[] = [];
  let at = 0;
  const fail = (): never => {
    const near = tokens[at]?.text.slice(0, 50);
    const place = near === undefined ? 'it ends too early' : `not understood near "${near}"`;
    throw invalid(
      `Invalid clause(s) in filter string: ${place}. Write comparisons such as metrics.loss < 0.5 and params.model = 'tree', joined by AND.`,
    );
  };
  const word = (text: string): boolean => {
    const token = tokens[at];
    if (token?.kind !== 'word' || token.text.toUpperCase() !== text) return false;
    at++;
    return true;
  };
  const symbol = (text: string): boolean => {
    const token = tokens[at];
    if (token?.kind !== 'symbol' || token.text !== text) return false;
    at++;
    return true;
  };
  const value = (operand: Operand): string | number => {
    const token = tokens[at] ?? fail();
    if (operand.kind === 'number') {
      const number = Number(token.text);
      if (token.kind !== 'word' || Number.isNaN(number)) {
        throw invalid(`Expected numeric value type for ${shown(operand)}. Found ${token.text.slice(0, 100)}`);
      }
      at++;
      return number;
    }
    if (token.kind !== 'string') {
      throw invalid(
        `Expected a quoted string value for ${shown(operand)} (e.g. 'my-value'). Got value ${token.text.slice(0, 100)}`,
      );
    }
    at++;
    return unquote(token.text);
  };

  do {
    const token = tokens[at] ?? fail();
    if (token.kind === 'symbol') fail();
    const operand = operandOf(token.text, attributes);
    at++;
    if (word('IS')) {
      const isNot = word('NOT');
      if (!word('NULL')) fail();
      clauses.push({ operand, test: (given) => (given === undefined) !== isNot });
    } else if (tokens[at]?.kind === 'symbol') {
      const operator = (tokens[at] as Token).text;
      at++;
      clauses.push({ operand, test: comparison(operator, operand, value(operand)) ?? fail() });
    } else {
      const negated = word('NOT');
      if (word('IN')) {
        if (!symbol('(')) fail();
        const among = new Set<string | number>();
        do among.add(value(operand));
        while (symbol(','));
        if (!symbol(')')) fail();
        clauses.push({ operand, test: (given) => given !== undefined && among.has(given) !== negated });
      } else {
        const ignoresCase = word('ILIKE');
        if (negated || (!ignoresCase && !word('LIKE'))) fail();
        if (operand.kind === 'number') throw invalid(`${shown(operand)} is a number, which LIKE does not compare.`);
        const pattern = String(value(operand));
        if (pattern.length > MAX_PATTERN) {
          throw invalid(`The pattern for ${shown(operand)} has ${pattern.length} characters; the limit is ${MAX_PATTERN}.`);
        }
        const isLike = likeTest(pattern, ignoresCase);
        clauses.push({ operand, test: (given) => given !== undefined && isLike(String(given)) });
      }
    }
  } while (word('AND'));
  if (at < tokens.length) fail();
  return clauses;
}

/** "metrics.loss DESC", "start_time". Throws MlflowError. */
export function parseOrder(text: string, attributes: Attributes): Order {
  const tokens = tokensOf(text);
  const [first, direction] = tokens;
  const way = direction?.text.toUpperCase() ?? 'ASC';
  if (first === undefined || first.kind === 'symbol' || tokens.length > 2 || (way !== 'ASC' && way !== 'DESC')) {
    throw invalid(
      `Invalid order_by clause '${text.slice(0, 100)}'. Write a key and perhaps ASC or DESC, as in metrics.loss ASC.`,
    );
  }
  const operand = operandOf(first.text, attributes);
  if (operand.entity === 'dataset') throw invalid(`Invalid order_by entity type 'dataset'`);
  return { operand, descending: way === 'DESC' };
}

export function matches(clauses: readonly Clause[], searched: Searched): boolean {
  return clauses.every(({ operand: { entity, key }, test }) => {
    if (entity !== 'dataset') return test(read(entity, key, searched));
    const values = searched.dataset?.(key) ?? [];
    return values.length === 0 ? test(undefined) : values.some(test);
  });
}

/** In the orders given, then as they stood: numbers before NaN before what has no value, whichever way. */
export function inOrder<T>(things: readonly T[], orders: readonly Order[], searched: (thing: T) => Searched): T[] {
  if (orders.length === 0) return [...things];
  const keyed = things.map((thing) => {
    const from = searched(thing);
    return { thing, keys: orders.map(({ operand: { entity, key } }) => read(entity, key, from)) };
  });
  keyed.sort((a, b) => {
    for (const [index, { descending }] of orders.entries()) {
      const difference = compare(a.keys[index], b.keys[index], descending);
      if (difference !== 0) return difference;
    }
    return 0;
  });
  return keyed.map(({ thing }) => thing);
}

/** The metrics that are looked at. */
export function metricsIn(clauses: readonly Clause[], orders: readonly Order[]): string[] {
  const operands = [...clauses, ...orders].map(({ operand }) => operand).filter(({ entity }) => entity === 'metric');
  return [...new Set(operands.map(({ key }) => key))];
}

function read(entity: Entity, key: string, searched: Searched): string | number | undefined {
  switch (entity) {
    case 'metric':
      return searched.metric(key);
    case 'param':
      return searched.param(key);
    case 'tag':
      return searched.tag(key);
    default:
      return searched.attribute(key);
  }
}

function compare(a: string | number | undefined, b: string | number | undefined, descending: boolean): number {
  const rank = (value: string | number | undefined): number => (value === undefined ? 2 : Number.isNaN(value) ? 1 : 0);
  if (rank(a) !== rank(b) || rank(a) > 0) return rank(a) - rank(b);
  const rising = (a as string) < (b as string) ? -1 : a === b ? 0 : 1;
  return descending ? -rising : rising;
}

function comparison(operator: string, { kind }: Operand, wanted: string | number): Clause['test'] | undefined {
  switch (operator) {
    case '=':
      return (given) => given === wanted;
    case '!=':
      return (given) => given !== undefined && given !== wanted;
  }
  // MLflow orders numbers only.
  if (kind === 'text') return undefined;
  const number = wanted as number;
  switch (operator) {
    case '<':
      return (given) => (given as number) < number;
    case '<=':
      return (given) => (given as number) <= number;
    case '>':
      return (given) => (given as number) > number;
    case '>=':
      return (given) => (given as number) >= number;
    default:
      return undefined;
  }
}

function operandOf(text: string, attributes: Attributes): Operand {
  const dot = /^(\w+)\.(.+)$/s.exec(text);
  const entity = dot === null ? 'attribute' : ENTITIES[(dot[1] as string).toLowerCase()];
  if (entity === undefined) {
    throw invalid(
      `Invalid entity type '${dot?.[1]?.slice(0, 50)}'. Valid values are metric, parameter, tag, attribute and dataset.`,
    );
  }
  const key = unquote(dot?.[2] ?? text);
  if (entity === 'attribute') {
    const attribute = attributes.get(key);
    if (attribute !== undefined) return { entity, key: attribute.name, kind: attribute.kind };
    const names = [...new Set([...attributes.values()].map(({ name }) => name))].join(', ');
    throw invalid(`Invalid attribute key '${key.slice(0, 100)}' specified. Valid keys are ${names}.`);
  }
  if (entity === 'dataset' && !DATASET_KEYS.has(key)) {
    throw invalid(`Invalid dataset key '${key.slice(0, 100)}' specified. Valid keys are ${[...DATASET_KEYS].join(', ')}.`);
  }
  return { entity, key, kind: entity === 'metric' ? 'number' : 'text' };
}

function tokensOf(text: string): Token[] {
  if (text.length > MAX_CHARACTERS) throw invalid(`The filter has ${text.length} characters; the limit is ${MAX_CHARACTERS}.`);
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  let end = 0;
  for (;;) {
    const found = TOKEN.exec(text);
    if (found === null) break;
    end = TOKEN.lastIndex;
    const [, quoted, symbol, word] = found;
    if (quoted !== undefined) tokens.push({ kind: 'string', text: quoted });
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol });
    else tokens.push({ kind: 'word', text: word as string });
  }
  if (text.slice(end).trim() !== '') throw invalid(`Error on parsing filter near "${text.slice(end).trim().slice(0, 50)}"`);
  return tokens;
}

function unquote(text: string): string {
  const quote = text[0] as string;
  if (text.length < 2 || !'\'"`'.includes(quote) || text.at(-1) !== quote) return text;
  return text.slice(1, -1).replaceAll(quote + quote, quote);
}

function shown({ entity, key }: Operand): string {
  return `${entity} '${key.slice(0, 100)}'`;
}

function invalid(sentence: string): MlflowError {
  return new MlflowError('INVALID_PARAMETER_VALUE', sentence);
}

import { BadRequest } from '@vitrine/model/bad-request.ts';
import { quoteIdentifier, quoteString } from './quote.ts';
import type { InfluxSelect, QueryPart, TagCondition } from './select.ts';

/**
 * What the builder put together as InfluxQL, with `$timeFilter` where the range belongs. Throws BadRequest for a part that could
 * be no InfluxQL.
 */
export function printSelect(query: InfluxSelect): string {
  const conditions = query.tags.map(printCondition).join('');
  const where = conditions === '' ? '$timeFilter' : `(${conditions}) AND $timeFilter`;
  return [
    `SELECT ${query.select.map(printColumn).join(', ')} FROM ${printFrom(query)} WHERE ${where}`,
    printGroupBy(query.groupBy),
    query.orderByTime === 'DESC' ? 'ORDER BY time DESC' : '',
    query.limit === '' ? '' : `LIMIT ${count('limit', query.limit)}`,
    query.slimit === '' ? '' : `SLIMIT ${count('slimit', query.slimit)}`,
    query.tz === '' ? '' : `tz(${quoteString(query.tz)})`,
  ]
    .filter((clause) => clause !== '')
    .join(' ');
}

function printFrom({ measurement, policy }: InfluxSelect): string {
  const name = isRegex(measurement) ? measurement : quoteIdentifier(measurement);
  return policy === '' || policy === 'default' ? name : `${quoteIdentifier(policy)}.${name}`;
}

function printColumn(parts: readonly QueryPart[], index: number): string {
  return parts.reduce((inner, part) => printPart(`select[${index}]`, inner, part), '');
}

function printPart(field: string, inner: string, { type, params }: QueryPart): string {
  const [first = ''] = params;
  switch (type) {
    case 'field':
    case 'tag':
      return printName(first);
    case 'math':
      return `${inner}${code(field, first)}`;
    case 'alias':
      return `${inner} AS ${quoteIdentifier(first)}`;
    default:
      if (!/^[a-z_]{1,50}$/i.test(type)) throw new BadRequest(field, `"${type.slice(0, 50)}" is not the name of a function`);
      return `${type}(${[inner, ...params.map((one) => code(field, one))].filter((one) => one !== '').join(', ')})`;
  }
}

/** `"usage"`, `"usage"::field`, `*`, `/re/`. */
function printName(name: string): string {
  if (name === '*' || isRegex(name)) return name;
  const [, bare = name, type = ''] = /^(.*?)(::(?:tag|field|float|integer|string|boolean))$/s.exec(name) ?? [];
  return `${quoteIdentifier(bare)}${type}`;
}

function printGroupBy(groupBy: readonly QueryPart[]): string {
  const fill = groupBy.find(({ type }) => type === 'fill');
  const by = groupBy
    .filter(({ type }) => type !== 'fill')
    .map(({ type, params }) =>
      type === 'time' ? `time(${params.map((one) => code('groupBy', one)).join(', ')})` : printName(params[0] ?? ''),
    );
  if (by.length === 0) return '';
  return `GROUP BY ${by.join(', ')}${fill === undefined ? '' : ` fill(${code('groupBy', fill.params[0] ?? 'null')})`}`;
}

const OPERATORS = new Set(['=', '!=', '<>', '=~', '!~', '<', '<=', '>', '>=']);

function printCondition({ key, operator, value, condition }: TagCondition, index: number): string {
  const joined = index === 0 ? '' : ` ${condition} `;
  const field = `tags[${index}]`;
  if (operator === 'Is' || operator === 'Is Not')
    return `${joined}${printName(key)} ${operator === 'Is' ? '=' : '!='} ${printLiteral(value)}`;
  const by = operator ?? (isRegex(value) ? '=~' : '=');
  if (!OPERATORS.has(by)) throw new BadRequest(field, `"${by.slice(0, 20)}" is not an operator such as = or =~`);
  return `${joined}${printName(key)} ${by} ${printOperand(field, by, value)}`;
}

function printOperand(field: string, operator: string, value: string): string {
  if (operator === '=~' || operator === '!~') return isRegex(value) ? value : `/${value.replaceAll('/', String.raw`\/`)}/`;
  if (operator.startsWith('<') || operator.startsWith('>')) return operator === '<>' ? quoteString(value) : code(field, value);
  return quoteString(value);
}

/** Fields are of types: true, a number or a text. */
function printLiteral(value: string): string {
  return /^(?:true|false|-?\d+(?:\.\d+)?)$/i.test(value) || /^'.*'$/s.test(value) ? value : quoteString(value);
}

function isRegex(text: string): boolean {
  return /^\/.+\/$/s.test(text);
}

function count(field: string, text: string): string {
  return /^(?:\d+|\$\w+|\$\{\w+\}|\[\[\w+\]\])$/.test(text) ? text : refuse(field, `"${text.slice(0, 50)}" is not a number`);
}

/** What stands outside of quotes: durations, numbers, operators. Nothing that could begin another clause. */
function code(field: string, text: string): string {
  return text.length <= 200 && !/[;'"`\\]|--|\/\*/.test(text)
    ? text
    : refuse(field, `"${text.slice(0, 50)}" is no number, duration or formula`);
}

function refuse(field: string, problem: string): never {
  throw new BadRequest(field, problem);
}

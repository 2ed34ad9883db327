import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { QueryContext, VariableFormat } from '../../../contract.ts';
import { type AskedTime, writeDuration } from '../range.ts';
import { INFLUXQL, isWord, tokenize } from '../tokens.ts';
import { fillMacros } from './macros.ts';

/**
 * SQL as it is asked: variables and macros filled in. Throws BadRequest for a statement that does more than read, or a macro that
 * lacks its column, and where filters wait that no place is known for.
 */
export function prepareSql(text: string, context: QueryContext, time: AskedTime): string {
  if (context.filters.some(({ key }) => key !== ''))
    throw new BadRequest(
      'filters',
      'cannot be put into SQL; write the condition with a variable, such as WHERE host IN (${host:sqlstring})',
    );
  const step = writeDuration(time.stepMs);
  const macros = { interval: step, __interval: step, __interval_ms: String(time.stepMs) };
  const filled = tokenize(text, INFLUXQL)
    .map(({ kind, text: piece }) =>
      kind === 'comment' ? ' ' : context.replace(piece, kind === 'text' ? inString : kind === 'name' ? inName : asList, macros),
    )
    .join('');
  const sql = fillMacros(filled, time).trim().replace(/;\s*$/, '');
  checkReads(sql);
  return sql;
}

function checkReads(sql: string): void {
  const tokens = tokenize(sql, INFLUXQL).filter(({ kind }) => kind !== 'space' && kind !== 'comment');
  if (!isWord(tokens[0], 'SELECT', 'WITH', 'SHOW', 'EXPLAIN', 'DESCRIBE') && tokens[0]?.text !== '(')
    throw new BadRequest('query', `begins with "${tokens[0]?.text.slice(0, 50) ?? ''}"; only SELECT and the like are asked`);
  if (tokens.some(({ kind, text }) => kind === 'symbol' && text === ';'))
    throw new BadRequest('query', 'holds more than one statement; ask them as queries of their own');
}

/** Doubled, as SQL escapes it. */
const inString: VariableFormat = (value) => (typeof value === 'string' ? value : value.join(',')).replaceAll("'", "''");
const inName: VariableFormat = (value) => (typeof value === 'string' ? value : value.join(',')).replaceAll('"', '""');
/** One value as it is, several as the list that IN takes. */
const asList: VariableFormat = (value) =>
  typeof value === 'string' ? value : value.map((one) => `'${one.replaceAll("'", "''")}'`).join(',');

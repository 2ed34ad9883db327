import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { AdhocFilter } from '@vitrine/model/variable.ts';
import { escapeRegex } from '@vitrine/compute/variable/format.ts';
import type { QueryContext } from '../../../contract.ts';
import { fillText } from '../fill-text.ts';
import { type AskedTime, writeDuration } from '../range.ts';
import type { InfluxSettings } from '../spec.ts';
import { FLUX, isWord, type Token, tokenize } from '../tokens.ts';

/** Flux as it is asked: variables and `v.…` filled in, the filters behind every `range()`. Throws BadRequest. */
export function prepareFlux(
  text: string,
  context: QueryContext,
  time: AskedTime,
  settings: Pick<InfluxSettings, 'defaultBucket' | 'organization'>,
): string {
  const step = writeDuration(time.stepMs);
  const macros = { __interval: step, interval: step, __interval_ms: String(time.stepMs) };
  const filled = fillText(text, FLUX, context.replace, macros);
  return addFilters(fillRecord(tokenize(filled, FLUX), time, settings), context.filters);
}

function fillRecord(
  tokens: readonly Token[],
  { fromMs, toMs, stepMs }: AskedTime,
  { defaultBucket, organization }: Pick<InfluxSettings, 'defaultBucket' | 'organization'>,
): Token[] {
  const values: Readonly<Record<string, string>> = {
    timeRangeStart: new Date(fromMs).toISOString(),
    timeRangeStop: new Date(toMs).toISOString(),
    windowPeriod: `${stepMs}ms`,
    bucket: quote(defaultBucket),
    defaultBucket: quote(defaultBucket),
    organization: quote(organization),
  };
  const out: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    const value = token.text === 'v' && tokens[at + 1]?.text === '.' ? values[tokens[at + 2]?.text ?? ''] : undefined;
    if (value === undefined || tokens[at - 1]?.text === '.') {
      out.push(token);
      continue;
    }
    out.push({ kind: 'word', text: value });
    at += 2;
  }
  return out;
}

function addFilters(tokens: readonly Token[], filters: readonly AdhocFilter[]): string {
  const conditions = filters.filter(({ key }) => key !== '').map(printFilter);
  if (conditions.length === 0) return tokens.map(({ text }) => text).join('');
  const filter = ` |> filter(fn: (r) => ${conditions.join(' and ')})`;
  let out = '';
  let found = 0;
  /** How many brackets were open where each range() began. */
  const open: number[] = [];
  let depth = 0;
  let before: Token | undefined;
  let beforeThat: Token | undefined;
  for (const token of tokens) {
    out += token.text;
    if (token.kind === 'space' || token.kind === 'comment') continue;
    if (token.kind === 'symbol' && token.text === '(') {
      if (isWord(before, 'RANGE') && beforeThat?.text === '|>') open.push(depth);
      depth++;
    }
    if (token.kind === 'symbol' && token.text === ')') {
      depth--;
      if (open.at(-1) === depth) {
        open.pop();
        out += filter;
        found++;
      }
    }
    [beforeThat, before] = [before, token];
  }
  if (found === 0) throw new BadRequest('filters', 'stand behind "|> range(…)" in Flux, and the query has none; add it');
  return out;
}

function printFilter({ key, operator, value, values }: AdhocFilter): string {
  const column = `r[${quote(key)}]`;
  const regex = (text: string): string => `/${text.replace(/\\?\//g, String.raw`\/`).replaceAll('\n', String.raw`\n`)}/`;
  switch (operator) {
    case '=':
      return `${column} == ${quote(value)}`;
    case '!=':
      return `${column} != ${quote(value)}`;
    case '=~':
    case '!~':
      return `${column} ${operator} ${regex(value)}`;
    case '=|':
    case '!=|':
      return `${column} ${operator === '=|' ? '=~' : '!~'} ${regex(`^(?:${(values ?? [value]).map(escapeRegex).join('|')})$`)}`;
    case '<':
    case '>':
      throw new BadRequest('filters', `"${key} ${operator} ${value}": tags are compared with =, !=, =~ and !~ only`);
  }
}

function quote(text: string): string {
  return `"${text
    .replace(/[\\"]/g, String.raw`\$&`)
    .replaceAll('${', String.raw`\${`)
    .replaceAll('\n', String.raw`\n`)}"`;
}

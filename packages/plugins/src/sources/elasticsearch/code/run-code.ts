import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Notice } from '@vitrine/model/frame.ts';
import type { AdhocFilter } from '@vitrine/model/variable.ts';
import type { QueryAnswer, QueryContext } from '../../../contract.ts';
import { intervalMacros, timeFieldOf } from '../prepare.ts';
import type { CodeQuery, ElasticsearchQuery, ElasticsearchSettings } from '../spec.ts';
import { askCode, languageName, takesFilter } from './ask-code.ts';
import { type CodeNeeds, fillCode, quoteField, quoteText, writeInstant } from './fill-code.ts';
import { readRows, shapeCode } from './read-rows.ts';

/** Asks a text in a language of the server's own, and shapes what it answers. */
export async function runCode(
  settings: ElasticsearchSettings,
  fetchFrom: typeof fetch,
  isOpenSearch: boolean,
  refId: string,
  query: ElasticsearchQuery,
  { language, format }: CodeQuery,
  context: QueryContext,
): Promise<QueryAnswer> {
  const startedMs = performance.now();
  const { shown, signal, filters, limits, replace } = context;
  if (query.query.trim() === '') throw new BadRequest('query', `is empty; write ${languageName(language)}`);
  const timeField = timeFieldOf(settings, query.timeField);
  const macros = intervalMacros(Math.max(context.stepMs, settings.minIntervalMs));
  const needs: CodeNeeds = { language, isOpenSearch, ...shown, replace, macros };
  const filled = fillCode(query.query, needs).trim();
  const text = language === 'PPL' ? narrowPpl(filled, timeField, filters, needs) : filled;
  const question = { language, isOpenSearch, text, timeField, range: shown, filters };
  const answer = readRows(await askCode(settings, fetchFrom, question, signal));
  const frame = shapeCode(refId, format, answer, limits.maxSeries);
  return {
    frames: [frame],
    growable: false,
    notices: language === 'PPL' || takesFilter(question) ? [] : unfiltered(refId, filters),
    trace: {
      refId,
      source: settings.name,
      executed: text,
      stepMs: 0,
      elapsedMs: performance.now() - startedMs,
      seriesRead: Math.max(0, frame.fields.length - 1),
      samplesRead: answer.rows.length,
    },
  };
}

/** OpenSearch's SQL takes no search beside its text, and the text is not taken apart. */
function unfiltered(refId: string, filters: readonly AdhocFilter[]): Notice[] {
  if (filters.length === 0) return [];
  return [{ level: 'warning', text: `Query ${refId} is written as SQL, and the dashboard’s filters are not put into it.` }];
}

/** `source=logs | …` with the range and the filters behind the source. What describes or shows has neither. */
function narrowPpl(text: string, timeField: string, filters: readonly AdhocFilter[], needs: CodeNeeds): string {
  const [, source] = /^((?:search\s+)?(?:source|index)\s*=\s*(?:[^|`"']|`[^`]*`|"[^"]*"|'[^']*')*)/i.exec(text) ?? [];
  if (source === undefined) return text;
  const time = quoteField(timeField, needs);
  const range = `${time} >= ${writeInstant(needs.fromMs, needs)} and ${time} < ${writeInstant(needs.toMs, needs)}`;
  const clauses = [range, ...filters.map((filter) => pplClause(filter, needs))];
  const rest = text.slice(source.length).trimStart();
  return `${source.trimEnd()} | where ${clauses.join(' and ')}${rest === '' ? '' : ` ${rest}`}`;
}

function pplClause({ key, operator, value, values }: AdhocFilter, needs: CodeNeeds): string {
  const field = quoteField(key, needs);
  const text = (one: string): string => quoteText(one, needs);
  switch (operator) {
    case '=':
    case '!=':
      return `${field} ${operator} ${text(value)}`;
    case '<':
    case '>':
      return `${field} ${operator} ${value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : text(value)}`;
    case '=|':
    case '!=|':
      return `${operator === '=|' ? '' : 'not '}${field} in (${(values ?? [value]).map(text).join(', ')})`;
    case '=~':
    case '!~':
      return `${operator === '=~' ? '' : 'not '}${field} regexp ${text(value)}`;
  }
}

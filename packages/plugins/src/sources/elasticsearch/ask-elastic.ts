import { QueryError } from '@vitrine/model/sample-store.ts';
import { askServer, type HttpQuestion } from '../ask-server.ts';
import type { ElasticsearchSettings } from './spec.ts';

/** What JSON can say, read with care: it came from elsewhere. */
export type Json = Readonly<Record<string, unknown>>;

/** Asks for JSON. Throws QueryError with the server's reason as a sentence, LimitExceeded for an answer too large. */
export async function askElastic(
  settings: ElasticsearchSettings,
  fetchFrom: typeof fetch,
  question: HttpQuestion,
): Promise<Json> {
  const { status, text } = await askServer(settings, fetchFrom, question);
  const { name } = settings;
  if (status === 401)
    throw new QueryError('execution', `The data source "${name}" refuses the user or the password (HTTP status 401).`);
  let answer: Json;
  try {
    answer = asObject(JSON.parse(text) as unknown);
  } catch (cause) {
    throw new QueryError(
      'execution',
      `The data source "${name}" answered HTTP status ${status} with something else than JSON. Is its address that of an Elasticsearch or OpenSearch server?`,
      undefined,
      { cause },
    );
  }
  if (status >= 400 || answer['error'] !== undefined) throw refusal(name, answer['error'], status);
  return answer;
}

/** Why a search failed, from the error that the server describes. */
export function refusal(name: string, error: unknown, status: number): QueryError {
  const { type, reason, index } = rootCause(error);
  const mend = MENDS.find(([pattern]) => pattern.test(`${type}: ${reason}`))?.[1];
  if (type === 'index_not_found_exception')
    return new QueryError('execution', `The data source "${name}" has no index "${index}".`);
  if (status === 403 || type === 'security_exception')
    return new QueryError(
      'execution',
      `The data source "${name}" does not let this user ask that (HTTP status ${status})${reason === '' ? '' : `: ${short(reason)}`}.`,
    );
  const said = reason === '' ? `HTTP status ${status}` : sentence(reason);
  const code = status === 400 ? 'bad_data' : status === 429 || type.includes('too_many') ? 'limit' : 'execution';
  return new QueryError(code, `The data source "${name}" refuses: ${said}${mend === undefined ? '' : ` ${mend}`}`);
}

/** What to do about what is often wrong. */
const MENDS: readonly (readonly [RegExp, string])[] = [
  [
    /Text fields are not optimised|Fielddata is disabled/,
    'Words of a text cannot be grouped or reckoned with; take its keyword field, such as message.keyword.',
  ],
  [/too_many_buckets|Trying to create too many buckets/, 'Take a longer interval, a shorter range or smaller groups.'],
  [/circuit_breaking/, 'The server has too little memory for it; take a shorter range or fewer groups.'],
  [/Unknown aggregation type \[(rate|top_metrics)\]/, 'OpenSearch has no rate or top metrics.'],
  [/Result window is too large/, 'Ask for fewer documents.'],
  [/compile error|script_lang not supported/, 'See the script of the metric.'],
  [/es_rejected_execution|rejected_execution/, 'The server has more questions than it can answer; ask again in a while.'],
];

/** The first cause that says something: what stands outside of it is "all shards failed". */
function rootCause(error: unknown): { readonly type: string; readonly reason: string; readonly index: string } {
  if (typeof error === 'string') return { type: '', reason: error, index: '' };
  const whole = asObject(error);
  const first = asList(whole['root_cause'])[0] ?? asList(whole['failed_shards']).map((it) => asObject(it)['reason'])[0];
  let cause = asObject(first ?? whole);
  // A script's error says where it stands in the cause of its cause.
  for (let depth = 0; depth < 5; depth++) {
    const inner = asObject(cause['caused_by']);
    if (typeof inner['reason'] !== 'string') break;
    if (typeof cause['reason'] === 'string' && !/^(failed to|all shards|runtime error|compile error)/i.test(cause['reason']))
      break;
    cause = inner;
  }
  const outer = asObject(whole['caused_by']);
  const reason = asText(cause['reason']) || asText(outer['reason']) || asText(whole['reason']);
  return { type: asText(cause['type']) || asText(whole['type']), reason, index: asText(cause['index']) };
}

function sentence(reason: string): string {
  const text = short(reason);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function short(reason: string): string {
  return reason.length > 600 ? `${reason.slice(0, 600)}…` : reason;
}

export function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

export function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

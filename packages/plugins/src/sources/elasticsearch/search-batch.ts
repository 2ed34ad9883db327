import { QueryError } from '@vitrine/model/sample-store.ts';
import { asList, askElastic, asObject, type Json, refusal } from './ask-elastic.ts';
import type { ElasticsearchSettings } from './spec.ts';

/** One search of `_msearch`. */
export interface Search {
  /** Names with commas between. */
  readonly index: string;
  readonly body: Json;
}

/** Asks one search. Throws QueryError with a sentence. */
export type AskSearch = (search: Search, signal: AbortSignal) => Promise<Json>;

interface Waiting {
  readonly search: Search;
  readonly signal: AbortSignal;
  readonly resolve: (answer: Json) => void;
  readonly reject: (reason: unknown) => void;
}

/** What fits into one request. */
const MAX_BATCH = 30;

/**
 * Searches of the same moment, as those of a page's panels, go in one `_msearch`. It is given up where all who asked have;
 * one that fails fails for itself.
 */
export function searchBatches(settings: ElasticsearchSettings, fetchFrom: typeof fetch): AskSearch {
  let waiting: Waiting[] = [];
  const flush = (): void => {
    const all = waiting.filter(({ signal }) => !signal.aborted);
    waiting = [];
    for (let at = 0; at < all.length; at += MAX_BATCH) void send(settings, fetchFrom, all.slice(at, at + MAX_BATCH));
  };
  return (search, signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      signal.addEventListener('abort', () => reject(signal.reason as unknown), { once: true });
      waiting.push({ search, signal, resolve, reject });
      if (waiting.length === 1) setTimeout(flush, 0);
    });
}

async function send(settings: ElasticsearchSettings, fetchFrom: typeof fetch, batch: readonly Waiting[]): Promise<void> {
  const all = new AbortController();
  const giveUp = (): void => {
    if (batch.every(({ signal }) => signal.aborted)) all.abort();
  };
  for (const { signal } of batch) signal.addEventListener('abort', giveUp);
  try {
    const lines = batch.flatMap(({ search }) => [
      JSON.stringify({ ignore_unavailable: true, index: search.index.split(',') }),
      JSON.stringify(search.body),
    ]);
    const answer = await askElastic(settings, fetchFrom, {
      method: 'POST',
      path: '_msearch',
      headers: { 'content-type': 'application/x-ndjson' },
      body: `${lines.join('\n')}\n`,
      signal: all.signal,
    });
    const responses = asList(answer['responses']);
    for (const [at, { resolve, reject }] of batch.entries()) {
      const one = asObject(responses[at]);
      if (one['error'] !== undefined) reject(refusal(settings.name, one['error'], Number(one['status'] ?? 500)));
      else if (responses[at] === undefined)
        reject(new QueryError('execution', `The data source "${settings.name}" left a search without an answer.`));
      else resolve(one);
    }
  } catch (error) {
    for (const { reject } of batch) reject(error);
  } finally {
    for (const { signal } of batch) signal.removeEventListener('abort', giveUp);
  }
}

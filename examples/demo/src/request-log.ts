import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/** One answered request, as the log has it: a JSON line, or a document of an index. */
export interface LoggedRequest {
  /** When the answer was out, and the request was counted. RFC 3339, milliseconds. */
  readonly '@timestamp': string;
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly model: string;
  readonly version: string;
  /** The HTTP status. */
  readonly code: number;
  /** The very number that the histogram of durations observed. */
  readonly duration_seconds: number;
  /** The class chosen for each picture; empty where there was no prediction. */
  readonly predicted: readonly number[];
  /** The classes that the sender says they are; absent where it did not say. */
  readonly actual?: readonly number[];
  /** The probability of each chosen class. */
  readonly confidence: readonly number[];
  /** Why there was no prediction: the `reason` of `inference_errors_total`. */
  readonly reason?: string;
}

export interface RequestLog {
  /** Keeps nobody waiting: what is written goes out in batches. */
  write(request: LoggedRequest): void;
  /** Resolves when all that was written is out, or cannot be. */
  close(): Promise<void>;
}

const FLUSH_MS = 500;
/** What waits while the log cannot be written; beyond it the oldest are lost, and counted. */
const MOST_WAITING = 10_000;
const BATCH = 1_000;
const SEND_MS = 10_000;

/** So that words can be grouped by, and numbers are numbers before the first document says so. */
const MAPPINGS = {
  properties: {
    '@timestamp': { type: 'date' },
    level: { type: 'keyword' },
    message: { type: 'text' },
    model: { type: 'keyword' },
    version: { type: 'keyword' },
    code: { type: 'integer' },
    duration_seconds: { type: 'double' },
    predicted: { type: 'integer' },
    actual: { type: 'integer' },
    confidence: { type: 'double' },
    reason: { type: 'keyword' },
  },
};

/**
 * Where requests are logged: JSON lines behind those of a file, or, for an address that ends in an index
 * (`http://127.0.0.1:9200/requests`), documents of OpenSearch or Elasticsearch, sent by `_bulk`. `say` is told what goes wrong, once
 * each time that it begins to.
 */
export function openRequestLog(to: string, say: (sentence: string) => void): RequestLog {
  return batched(/^https?:\/\//.test(to) ? sendTo(new URL(to), say) : appendTo(to), to, say);
}

type Send = (requests: readonly LoggedRequest[], firstId: number) => Promise<void>;

function batched(send: Send, to: string, say: (sentence: string) => void): RequestLog {
  let waiting: LoggedRequest[] = [];
  /** The number of the first that waits. */
  let firstId = 0;
  let sending = Promise.resolve();
  let isFailing = false;
  let timer: NodeJS.Timeout | undefined;

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH);
      const id = firstId;
      try {
        await send(batch, id);
        isFailing = false;
      } catch (error) {
        if (!isFailing)
          say(`Requests cannot be logged to ${to}: ${(error as Error).message}; they wait, ${MOST_WAITING} at most.`);
        isFailing = true;
        return;
      }
      // Some may have been given up meanwhile.
      const sent = id + batch.length - firstId;
      waiting = waiting.slice(sent);
      firstId += sent;
    }
  }
  const soon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      sending = sending.then(flush).then(() => {
        if (waiting.length > 0) soon();
      });
    }, FLUSH_MS);
  };
  return {
    write(request) {
      waiting.push(request);
      if (waiting.length > MOST_WAITING) {
        waiting.shift();
        firstId += 1;
      }
      soon();
    },
    async close() {
      clearTimeout(timer);
      await sending;
      clearTimeout(timer);
      await flush();
    },
  };
}

function appendTo(path: string): Send {
  let folder: Promise<unknown> | undefined;
  return async (requests) => {
    folder ??= mkdir(dirname(path), { recursive: true });
    await folder;
    await appendFile(path, requests.map((request) => `${JSON.stringify(request)}\n`).join(''));
  };
}

function sendTo(index: URL, say: (sentence: string) => void): Send {
  // A batch that is sent again, its answer lost, is the same documents.
  const run = crypto.randomUUID();
  let isThere = false;
  const ask = async (method: string, path: string, type: string, body: string): Promise<Response> =>
    fetch(`${index.href.replace(/\/$/, '')}${path}`, {
      method,
      body,
      headers: { 'content-type': type },
      signal: AbortSignal.timeout(SEND_MS),
    });
  return async (requests, firstId) => {
    if (!isThere) {
      const made = await ask('PUT', '', 'application/json', JSON.stringify({ mappings: MAPPINGS }));
      const text = await made.text();
      if (!made.ok && !text.includes('resource_already_exists_exception'))
        throw new Error(`HTTP ${made.status}: ${text.slice(0, 300)}`);
      isThere = true;
    }
    const lines = requests.map((it, i) => `{"index":{"_id":"${run}-${firstId + i}"}}\n${JSON.stringify(it)}\n`);
    const answer = await ask('POST', '/_bulk', 'application/x-ndjson', lines.join(''));
    const text = await answer.text();
    if (!answer.ok) throw new Error(`HTTP ${answer.status}: ${text.slice(0, 300)}`);
    const { items } = JSON.parse(text) as { items: { index: { status: number; error?: { reason: string } } }[] };
    const refused = items.map(({ index }) => index).filter(({ error }) => error !== undefined);
    const busy = refused.find(({ status }) => status === 429 || status >= 500);
    if (busy !== undefined) throw new Error(busy.error?.reason ?? `HTTP ${busy.status}`);
    // Sent again they would be refused again, and hold up all that follow.
    if (refused.length > 0) say(`${refused.length} requests were refused by ${index.href}: ${refused[0]?.error?.reason}.`);
  };
}

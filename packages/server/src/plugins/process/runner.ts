/**
 * The process of one data source of a plugin: loads its module, and hands on questions and answers. It runs under Node's
 * permission model, and knows nothing of the server but what it is told.
 */
import { createHash } from 'node:crypto';
import { readFileSync, readSync, writeSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { Socket } from 'node:net';
import { join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { PluginServer, PluginSources } from '@vitrine/plugins/contract.ts';
import {
  encodeMessage,
  type FetchOutcome,
  type FromProcess,
  type Load,
  MessageReader,
  type Outcome,
  type Question,
  type ReplaceOutcome,
  type ReplaceRequest,
  type ToProcess,
  type WireError,
} from './wire.ts';

const MESSAGES_FD = 3;
const REPLACE_FD = 4;
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;
/** What of Node a plugin may import: what computes, and reaches nothing. */
const BUILTINS = new Set(
  [
    'assert',
    'buffer',
    'crypto',
    'events',
    'path',
    'querystring',
    'stream',
    'stream/promises',
    'stream/web',
    'string_decoder',
    'timers',
    'timers/promises',
    'url',
    'util',
    'util/types',
    'zlib',
  ].flatMap((name) => [name, `node:${name}`]),
);

/** Input that its sender can mend, as a plugin throws it. */
class BadRequest extends Error {
  override readonly name = 'BadRequest';
  readonly field: string;

  constructor(field: string, problem: string) {
    super(`${field}: ${problem}`);
    this.field = field;
  }
}

/** A question that cannot be answered, as a plugin throws it. */
class QueryError extends Error {
  override readonly name = 'QueryError';
  readonly code: string;

  constructor(code: string, sentence: string) {
    super(sentence);
    this.code = code;
  }
}

/** A server that could not be reached. */
class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** What is asked of a connected source, as its module may or may not have it. */
interface Connected {
  query?(refId: string, query: unknown, context: unknown): unknown;
  options?(spec: unknown, context: unknown): unknown;
  annotations?(spec: unknown, context: unknown): unknown;
  check?(signal: AbortSignal): unknown;
  suggest?(path: string, parameters: URLSearchParams, signal: AbortSignal): unknown;
}

interface Loaded {
  readonly parseQuery: (input: unknown) => unknown;
  readonly source: Connected;
}

const socket = new Socket({ fd: MESSAGES_FD, readable: true, writable: true });
// Plugins are left with less of it.
const own = process;
const asked = new Map<number, AbortController>();
const fetching = new Map<number, (outcome: FetchOutcome) => void>();
let lastFetch = 0;
const loading = Promise.withResolvers<Loaded>();
// Each question sees it; before the first nobody does.
loading.promise.catch(() => {});

const reader = new MessageReader(MAX_MESSAGE_BYTES);
socket.on('data', (chunk: Buffer) => {
  for (const message of reader.push(chunk) as ToProcess[]) take(message);
});
// The server is gone, or has let go of this process.
socket.on('close', () => own.exit(0));
socket.on('error', () => own.exit(0));

function send(message: FromProcess): void {
  socket.write(encodeMessage(message));
}

function take(message: ToProcess): void {
  switch (message.type) {
    case 'load':
      loading.resolve(load(message));
      return;
    case 'ask':
      void answer(message.id, message.question);
      return;
    case 'give-up':
      asked.get(message.id)?.abort(new DOMException('Nobody waits for the answer any longer.', 'AbortError'));
      return;
    case 'fetched':
      fetching.get(message.id)?.(message.outcome);
      return;
    case 'wake':
      send({ type: 'awake' });
      return;
  }
}

async function answer(id: number, question: Question): Promise<void> {
  const stop = new AbortController();
  asked.set(id, stop);
  let outcome: Outcome;
  try {
    outcome = { ok: true, value: await ask(await loading.promise, id, question, stop.signal) };
  } catch (error) {
    outcome = { ok: false, error: wireError(error) };
  } finally {
    asked.delete(id);
  }
  try {
    const bytes = encodeMessage({ type: 'answer', id, outcome } satisfies FromProcess);
    if (bytes.length > MAX_MESSAGE_BYTES) throw new Error(`its answer is larger than ${MAX_MESSAGE_BYTES / 1024 / 1024} MiB`);
    socket.write(bytes);
  } catch (error) {
    // A function in the answer, for one, cannot be sent.
    send({ type: 'answer', id, outcome: { ok: false, error: wireError(error) } });
  }
}

async function ask({ source, parseQuery }: Loaded, id: number, question: Question, signal: AbortSignal): Promise<unknown> {
  switch (question.method) {
    case 'query': {
      if (source.query === undefined) throw lacks('queries');
      return source.query(question.refId, parseQuery(question.spec), contextOf(id, question.context, signal));
    }
    case 'options':
      if (source.options === undefined) throw lacks('values for variables');
      return source.options(question.spec, contextOf(id, question.context, signal));
    case 'annotations':
      if (source.annotations === undefined) throw lacks('annotations');
      return source.annotations(question.spec, contextOf(id, question.context, signal));
    case 'check':
      // One that cannot be asked what it is was at least loaded and connected.
      return source.check === undefined ? { product: '', version: '', notes: [] } : source.check(signal);
    case 'suggest':
      if (source.suggest === undefined) throw lacks('help for writing queries');
      return source.suggest(question.path, new URLSearchParams(question.search), signal);
  }
}

function lacks(what: string): Error {
  return new BadRequest('source', `data sources of this kind have no ${what}`);
}

function contextOf(id: number, context: object, signal: AbortSignal): object {
  return {
    ...context,
    signal,
    replace(text: string, format?: unknown, macros?: Readonly<Record<string, string>>): string {
      const isFunction = typeof format === 'function';
      const outcome = replaceNow({
        id,
        text,
        format: typeof format === 'string' ? format : undefined,
        isFormatted: isFunction,
        macros: macros === undefined ? undefined : { ...macros },
      });
      if (!outcome.ok) throw Object.assign(new Error(outcome.error.message), outcome.error);
      if (!isFunction) return outcome.text;
      return outcome.values.reduce(
        (filled, { mark, value, variable }) =>
          filled.replaceAll(mark, () => String((format as (value: unknown, variable: unknown) => unknown)(value, variable))),
        outcome.text,
      );
    },
  };
}

/** Asks the server, and stands still until it answers: whoever fills in variables needs them now. */
function replaceNow(request: ReplaceRequest): ReplaceOutcome {
  const bytes = encodeMessage(request);
  for (let at = 0; at < bytes.length;) at += writeSync(REPLACE_FD, bytes, at);
  const answers = new MessageReader(MAX_MESSAGE_BYTES);
  const chunk = Buffer.alloc(64 * 1024);
  for (;;) {
    const length = readSync(REPLACE_FD, chunk);
    // The server is gone.
    if (length === 0) own.exit(0);
    const [outcome] = answers.push(Buffer.from(chunk.subarray(0, length)));
    if (outcome !== undefined) return outcome as ReplaceOutcome;
  }
}

async function load({ contract, folder, module, files, kind, settings }: Load): Promise<Loaded> {
  guardImports(folder, files);
  closeDoors();
  const { default: half } = (await import(pathToFileURL(join(folder, module)).href)) as { default?: unknown };
  if (typeof half !== 'function') throw new Error(`${module} exports no function by default`);
  const made = (await (half as PluginServer)(Object.freeze({ contract, BadRequest, QueryError }))) as Partial<Made> | undefined;
  const server = made?.datasources?.find(({ spec }) => spec?.kind === kind);
  if (server?.spec === undefined || typeof server.connect !== 'function')
    throw new Error(`${module} makes no data source of the kind "${kind}"`);
  const { spec, connect } = server;
  // What the plugin's own reader makes of the settings is what the plugin's own connect takes.
  const parsed = (spec.parseSettings === undefined ? settings : spec.parseSettings(settings)) as never;
  const source = (await connect(parsed, Object.freeze({ fetch: fetchThroughServer }))) as Connected | null | undefined;
  if (typeof source !== 'object' || source === null) throw new Error(`${module} connects to nothing`);
  return { source, parseQuery: (input) => (spec.parseQuery === undefined ? input : spec.parseQuery(input)) };
}

/** What a module makes, which may lack any of it. */
interface Made {
  readonly datasources: readonly { readonly spec?: Partial<Plugged['spec']>; readonly connect?: Plugged['connect'] }[];
}

type Plugged = PluginSources['datasources'][number];

/** Lets a plugin import its own files, as they were when it was installed, and what of Node reaches nothing. */
function guardImports(folder: string, files: ReadonlyMap<string, string>): void {
  const root = pathToFileURL(folder + sep).href;
  registerHooks({
    resolve(specifier, context, next) {
      if (BUILTINS.has(specifier)) return next(specifier, context);
      if (/^\.{1,2}\//.test(specifier) || specifier.startsWith(root)) {
        const { href } = new URL(specifier, context.parentURL);
        if (href.startsWith(root) && files.has(decodeURIComponent(href.slice(root.length)))) {
          return { url: href, format: 'module', shortCircuit: true };
        }
      }
      throw new Error(
        `"${specifier}" cannot be imported: a plugin's server half imports its own files, as its manifest names them, and of Node ${[...BUILTINS].filter((name) => name.startsWith('node:')).join(', ')}`,
      );
    },
    load(url, context, next) {
      if (!url.startsWith(root)) return next(url, context);
      const path = fileURLToPath(url);
      const source = readFileSync(path);
      const name = decodeURIComponent(url.slice(root.length));
      if (createHash('sha256').update(source).digest('hex') !== files.get(name))
        throw new Error(`its file "${name}" was changed since the server started`);
      return { format: 'module', source, shortCircuit: true };
    },
  });
}

/** A plugin reaches the network by the fetch that it is handed, which goes as far as its data source may. */
function closeDoors(): void {
  const closed = (): never => {
    throw new Error('a plugin reaches the network only by the fetch that is handed to connect()');
  };
  for (const name of ['fetch', 'WebSocket', 'EventSource']) Object.defineProperty(globalThis, name, { value: closed });
  Object.defineProperty(globalThis, 'process', { value: harmlessProcess() });
}

/** What of `process` only tells or waits: the rest sends signals to the server, or leads to Node's modules. */
function harmlessProcess(): object {
  const { arch, platform, version, versions, hrtime } = own;
  return {
    env: {},
    argv: [],
    arch,
    platform,
    version,
    versions,
    hrtime,
    memoryUsage: () => own.memoryUsage(),
    nextTick: (call: (...values: unknown[]) => void, ...values: unknown[]) => own.nextTick(call, ...values),
    exit: (code?: number) => own.exit(code),
  };
}

/** fetch() by the server. Redirects are not followed. */
async function fetchThroughServer(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  request.signal.throwIfAborted();
  const body = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer());
  const id = ++lastFetch;
  const fetched = Promise.withResolvers<FetchOutcome>();
  fetching.set(id, fetched.resolve);
  const giveUp = (): void => {
    send({ type: 'give-up-fetch', id });
    fetched.reject(request.signal.reason);
  };
  request.signal.addEventListener('abort', giveUp, { once: true });
  try {
    send({ type: 'fetch', id, request: { url: request.url, method: request.method, headers: [...request.headers], body } });
    const outcome = await fetched.promise;
    if (!outcome.ok) throw new Unreachable(outcome.message);
    const { status, headers } = outcome;
    return new Response([101, 204, 205, 304].includes(status) ? null : outcome.body, {
      status,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
    });
  } finally {
    fetching.delete(id);
    request.signal.removeEventListener('abort', giveUp);
  }
}

const MOST_LETTERS = 2_000;

/** What a plugin throws may be anything. */
function wireError(thrown: unknown): WireError {
  const { name, message, field, code } = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as Record<string, unknown>;
  const text = (value: unknown): string => (typeof value === 'string' ? value.slice(0, MOST_LETTERS) : '');
  return {
    name: text(name) || 'Error',
    message: text(message) || text(thrown) || 'it threw what says nothing',
    ...(typeof field === 'string' ? { field: text(field) } : {}),
    ...(typeof code === 'string' ? { code: text(code) } : {}),
  };
}

import { join } from 'node:path';
import { openCurveStore } from '@vitrine/tsdb/curves/open-curve-store.ts';
import { StoreOpenError } from '@vitrine/tsdb/store-open-error.ts';
import { tokensOver } from '../auth/tokens.ts';
import type { CommandLine } from '../config/command-line.ts';
import type { Settings } from '../config/keys.ts';
import { SERVED_AT } from '../config/listening-url.ts';
import { ConfigError, readConfig } from '../config/read-config.ts';
import { openDocumentStore } from '../documents/open-document-store.ts';
import { isServed } from '../plugins/install-plugin.ts';
import { openRuns } from '../runs/open-runs.ts';
import type { Runs } from '../runs/runs.ts';
import { complain } from './print.ts';

/** A server that does the work. */
export interface ServerTarget {
  readonly kind: 'server';
  readonly url: string;
  readonly token: string;
  /** Whether it is the one that runs on our data folder. */
  readonly isHere: boolean;
  close(): Promise<void>;
}

/** Where an import goes: to a server that runs, or into a data folder that none runs on. */
export type ImportTarget =
  | ServerTarget
  | { readonly kind: 'folder'; readonly data: string; readonly runs: Runs; close(): Promise<void> };

/** An import that takes longer than that has its token refused at its end. */
const TOKEN_MS = 24 * 3_600_000;

/** What `--url` and `--token`, or else the data folder, say. `scope` is what a token needs. Throws ConfigError. */
export async function importTarget(line: CommandLine, scope: 'admin' | 'ingest'): Promise<ImportTarget> {
  const target = await serverTarget(line, scope);
  if (target.kind === 'server') return target;
  const { settings } = target;
  const { data } = settings;
  const documents = await openDocumentStore(data, settings['sources.key-file']);
  const folder = join(data, 'runs');
  try {
    const curves = await openCurveStore({ folder, log: (_level, sentence) => complain(sentence) });
    const log = { error: ({ err }: { err: unknown }, sentence: string) => complain(`${sentence}: ${String(err)}`) };
    const runs = await openRuns({ documents: documents.runs, curves, folder, log });
    return {
      kind: 'folder',
      data,
      runs,
      async close() {
        await runs.close();
        await curves.close();
        await documents.close();
      },
    };
  } catch (error) {
    await documents.close();
    if (error instanceof StoreOpenError)
      throw new ConfigError(`${error.message}. Where a server is just starting or stopping there, try again in a moment.`, {
        cause: error,
      });
    throw error;
  }
}

/**
 * The server that `--url` and `--token` name, or that runs on the data folder; where none does, the settings that say where that is.
 * Throws ConfigError.
 */
export async function serverTarget(
  line: CommandLine,
  scope: 'admin' | 'ingest',
): Promise<ServerTarget | { readonly kind: 'none'; readonly settings: Settings }> {
  const { url, token } = line.options;
  if (url !== undefined) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      throw new ConfigError(`--url: "${url}" is not an address such as http://localhost:9470.`);
    if (token === undefined)
      throw new ConfigError(
        `--token: expected a token of that server with the scope ${scope}; "vitrine token create --scope ${scope}" makes one there.`,
      );
    return { kind: 'server', url: url.replace(/\/+$/, ''), token, isHere: false, close: async () => {} };
  }
  const { settings } = readConfig({
    flags: line.settings,
    env: process.env,
    file: line.options['config'],
    folder: process.cwd(),
  });
  const { data } = settings;
  if (!isServed(data)) return { kind: 'none', settings };
  const documents = await openDocumentStore(data, settings['sources.key-file']);
  const server = await documents.setting(SERVED_AT);
  if (server === undefined) {
    await documents.close();
    return { kind: 'none', settings };
  }
  const tokens = tokensOver(documents);
  const made = await tokens.create({
    name: 'vitrine import',
    scopes: [scope],
    expiresMs: Date.now() + TOKEN_MS,
  });
  complain(`A server runs on ${data}: it does the work, at ${server}.`);
  return {
    kind: 'server',
    url: server,
    token: made.token,
    isHere: true,
    async close() {
      await tokens.revoke(made.id);
      await documents.close();
    },
  };
}

/** What a server answers that does not do what it was asked. */
export class AskRefused extends ConfigError {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Asks the server something, or sends it bytes or JSON. Throws AskRefused with what it answers where that is no success, ConfigError where it does not. */
export async function askServer<T>(
  { url, token }: { readonly url: string; readonly token: string },
  path: string,
  body?: object,
): Promise<T> {
  const isBytes = body instanceof Uint8Array;
  let response: Response;
  try {
    response = await fetch(`${url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': isBytes ? 'application/octet-stream' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: isBytes ? body : JSON.stringify(body) }),
    });
  } catch (error) {
    throw new ConfigError(`${url} does not answer: ${causeOf(error)}.`, { cause: error });
  }
  const text = await response.text();
  if (!response.ok) throw new AskRefused(response.status, `${url} answered ${response.status}: ${sentenceOf(text)}`);
  return JSON.parse(text) as T;
}

function causeOf(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
}

function sentenceOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as { readonly error?: { readonly message?: string } };
    return error?.message ?? text.slice(0, 300);
  } catch {
    return text.slice(0, 300);
  }
}

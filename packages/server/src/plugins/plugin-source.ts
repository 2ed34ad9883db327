import { BadRequest } from '@vitrine/model/bad-request.ts';
import { QueryError } from '@vitrine/model/sample-store.ts';
import type { Datasource, DatasourceServer, QueryContext } from '@vitrine/plugins/contract.ts';
import { CONTRACT_VERSION } from '@vitrine/plugins/contract.ts';
import { checkAnnotations, checkJson, checkOptions, checkQueryAnswer, checkSourceCheck, clip } from './check-answer.ts';
import { fetchForPlugin, FetchRoom } from './fetch-for-plugin.ts';
import type { Manifest, ManifestSource } from './manifest.ts';
import type { PluginProcesses } from './plugin-processes.ts';
import { PluginProcess, ProcessEnded, type ProcessLimits } from './process/plugin-process.ts';
import type { AskedContext, Outcome, Question, ReplaceOutcome, ReplaceRequest, WireError } from './process/wire.ts';

export interface PluginSourceNeeds {
  readonly manifest: Manifest;
  /** Where its files stand. */
  readonly folder: string;
  readonly processes: PluginProcesses;
  readonly limits: ProcessLimits;
  /** Told a line of what the plugin writes. */
  readonly said: (line: string) => void;
}

/**
 * A kind of data source that a plugin brings. Each connected source runs in a process of its own, which its first question
 * starts: what its code does there costs the question that made it do so, and no other.
 */
export function pluginSource(
  { kind, aliases, title, description }: ManifestSource,
  needs: PluginSourceNeeds,
): DatasourceServer<unknown, unknown> {
  return {
    spec: {
      kind,
      aliases,
      title,
      description,
      // The page's half has them: it alone knows when one means something.
      controls: [],
      // Both are read where the plugin's code runs.
      parseSettings: (input) => input,
      parseQuery: (input) => input,
    },
    connect: (settings, { fetch }) => connectPlugin(kind, settings, fetch, needs),
  };
}

function connectPlugin(kind: string, settings: unknown, fetchFrom: typeof fetch, needs: PluginSourceNeeds): Datasource<unknown> {
  const { manifest, folder, processes, limits, said } = needs;
  const { name } = settings as { readonly name: string };
  /** Contexts of what is being asked, by the process' number of the question. */
  type Contexts = Map<number, QueryContext>;
  let running: { readonly process: PluginProcess; readonly contexts: Contexts } | undefined;
  let isClosed = false;
  // What was under way when a process ended is asked again one after the other, each in a process of its own.
  let alone: Promise<unknown> = Promise.resolve();

  const start = (contexts: Contexts): PluginProcess => {
    const room = new FetchRoom();
    return new PluginProcess({
      load: {
        type: 'load',
        contract: CONTRACT_VERSION,
        folder,
        // A manifest with data sources has a module for them.
        module: manifest.server as string,
        files: manifest.files,
        kind,
        settings,
      },
      limits,
      replace: (request) => replaceIn(contexts.get(request.id), request),
      fetch: (request, signal) => fetchForPlugin(request, fetchFrom, signal, room),
      said,
    });
  };

  function current(): { readonly process: PluginProcess; readonly contexts: Contexts } {
    if (running === undefined || running.process.isOver) {
      const contexts: Contexts = new Map();
      running = { process: start(contexts), contexts };
      processes.add(running.process);
    }
    return running;
  }

  async function askOf(
    process: PluginProcess,
    contexts: Contexts,
    question: Question,
    context: QueryContext | undefined,
    signal: AbortSignal,
  ): Promise<Outcome> {
    let asked = 0;
    try {
      return await process.ask((id) => {
        asked = id;
        if (context !== undefined) contexts.set(id, context);
        return question;
      }, signal);
    } finally {
      contexts.delete(asked);
      processes.used(process);
      if (isClosed && process.busy === 0) void process.stop();
    }
  }

  async function askAlone(question: Question, context: QueryContext | undefined, signal: AbortSignal): Promise<Outcome> {
    const turn = alone.then(async () => {
      signal.throwIfAborted();
      const contexts: Contexts = new Map();
      const process = start(contexts);
      try {
        return await askOf(process, contexts, question, context, signal);
      } finally {
        await process.stop();
      }
    });
    alone = turn.catch(() => {});
    return turn;
  }

  async function ask(question: Question, context: QueryContext | undefined, signal: AbortSignal): Promise<unknown> {
    let outcome: Outcome;
    try {
      try {
        const { process, contexts } = current();
        outcome = await askOf(process, contexts, question, context, signal);
      } catch (error) {
        // Which of those that were under way ended the process is not known: each is tried by itself.
        if (!(error instanceof ProcessEnded) || !error.withOthers) throw error;
        outcome = await askAlone(question, context, signal);
      }
    } catch (error) {
      if (!(error instanceof ProcessEnded)) throw error;
      throw new QueryError(
        'execution',
        `The plugin ${manifest.id} did not answer the data source "${name}": ${clip(error.message)}.`,
      );
    }
    if (outcome.ok) return outcome.value;
    throw errorOf(outcome.error, manifest.id, name);
  }

  /** What the plugin answers as the contract has it. */
  function checked<T>(check: () => T): T {
    try {
      return check();
    } catch (error) {
      const why = error instanceof BadRequest ? error.message : 'it cannot be read';
      throw new QueryError(
        'execution',
        `The plugin ${manifest.id} answered the data source "${name}" with what cannot be shown: ${clip(why)}.`,
        undefined,
        {
          cause: undefined,
        },
      );
    }
  }

  return {
    async query(refId, spec, context) {
      const answer = await ask({ method: 'query', refId, spec, context: plain(context) }, context, context.signal);
      return checked(() => checkQueryAnswer(answer, refId, name));
    },
    async options(spec, context) {
      const answer = await ask({ method: 'options', spec, context: plain(context) }, context, context.signal);
      return checked(() => checkOptions(answer));
    },
    async annotations(spec, context) {
      const answer = await ask({ method: 'annotations', spec, context: plain(context) }, context, context.signal);
      return checked(() => checkAnnotations(answer));
    },
    async check(signal) {
      const answer = await ask({ method: 'check' }, undefined, signal);
      return checked(() => checkSourceCheck(answer));
    },
    async suggest(path, parameters, signal) {
      const answer = await ask({ method: 'suggest', path, search: parameters.toString() }, undefined, signal);
      return checked(() => checkJson(answer));
    },
    async close() {
      isClosed = true;
      if (running !== undefined && running.process.busy === 0) await running.process.stop();
    },
  };
}

/** A context without what cannot travel. */
function plain({ signal: _signal, replace: _replace, ...context }: QueryContext): AskedContext {
  return context;
}

/** Characters of a text to be filled in, and of what comes of it: no query is longer, and the server does nothing else meanwhile. */
const MOST_REPLACED_CHARS = 1024 * 1024;

/** Fills in variables for a process that waits for them. */
function replaceIn(context: QueryContext | undefined, { text, format, isFormatted, macros }: ReplaceRequest): ReplaceOutcome {
  if (context === undefined)
    return { ok: false, error: { name: 'Error', message: 'replace() fills in nothing once the question is answered' } };
  const tooLong: ReplaceOutcome = {
    ok: false,
    error: { name: 'Error', message: `replace() takes and gives at most ${MOST_REPLACED_CHARS} characters` },
  };
  if (text.length > MOST_REPLACED_CHARS) return tooLong;
  try {
    if (!isFormatted) {
      const filled = context.replace(text, format, macros);
      return filled.length > MOST_REPLACED_CHARS ? tooLong : { ok: true, text: filled, values: [] };
    }
    const values: { mark: string; value: string | readonly string[]; variable: { name: string; multi: boolean } }[] = [];
    const filled = context.replace(
      text,
      (value, { name, multi }) => {
        // No text that anybody writes holds it.
        const mark = `\u{F0000}${values.length}\u{F0001}`;
        values.push({ mark, value, variable: { name, multi } });
        return mark;
      },
      macros,
    );
    return { ok: true, text: filled, values };
  } catch (error) {
    const { name, message } = error as Error;
    return { ok: false, error: { name, message, ...(error instanceof BadRequest ? { field: error.field } : {}) } };
  }
}

const CODES: readonly QueryError['code'][] = ['bad_data', 'execution', 'timeout', 'canceled', 'limit', 'unsupported'];

/** What a plugin threw, as the error of the catalogue that it means. */
function errorOf({ name, message, field, code }: WireError, plugin: string, source: string): Error {
  if (name === 'BadRequest' && field !== undefined && message.startsWith(`${field}: `))
    return new BadRequest(clip(field, 100), clip(message.slice(field.length + 2)));
  if (name === 'QueryError') return new QueryError(CODES.find((known) => known === code) ?? 'execution', clip(message));
  // The cause tells those who look after sources that nothing answered.
  if (name === 'Unreachable')
    return new QueryError('execution', clip(`The data source "${source}" of the plugin ${plugin}: ${message}`), undefined, {
      cause: new Error(clip(message)),
    });
  return new QueryError(
    'execution',
    `The plugin ${plugin} failed on a question to the data source "${source}": ${clip(`${name}: ${message}`)}`,
  );
}

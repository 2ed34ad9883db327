import { BadRequest, LimitExceeded } from '@vitrine/model/bad-request.ts';
import { QueryError } from '@vitrine/model/sample-store.ts';
import { replyFor } from '../http/errors.ts';
import { ANSWER_LIMITS, checkFrames, checkItems } from './answer-size.ts';
import type { RegisteredSource } from './data-source-registry.ts';
import { raceAbort } from './race-abort.ts';
import { redactor } from './redact.ts';
import type { OpenSource } from './sources.ts';
import { turns } from './turns.ts';

export type SourceQuestion = 'query' | 'options' | 'annotations' | 'check' | 'suggest';

/** How one question to a data source went. */
export interface AskedSource {
  readonly question: SourceQuestion;
  /** "ok", or the code of the catalogue of errors. */
  readonly outcome: string;
  readonly elapsedMs: number;
  /** What it says where its server gave no answer; undefined where it did, be it that the question is wrong. */
  readonly silence: string | undefined;
}

export interface SourceLimits {
  /** How long one question may take, its waiting for its turn not counted. */
  readonly timeoutMs: number;
  readonly onAsked: (asked: AskedSource) => void;
}

const USUAL_CONCURRENT = 10;
const MAX_CONCURRENT = 1_000;
/** Whoever sets a source up, or writes a query, waits for these. */
const SHORT_MS = { check: 30_000, suggest: 15_000 } as const;

/**
 * The source, asked by at most jsonData.maxConcurrent (10) questions at a time, each for so long and with an answer of so much;
 * whoever gives up, stops the question. No error of it repeats a secret.
 */
export function limitSource(own: OpenSource, { settings, secrets }: RegisteredSource, limits: SourceLimits): OpenSource {
  const { name } = own;
  const most = concurrentOf(settings);
  const turn = turns({
    most,
    longestWaitMs: limits.timeoutMs,
    tooLong: `The query waited ${limits.timeoutMs / 1_000} s for one of the ${most} places of the data source "${name}" (jsonData.maxConcurrent). Ask again when less is asked.`,
  });
  const redact = redactor(textsOf(settings, secrets));

  async function ask<T>(question: SourceQuestion, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const startedMs = performance.now();
    const asked = (outcome: string, silence?: string): void =>
      limits.onAsked({ question, outcome, elapsedMs: performance.now() - startedMs, silence });
    try {
      const answer = await turn(signal, async () => {
        const mostMs = Math.min(limits.timeoutMs, question === 'check' || question === 'suggest' ? SHORT_MS[question] : Infinity);
        const timeout = AbortSignal.timeout(mostMs);
        const both = AbortSignal.any([signal, timeout]);
        try {
          // A source that does not look at its signal keeps nobody waiting.
          return await raceAbort(work(both), both);
        } catch (error) {
          if (!timeout.aborted && !ranOut(signal)) throw error;
          const sentence = `The data source "${name}" did not answer within ${mostMs / 1_000} s.`;
          throw new QueryError('timeout', sentence, undefined, { cause: error });
        }
      });
      asked('ok');
      return answer;
    } catch (thrown) {
      if (signal.aborted && !ranOut(signal)) {
        asked('client_gone');
        throw signal.reason;
      }
      const error = redact.error(thrown);
      asked(replyFor(error).code, silenceOf(error));
      throw error;
    }
  }

  return {
    ...own,
    query: (refId, spec, context) =>
      ask('query', context.signal, async (signal) => {
        const answer = await own.query(refId, spec, { ...context, signal });
        checkFrames(name, answer.frames, ANSWER_LIMITS);
        return { ...answer, notices: answer.notices.map((notice) => ({ ...notice, text: redact(notice.text) })) };
      }),
    options: (spec, context) =>
      ask('options', context.signal, async (signal) => {
        const options = await own.options(spec, { ...context, signal });
        checkItems(name, 'values', options, ANSWER_LIMITS);
        return options;
      }),
    annotations: (spec, context) =>
      ask('annotations', context.signal, async (signal) => {
        const found = await own.annotations(spec, { ...context, signal });
        checkItems(name, 'marks', found, ANSWER_LIMITS);
        return found;
      }),
    check: (signal) => ask('check', signal, (both) => own.check(both)),
    suggest: (path, parameters, signal) => ask('suggest', signal, (both) => own.suggest(path, parameters, both)),
  };
}

/** Whether it was a time limit, and not somebody, that gave up. */
function ranOut({ aborted, reason }: AbortSignal): boolean {
  return aborted && reason instanceof DOMException && reason.name === 'TimeoutError';
}

function concurrentOf(settings: RegisteredSource['settings']): number {
  const more = settings['jsonData'];
  const said =
    typeof more === 'object' && more !== null ? Number((more as Record<string, unknown>)['maxConcurrent']) : Number.NaN;
  return said >= 1 ? Math.min(MAX_CONCURRENT, Math.floor(said)) : USUAL_CONCURRENT;
}

/** Secrets, and the header that Basic authentication makes of them. */
function textsOf(settings: RegisteredSource['settings'], secrets: RegisteredSource['secrets']): string[] {
  const user = settings['basicAuthUser'];
  const basic = Buffer.from(`${typeof user === 'string' ? user : ''}:${secrets['basicAuthPassword'] ?? ''}`).toString('base64');
  return [...Object.values(secrets), ...(secrets['basicAuthPassword'] === undefined ? [] : [basic])];
}

/** An error says that a server is silent where a time limit ran out, or where it came of another: of a connection that was refused. */
function silenceOf(error: unknown): string | undefined {
  if (error instanceof BadRequest || error instanceof LimitExceeded || !(error instanceof Error)) return undefined;
  if (error instanceof QueryError && error.code !== 'timeout' && error.cause === undefined) return undefined;
  return error.message;
}

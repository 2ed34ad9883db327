import { readDurationMs } from '@vitrine/model/duration.ts';
import type { Selector } from '@vitrine/model/sample-store.ts';
import { QueryError } from '@vitrine/model/sample-store.ts';
import { compileMatcher } from '@vitrine/promql/match.ts';
import { describeParseError, parseSelector } from '@vitrine/promql/parse.ts';
import type { FastifyRequest } from 'fastify';
import { ApiError } from './api-error.ts';

/** What a Date can hold: Prometheus' own bounds lie beyond, and times there have no samples. */
export const MIN_TIME_MS = -8.64e15;
export const MAX_TIME_MS = 8.64e15;

/** A request's parameters, from its form body and its URL. The body's come first, as in Go. */
export class Params {
  readonly #sources: readonly URLSearchParams[];

  constructor(sources: readonly URLSearchParams[]) {
    this.#sources = sources;
  }

  static of(request: FastifyRequest): Params {
    const at = request.url.indexOf('?');
    const url = new URLSearchParams(at === -1 ? '' : request.url.slice(at + 1));
    return new Params(request.body instanceof URLSearchParams ? [request.body, url] : [url]);
  }

  /** "" where it is absent. */
  text(name: string): string {
    return this.#sources.find((source) => source.has(name))?.get(name) ?? '';
  }

  all(name: string): string[] {
    return this.#sources.flatMap((source) => source.getAll(name));
  }

  /** RFC 3339 or unix seconds, as milliseconds. */
  time(name: string, fallback?: number): number {
    const text = this.text(name);
    if (text === '' && fallback !== undefined) return fallback;
    return readTimeMs(text) ?? refuse(name, `cannot parse ${JSON.stringify(text)} to a valid timestamp`);
  }

  /** A duration or seconds, as milliseconds. */
  duration(name: string, fallback?: number): number {
    const text = this.text(name);
    if (text === '' && fallback !== undefined) return fallback;
    const seconds = readNumber(text);
    const ms = seconds === undefined ? readDurationMs(text) : Math.round(seconds * 1_000);
    if (ms === undefined || !Number.isFinite(ms)) return refuse(name, `cannot parse ${JSON.stringify(text)} to a valid duration`);
    return ms;
  }

  /** How many answers at most; 0 is all. */
  limit(): number {
    const text = this.text('limit');
    if (text === '') return 0;
    const limit = Number(text);
    if (!/^[+-]?\d+$/.test(text)) return refuse('limit', `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
    if (limit < 0) return refuse('limit', 'limit must be non-negative');
    return limit;
  }

  selectors(): Selector[] {
    return this.all('match[]').map((text) => {
      const selector = parseOrRefuse('match[]', text, parseSelector);
      // Matchers that all let an absent label through would select every series there is.
      if (selector.every((matcher) => compileMatcher(matcher)('')))
        return refuse('match[]', 'match[] must contain at least one non-empty matcher');
      return selector;
    });
  }
}

/** Runs a parser over a parameter's text and says where it went wrong as Prometheus does. */
export function parseOrRefuse<T>(name: string, text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof QueryError) return refuse(name, describeParseError(text, error));
    throw error;
  }
}

export function refuse(name: string, problem: string): never {
  throw new ApiError('bad_data', `invalid parameter ${JSON.stringify(name)}: ${problem}`);
}

export function readTimeMs(text: string): number | undefined {
  const seconds = readNumber(text);
  if (seconds !== undefined) {
    const ms = Math.round(seconds * 1_000);
    return ms >= MIN_TIME_MS && ms <= MAX_TIME_MS ? ms : undefined;
  }
  // Date.parse reads a lot that is not RFC 3339, and each engine something else.
  if (!/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const ms = Date.parse(text.toUpperCase());
  return Number.isNaN(ms) ? undefined : ms;
}

function readNumber(text: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

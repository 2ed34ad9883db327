import { QueryError, type Matcher } from '@vitrine/model/sample-store.ts';
import type { ValueTest } from '@vitrine/promql/match.ts';

/** Trying values may take this long for one selector: the thread that tries them has others to serve. */
const LONGEST_MS = 2_000;
/** Tries between two looks at the clock. */
const TRIES_A_LOOK = 512;

/**
 * Time for trying values of labels. One try takes time that is linear in the value's length, but a label may have a million
 * values, and an expression may take long for each.
 */
export class TestBudget {
  readonly #endsMs = performance.now() + LONGEST_MS;
  #tries = 0;

  /** The matcher's test, which throws QueryError (limit) once the time is used up. */
  meter({ label, op, value }: Matcher, test: ValueTest): ValueTest {
    if (op === '=' || op === '!=') return test;
    return (text) => {
      if (++this.#tries % TRIES_A_LOOK === 0 && performance.now() > this.#endsMs) {
        throw new QueryError(
          'limit',
          `${label}${op}${JSON.stringify(value)} took more than ${LONGEST_MS / 1000} s to try on the values of ${label}: start it with literal text, or add a matcher such as __name__="…" that leaves fewer series`,
        );
      }
      return test(text);
    };
  }
}

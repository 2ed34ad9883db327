import type { Refused } from './arrivals.ts';

/** A message of which nothing counts. The sentence is for the person who owns the sender; `status` is HTTP's. */
export class BodyRefused extends Error {
  override readonly name = 'BodyRefused';
  readonly status: 400 | 413 | 415;

  constructor(status: BodyRefused['status'], sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.status = status;
  }
}

/** One message of which nothing counts, as it stands in the book of what arrived. */
export function wholeRefused({ status, message }: BodyRefused): Refused {
  return { reason: status === 413 ? 'too large' : 'not readable', count: 1, sentence: message };
}

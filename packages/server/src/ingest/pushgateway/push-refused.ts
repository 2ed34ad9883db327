import type { Refused } from '../arrivals.ts';

/** A push of which nothing is taken. The message is a sentence for whoever pushed. */
export class PushRefused extends Error {
  override readonly name = 'PushRefused';
  readonly status: 400 | 413 | 415 | 429;
  /** A few words out of a fixed set, for the count. */
  readonly reason: string;

  constructor(status: PushRefused['status'], reason: string, sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.status = status;
    this.reason = reason;
  }

  /** How the book of what arrived has it. */
  get refused(): Refused {
    return { reason: this.reason, count: 1, sentence: this.message };
  }
}

import type { Refused } from '../arrivals.ts';

/** An OTLP request of which nothing counts. The message is a sentence for the person who owns the sender. */
export class OtlpRefused extends Error {
  override readonly name = 'OtlpRefused';
  readonly status: 400 | 413 | 415;

  constructor(status: OtlpRefused['status'], sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.status = status;
  }
}

/** One request of which nothing counts, as it stands in the book of what arrived. */
export function wholeRefused({ status, message }: OtlpRefused): Refused {
  return { reason: status === 413 ? 'too large' : 'not readable', count: 1, sentence: message };
}

/** An OTLP request of which nothing counts. The message is a sentence for the person who owns the sender. */
export class OtlpRefused extends Error {
  override readonly name = 'OtlpRefused';
  readonly status: 400 | 413 | 415;

  constructor(status: OtlpRefused['status'], sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.status = status;
  }
}

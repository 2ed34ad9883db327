/** A remote write of which nothing counts. The message is a sentence for the person who owns the sender. */
export class RemoteWriteRefused extends Error {
  override readonly name = 'RemoteWriteRefused';
  readonly status: 400 | 413 | 415;

  constructor(status: 400 | 413 | 415, sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.status = status;
  }
}

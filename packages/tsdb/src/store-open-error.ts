/** The store cannot be opened. The message names the folder or file and the way out. */
export class StoreOpenError extends Error {
  override readonly name = 'StoreOpenError';
  readonly reason: 'in use' | 'damaged' | 'newer version' | 'not writable';

  constructor(reason: StoreOpenError['reason'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

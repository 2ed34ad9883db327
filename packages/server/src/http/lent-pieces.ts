import { Readable } from 'node:stream';

/**
 * Pieces of an answer of which each may only be read until the next is asked for: so the next is asked for when the one before
 * it has left the process, and not, as streams do, when there is room to keep it. For a reply that is piped to its connection.
 */
export class LentPieces extends Readable {
  readonly #pieces: AsyncIterable<Uint8Array>;

  constructor(pieces: AsyncIterable<Uint8Array>) {
    super();
    this.#pieces = pieces;
  }

  override pipe<T extends NodeJS.WritableStream>(destination: T): T {
    void this.#run(destination);
    return destination;
  }

  /** They are piped, and not to be had in any other way. */
  override _read(): void {}

  async #run(destination: NodeJS.WritableStream): Promise<void> {
    try {
      for await (const piece of this.#pieces) {
        if (this.destroyed) return;
        if (piece.length > 0) await written(destination, piece);
      }
      destination.end();
      this.push(null);
      this.resume();
    } catch (error) {
      this.destroy(error as Error);
    }
  }
}

function written(destination: NodeJS.WritableStream, piece: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const left = (): void => reject(new Error('the connection was closed'));
    destination.once('close', left);
    destination.write(piece, (error) => {
      destination.off('close', left);
      if (error === null || error === undefined) resolve();
      else reject(error);
    });
  });
}

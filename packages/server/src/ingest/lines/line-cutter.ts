const NEWLINE = 0x0a;
const NOTHING = Buffer.alloc(0);

/** Makes whole lines of the pieces that a connection brings, holding back at most one unfinished line. */
export class LineCutter {
  readonly #mostBytes: number;
  #rest: Buffer = NOTHING;
  #tooLong = false;

  /** `mostBytes` is the longest line that is waited for. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** Bytes of the line that has no end yet. */
  get unfinishedBytes(): number {
    return this.#rest.length;
  }

  /** Whether a line has grown past the limit without an end: nothing more is to be cut. */
  get tooLong(): boolean {
    return this.#tooLong;
  }

  /** The lines that the piece completes, with newlines between them; "" where it completes none. */
  cut(piece: Buffer): string {
    const end = piece.lastIndexOf(NEWLINE);
    const whole = end === -1 ? '' : Buffer.concat([this.#rest, piece.subarray(0, end)]).toString();
    const rest = piece.subarray(end + 1);
    // Copied: a part keeps the whole piece in memory.
    this.#rest = end === -1 ? Buffer.concat([this.#rest, rest]) : Buffer.from(rest);
    if (this.#rest.length > this.#mostBytes) {
      this.#tooLong = true;
      this.#rest = NOTHING;
    }
    return whole;
  }
}

/** Exposition text that cannot be read. The message is a sentence that starts with the line's number, counted from 1. */
export class ExpositionError extends Error {
  override readonly name = 'ExpositionError';
  readonly line: number;

  constructor(line: number, problem: string) {
    super(`line ${line}: ${problem}`);
    this.line = line;
  }
}

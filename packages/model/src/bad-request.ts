/** Input that its sender can mend. The message is a sentence that starts with the field's name. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
  readonly field: string;

  constructor(field: string, problem: string, options?: ErrorOptions) {
    super(`${field}: ${problem}`, options);
    this.field = field;
  }
}

/** A question too large to answer. The message names the limit and how to ask for less. */
export class LimitExceeded extends Error {
  override readonly name = 'LimitExceeded';
  readonly limit: string;

  constructor(limit: string, sentence: string) {
    super(sentence);
    this.limit = limit;
  }
}

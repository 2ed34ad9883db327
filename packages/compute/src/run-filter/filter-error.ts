import { BadRequest } from '@vitrine/model/bad-request.ts';

/** What is wrong with a filter, and where: characters [from, to) of its text, for the page to underline. */
export class FilterError extends BadRequest {
  /** Without the field and the place. */
  readonly problem: string;
  readonly from: number;
  readonly to: number;

  constructor(problem: string, from: number, to: number, options?: ErrorOptions) {
    super('filter', `${problem} (at character ${from + 1})`, options);
    this.problem = problem;
    this.from = from;
    this.to = to;
  }
}

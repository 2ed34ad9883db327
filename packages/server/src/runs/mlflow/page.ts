import { MlflowError } from './mlflow-error.ts';

export interface Page<T> {
  readonly items: readonly T[];
  /** undefined: it is the last. */
  readonly nextToken: string | undefined;
}

/** Where the page begins that a token of ours stands for. Throws MlflowError. */
export function offsetOf(token: string | undefined): number {
  if (token === undefined || token === '') return 0;
  const offset = Number(/^vitrine:(\d{1,15})$/.exec(Buffer.from(token, 'base64url').toString('latin1'))?.[1] ?? Number.NaN);
  if (Number.isNaN(offset)) throw new MlflowError('INVALID_PARAMETER_VALUE', 'Invalid page token, could not base64-decode');
  return offset;
}

export function tokenAt(offset: number): string {
  return Buffer.from(`vitrine:${offset}`, 'latin1').toString('base64url');
}

export function pageOf<T>(all: readonly T[], token: string | undefined, most: number): Page<T> {
  const offset = offsetOf(token);
  const items = all.slice(offset, offset + most);
  return { items, nextToken: offset + most < all.length ? tokenAt(offset + most) : undefined };
}

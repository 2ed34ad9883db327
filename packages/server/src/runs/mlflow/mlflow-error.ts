/** MLflow's codes that Vitrine answers, with the status of each. Clients try again on 408, 429, 500, 502, 503 and 504. */
export const MLFLOW_STATUS = {
  BAD_REQUEST: 400,
  INVALID_PARAMETER_VALUE: 400,
  RESOURCE_ALREADY_EXISTS: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  ENDPOINT_NOT_FOUND: 404,
  RESOURCE_DOES_NOT_EXIST: 404,
  REQUEST_LIMIT_EXCEEDED: 429,
  INTERNAL_ERROR: 500,
  NOT_IMPLEMENTED: 501,
  TEMPORARILY_UNAVAILABLE: 503,
} as const;

export type MlflowCode = keyof typeof MLFLOW_STATUS;

/** What MLflow would answer, thrown. */
export class MlflowError extends Error {
  override readonly name = 'MlflowError';
  readonly code: MlflowCode;

  constructor(code: MlflowCode, sentence: string) {
    super(sentence);
    this.code = code;
  }
}

/** A parameter of a request that is not as it must be, in MLflow's words. */
export function invalidValue(path: string, value: unknown, problem: string): MlflowError {
  const shown = JSON.stringify(value) ?? 'null';
  const cut = shown.length > 200 ? `${shown.slice(0, 200)}…` : shown;
  return new MlflowError('INVALID_PARAMETER_VALUE', `Invalid value ${cut} for parameter '${path}' supplied: ${problem}`);
}

import { CLASSES, PIXELS } from './digits.ts';

const MAX_INSTANCES = 32;

/** A request that its sender can mend: answered 4xx with this sentence, counted under this reason. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, sentence: string) {
    super(sentence);
    this.status = status;
    this.reason = reason;
  }
}

export interface PredictRequest {
  readonly pictures: readonly Float32Array[];
  /** What the pictures truly show, where the sender knows. */
  readonly labels: readonly number[] | undefined;
}

/**
 * Reads `{"instances": [[784 numbers from 0 to 1], …], "labels": [7, …]}`; labels are optional. Throws a Refusal that names the field.
 * With `anySize` the number of pixels is not looked at: then a wrong one reaches the model.
 */
export function parsePredictRequest(text: string, anySize: boolean): PredictRequest {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw new Refusal(400, 'not_json', `The body is not JSON: ${(error as Error).message}.`);
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Refusal(400, 'wrong_field', 'The body: expected an object such as {"instances": [[…]]}.');
  }
  const { instances, labels } = body as { instances?: unknown; labels?: unknown };
  if (!Array.isArray(instances) || instances.length === 0) {
    throw new Refusal(400, 'wrong_field', 'instances: expected a list of at least one picture.');
  }
  if (instances.length > MAX_INSTANCES) {
    throw new Refusal(
      400,
      'too_many',
      `instances: ${instances.length} pictures are more than the ${MAX_INSTANCES} that one request may hold.`,
    );
  }
  return {
    pictures: instances.map((instance, i) => parsePicture(`instances[${i}]`, instance, anySize)),
    labels: labels === undefined ? undefined : parseLabels(labels, instances.length),
  };
}

function parsePicture(field: string, instance: unknown, anySize: boolean): Float32Array {
  if (!Array.isArray(instance)) throw new Refusal(400, 'wrong_field', `${field}: expected a list of pixels.`);
  if (instance.length !== PIXELS && !anySize) {
    throw new Refusal(400, 'wrong_size', `${field}: ${instance.length} pixels, expected ${PIXELS} (28 rows of 28).`);
  }
  const wrong = instance.findIndex((pixel) => typeof pixel !== 'number' || !(pixel >= 0 && pixel <= 1));
  if (wrong !== -1) {
    throw new Refusal(400, 'wrong_pixel', `${field}[${wrong}]: expected a number from 0 (paper) to 1 (ink).`);
  }
  return Float32Array.from(instance as number[]);
}

function parseLabels(labels: unknown, count: number): number[] {
  if (!Array.isArray(labels) || labels.length !== count) {
    throw new Refusal(400, 'wrong_label', `labels: expected one digit for each of the ${count} instances.`);
  }
  const wrong = labels.findIndex((label) => !Number.isInteger(label) || label < 0 || label >= CLASSES);
  if (wrong !== -1) throw new Refusal(400, 'wrong_label', `labels[${wrong}]: expected a digit from 0 to 9.`);
  return labels as number[];
}

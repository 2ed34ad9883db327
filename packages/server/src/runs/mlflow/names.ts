import { invalidValue, MlflowError } from './mlflow-error.ts';

const MAX_KEY = 250;
const MAX_EXPERIMENT_NAME = 500;
/** Letters and digits of every script, as Python's \w has them. */
const NAME = /^[/\p{L}\p{N}_.\- :]*$/u;
/** Most names: words with one character between them, which is a way to no other place. */
const PLAIN_NAME = /^\w+(?:[/.\- :]\w+)*$/;
const BAD_CHARACTERS =
  'Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).';

/** Checks the name of a metric, parameter or tag as MLflow does. Throws MlflowError. */
export function checkKey(path: string, key: string): string {
  if (key.length <= MAX_KEY && PLAIN_NAME.test(key)) return key;
  if (!NAME.test(key)) throw invalidValue(path, key, BAD_CHARACTERS);
  const resolved = resolvedPath(key);
  if (resolved !== key || key === '.' || key.startsWith('..') || key.startsWith('/')) {
    const sentence = `Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '${resolved.slice(0, 200)}'`;
    throw invalidValue(path, key, sentence);
  }
  if (key.length > MAX_KEY) {
    throw new MlflowError('INVALID_PARAMETER_VALUE', `'${path}' exceeds the maximum length of ${MAX_KEY} characters`);
  }
  return key;
}

export function checkExperimentName(path: string, name: string): string {
  if (name.trim() === '') throw new MlflowError('INVALID_PARAMETER_VALUE', `Invalid experiment name: '${name.slice(0, 20)}'`);
  if (name.length > MAX_EXPERIMENT_NAME) {
    const sentence = `'${path}' exceeds the maximum length of ${MAX_EXPERIMENT_NAME} characters`;
    throw new MlflowError('INVALID_PARAMETER_VALUE', sentence);
  }
  return name;
}

/** What a file of that name would be called without detours. */
function resolvedPath(name: string): string {
  const kept: string[] = [];
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (!name.startsWith('/')) kept.push(part);
  }
  return `${name.startsWith('/') ? '/' : ''}${kept.join('/')}` || '.';
}

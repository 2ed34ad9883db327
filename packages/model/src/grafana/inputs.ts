import type { ImportInput } from '../api.ts';
import { isObject, objectsOf, saysSomething, textOf, type Json } from './json.ts';

/** What `__inputs` ask of whoever imports the dashboard. */
export function readInputs(json: Json): ImportInput[] {
  return objectsOf(json['__inputs'])
    .filter((input) => textOf(input['name']) !== '')
    .map((input) => ({
      name: textOf(input['name']),
      label: textOf(input['label'], textOf(input['name'])),
      description: textOf(input['description']),
      kind: input['type'] === 'constant' ? 'constant' : 'datasource',
      type: textOf(input['pluginId']),
      value: textOf(input['value']),
    }));
}

/**
 * Puts the answers where `${NAME}` stands. Only whole names that the dashboard asks for: other variables stay. What is not
 * answered stays too, with its question, so that an export asks it again.
 */
export function answerInputs(json: Json, inputs: readonly ImportInput[], answers: Readonly<Record<string, string>>): Json {
  const given = new Map<string, string>();
  for (const { name, kind, type, value } of inputs) {
    const answer = Object.hasOwn(answers, name) ? answers[name] : undefined;
    if (answer !== undefined) given.set(name, answer);
    // Expressions are computed, not chosen; a constant proposes its own answer.
    else if (type === '__expr__') given.set(name, '__expr__');
    else if (kind === 'constant' && value !== '') given.set(name, value);
  }
  if (given.size === 0) return json;
  const open = objectsOf(json['__inputs']).filter((input) => !given.has(textOf(input['name'])));
  const { __inputs, ...rest } = json;
  const answered = replace(rest) as Json;
  return saysSomething(open) ? { ...answered, __inputs: open } : answered;

  function replace(value: unknown): unknown {
    if (typeof value === 'string') {
      return value.includes('${')
        ? value.replaceAll(/\$\{([^{}]+)\}/g, (whole, name: string) => given.get(name) ?? whole)
        : value;
    }
    if (Array.isArray(value)) return value.map(replace);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, replace(member)]));
  }
}

import { autocompletion, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';

import type { KnownField } from '../known-fields.ts';

type Ask = (path: string) => Promise<unknown>;

/** Completes fields' names, and behind `field:` its values, from the data source. */
export function luceneCompletion(ask: Ask): Extension {
  return autocompletion({ override: [(context) => complete(ask, context)] });
}

async function complete(ask: Ask, context: CompletionContext): Promise<CompletionResult | null> {
  const value = context.matchBefore(/[\w.@-]+:"?[\w.@-]*$/);
  if (value !== null) {
    const [, field = '', quote = '', prefix = ''] = /^([\w.@-]+):("?)([\w.@-]*)$/.exec(value.text) ?? [];
    const found = await named(ask, `/terms?${new URLSearchParams({ field, prefix }).toString()}`);
    return {
      from: value.to - prefix.length - quote.length,
      options: found.map((label): Completion => ({
        label: /^[\w.@]+$/.test(label) && quote === '' ? label : JSON.stringify(label),
        type: 'text',
      })),
    };
  }
  const word = context.matchBefore(/[\w.@-]+$/);
  if (word === null && !context.explicit) return null;
  const fields = await fieldsOf(ask, '');
  return {
    from: word?.from ?? context.pos,
    options: fields.map(({ name, types }): Completion => ({
      label: name,
      apply: `${name}:`,
      detail: types.join(', '),
      type: 'property',
    })),
  };
}

/** The fields of a type or family of types; none where the data source does not answer, since help may fail. */
export async function fieldsOf(ask: Ask, type: string): Promise<readonly KnownField[]> {
  const answer = await ask(`/fields?type=${encodeURIComponent(type)}`).catch(() => []);
  return Array.isArray(answer) ? (answer as readonly KnownField[]) : [];
}

async function named(ask: Ask, path: string): Promise<readonly string[]> {
  const answer = await ask(path).catch(() => []);
  return Array.isArray(answer) ? (answer as unknown[]).map(String) : [];
}

import type { Variable } from '@vitrine/model/variable.ts';
import { referencedNames } from './replace.ts';

/** Variables in an order in which each comes after those that it refers to. */
export interface VariableOrder {
  readonly ordered: readonly Variable[];
  /** The names of those that refer to each other in circles. */
  readonly circular: ReadonlySet<string>;
  /** A sentence where some refer to each other in a circle; those stand last, in the order they were saved. */
  readonly problem: string | undefined;
}

/** Sorts variables so that a chain can be resolved from its start. Those that depend on nothing keep their order. */
export function variableOrder(variables: readonly Variable[]): VariableOrder {
  const byName = new Map(variables.map((variable) => [variable.name, variable]));
  const state = new Map<string, 'open' | 'done' | 'circular'>();
  const ordered: Variable[] = [];
  let circle: readonly string[] | undefined;

  // With a stack of its own, not by recursion: a document may hold a chain of any length.
  for (const start of variables) {
    if (state.has(start.name)) continue;
    const path: { readonly variable: Variable; readonly next: string[] }[] = [];
    const enter = (variable: Variable): void => {
      state.set(variable.name, 'open');
      path.push({ variable, next: dependencies(variable).filter((name) => byName.has(name)) });
    };
    enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const name = top.next.shift();
      if (name === undefined) {
        path.pop();
        if (state.get(top.variable.name) === 'open') {
          state.set(top.variable.name, 'done');
          ordered.push(top.variable);
        }
      } else if (!state.has(name)) {
        enter(byName.get(name) as Variable);
      } else if (state.get(name) !== 'done') {
        const names = path.map(({ variable }) => variable.name);
        const from = names.indexOf(name);
        if (from === -1) continue;
        circle ??= [...names.slice(from), name];
        for (const each of names.slice(from)) state.set(each, 'circular');
      }
    }
  }
  const circular = variables.filter(({ name }) => state.get(name) === 'circular');
  return {
    ordered: [...ordered, ...circular],
    circular: new Set(circular.map(({ name }) => name)),
    problem:
      circle === undefined
        ? undefined
        : `The variables ${circle.map((name) => `$${name}`).join(' → ')} refer to each other in a circle; take one of the references out.`,
  };
}

/** The names that a variable's own definition refers to. */
export function dependencies(variable: Variable): string[] {
  const names = new Set<string>();
  const look = (text: string): void => {
    for (const name of referencedNames(text)) names.add(name);
  };
  for (const text of definition(variable)) look(text);
  return [...names];
}

function definition(variable: Variable): string[] {
  switch (variable.kind) {
    case 'query':
      return [...textsOf(variable.spec), variable.regex, variable.source.uid, variable.allValue];
    case 'custom':
      return [...variable.options.flatMap(({ text, value }) => [text, value]), variable.allValue];
    case 'datasource':
      return [variable.regex, variable.allValue];
    case 'groupby':
      return [variable.source.uid, variable.allValue];
    case 'adhoc':
      return [variable.source.uid, ...[...variable.filters, ...variable.baseFilters].map(({ value }) => value)];
    case 'interval':
    case 'constant':
    case 'textbox':
    case 'switch':
      return [];
  }
}

/** All texts in a JSON document. */
export function textsOf(json: unknown): string[] {
  const found: string[] = [];
  const rest: unknown[] = [json];
  for (let value = rest.pop(); rest.length > 0 || value !== undefined; value = rest.pop()) {
    if (typeof value === 'string') found.push(value);
    else if (typeof value === 'object' && value !== null) rest.push(...Object.values(value));
  }
  return found;
}

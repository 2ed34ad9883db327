import type { RunField } from './run-field.ts';

/** A filter that was read. Times are unix milliseconds. */
export type RunFilter =
  /** All runs, where there is nothing in it. */
  | { readonly kind: 'and' | 'or'; readonly parts: readonly RunFilter[] }
  | { readonly kind: 'not'; readonly part: RunFilter }
  /** Somewhere in name, id, project, group, tags and values of parameters, whatever the case. */
  | { readonly kind: 'search'; readonly text: string }
  | Comparison;

/** A field against values: it holds for no run that has not got the field, also where it is negated. */
export type Comparison = {
  readonly kind: 'compare';
  readonly field: RunField;
  readonly negated: boolean;
  readonly from: number;
  readonly to: number;
} & (
  | { readonly test: 'present' }
  | { readonly test: 'equal'; readonly values: readonly RunValue[] }
  | { readonly test: '<' | '<=' | '>' | '>='; readonly value: RunValue }
  | { readonly test: 'like' | 'ilike' | 'contains' | 'pattern'; readonly text: string }
);

export type RunValue =
  | { readonly kind: 'number'; readonly number: number; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  /** An instant or a day, [fromMs, toMs). */
  | { readonly kind: 'time'; readonly fromMs: number; readonly toMs: number };

/** The metrics whose summaries it takes to decide. */
export function metricsOf(filter: RunFilter): readonly string[] {
  const found = new Set<string>();
  const visit = (part: RunFilter): void => {
    if (part.kind === 'and' || part.kind === 'or') part.parts.forEach(visit);
    else if (part.kind === 'not') visit(part.part);
    else if (part.kind === 'compare' && part.field.kind === 'metric') found.add(part.field.name);
  };
  visit(filter);
  return [...found];
}

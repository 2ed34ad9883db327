import type { RunTableAnswer } from '@vitrine/model/run-api.ts';

interface Choice {
  readonly value: string;
  readonly label: string;
}

/** What runs can be compared by, for a field of choices: parameters that differ first, then metrics. */
export function choicesOf(
  { params }: Pick<RunTableAnswer, 'params'>,
  metrics: readonly string[],
): { readonly group: string; readonly items: Choice[] }[] {
  const some = (differs: boolean) =>
    params.filter((param) => param.differs === differs).map(({ name }) => ({ value: `params.${name}`, label: name }));
  return [
    { group: 'Parameters that differ', items: some(true) },
    { group: 'Metrics', items: metrics.map((name) => ({ value: `metrics.${name}`, label: name })) },
    { group: 'Of the run', items: [{ value: 'duration', label: 'duration' }] },
    { group: 'The same in all runs', items: some(false) },
  ].filter(({ items }) => items.length > 0);
}

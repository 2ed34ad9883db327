import type { Dashboard } from '@vitrine/model/dashboard.ts';

let loading: Promise<unknown> | undefined;

/** What runs the patterns that people write; the same promise for everybody. */
export function loadPatternEngine(): Promise<unknown> {
  loading ??= import('@vitrine/compute/pattern-engine.ts');
  return loading;
}

/** Whether a pattern is written somewhere in a dashboard's panels. Rather once too often than too rarely. */
export function mentionsPattern({ panels }: Pick<Dashboard, 'panels'>): boolean {
  const written = JSON.stringify(
    panels.map(({ fieldConfig, options, transformations }) => [fieldConfig, options, transformations]),
  );
  return /"\/[^"]*\/[a-z]*"|"regex"|regexp/i.test(written);
}

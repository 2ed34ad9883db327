import type { DashboardScope } from '../dashboard/scope.ts';

/** "Run: resnet-50 · Environment: prod": what is chosen of the variables that the page shows. */
export function chosenText({ variables }: Pick<DashboardScope, 'variables'>): string {
  return variables.list
    .filter(({ kind, hide }) => kind !== 'adhoc' && hide !== 'variable')
    .map(({ name, label }) => `${label || name}: ${variables.text('${' + name + ':text}')}`)
    .join(' · ');
}

import type { Finding } from '@vitrine/model/run.ts';

const RANK: Readonly<Record<Finding['severity'], number>> = { critical: 0, warning: 1, info: 2 };

/** What holds and nobody has seen first, the worst of it first, then by where it begins; muted ones last. Pure. */
export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const place = ({ active, state, severity }: Finding) =>
    (state === 'muted' ? 100 : 0) + (active ? 0 : 20) + (state === 'acknowledged' ? 10 : 0) + RANK[severity];
  return findings.toSorted((a, b) => place(a) - place(b) || a.fromMs - b.fromMs);
}

/** "step 1,200", "steps 1,200 to 1,300"; "" where it has no steps. */
export function stepsText({ fromStep, toStep }: Pick<Finding, 'fromStep' | 'toStep'>): string {
  if (!Number.isFinite(fromStep)) return '';
  const from = fromStep.toLocaleString('en');
  if (!Number.isFinite(toStep) || toStep === fromStep) return `step ${from}`;
  return `steps ${from} to ${toStep.toLocaleString('en')}`;
}

/**
 * The part of the steps to look at so that the finding is seen with what came before and after: its own length, or a twentieth of the
 * run where that is more, on both sides. Nothing where it has no steps, or where that is the whole run anyway. Pure.
 */
export function zoomAround(
  { fromStep, toStep }: Pick<Finding, 'fromStep' | 'toStep'>,
  minStep: number,
  maxStep: number,
): { readonly from: number | undefined; readonly to: number | undefined } {
  const margin = Math.max(toStep - fromStep, (maxStep - minStep) / 20, 1);
  const [from, to] = [Math.max(minStep, fromStep - margin), Math.min(maxStep, toStep + margin)];
  return from < to && (from > minStep || to < maxStep) ? { from, to } : { from: undefined, to: undefined };
}

/** "lastFiniteStep" as "last finite step". */
export function inWords(name: string): string {
  return name
    .replaceAll('_', ' ')
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase();
}

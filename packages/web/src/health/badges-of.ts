import type { Finding, FindingSeverity } from '@vitrine/model/run.ts';

/** All that one detector says of a run. */
export interface HealthBadge {
  readonly detector: string;
  /** The worst of its findings. */
  readonly severity: FindingSeverity;
  /** All of its findings are. */
  readonly acknowledged: boolean;
  /** The worst three, and how many more there are. */
  readonly sentences: readonly string[];
}

const RANK: Readonly<Record<FindingSeverity, number>> = { critical: 0, warning: 1, info: 2 };

/** One badge a detector: what is new before what somebody has seen, then the worst first. What is muted or over has none. */
export function badgesOf(findings: readonly Finding[]): readonly HealthBadge[] {
  const byDetector = Map.groupBy(
    findings.filter(({ active, state }) => active && state !== 'muted'),
    ({ detector }) => detector,
  );
  return [...byDetector.values()].map(badgeOf).sort((a, b) => order(a) - order(b));
}

function badgeOf(findings: readonly Finding[]): HealthBadge {
  const told = findings.toSorted((a, b) => RANK[a.severity] - RANK[b.severity]);
  const rest = told.length - 3;
  return {
    detector: told[0]?.detector ?? '',
    severity: told[0]?.severity ?? 'info',
    acknowledged: told.every(({ state }) => state === 'acknowledged'),
    sentences: [...told.slice(0, 3).map(({ sentence }) => sentence), ...(rest > 0 ? [`And ${rest} more.`] : [])],
  };
}

function order({ severity, acknowledged }: HealthBadge): number {
  return (acknowledged ? 5 : 0) + RANK[severity];
}

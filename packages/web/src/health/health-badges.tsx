import { detectorTitle } from '@vitrine/compute/detect/detector.ts';
import type { Finding, FindingSeverity } from '@vitrine/model/run.ts';
import { StatusShape } from '@vitrine/ui/widget/status-shape.tsx';
import { IconInfoCircle } from '@tabler/icons-react';
import type { ReactElement } from 'react';
import { badgesOf } from './badges-of.ts';
import type { HealthBadge } from './badges-of.ts';
import classes from './health-badges.module.css';

export interface HealthBadgesProps {
  readonly findings: readonly Finding[];
  /** Badges beyond that many become "+2"; all where absent. */
  readonly limit?: number;
}

/** What is wrong with a run, the worst first: one badge a detector, with status colour, shape and word; the sentence on hover. Nothing where all is well. */
export function HealthBadges({ findings, limit }: HealthBadgesProps): ReactElement | null {
  const badges = badgesOf(findings);
  if (badges.length === 0) return null;
  const shown = limit === undefined ? badges : badges.slice(0, limit);
  const rest = badges.slice(shown.length);
  return (
    <ul className={classes.badges} aria-label="Health" data-limited={limit === undefined ? undefined : true}>
      {shown.map((badge) => (
        <li key={badge.detector}>
          <span className={classes.badge} {...marksOf(badge)}>
            <SeverityShape severity={badge.severity} size={10} />
            {detectorTitle(badge.detector)}
          </span>
        </li>
      ))}
      {rest.length > 0 && (
        <li className={classes.rest} title={rest.map(({ detector }) => detectorTitle(detector)).join(', ')}>
          +{rest.length}
        </li>
      )}
    </ul>
  );
}

/** The shape and colour of a severity. */
export function SeverityShape({
  severity,
  size = 12,
}: {
  readonly severity: FindingSeverity;
  readonly size?: number;
}): ReactElement {
  if (severity === 'info') return <IconInfoCircle size={size + 1} color="var(--v-accent)" role="img" aria-label="Info" />;
  return <StatusShape status={severity} size={size} />;
}

function marksOf({ severity, acknowledged, sentences }: HealthBadge): Readonly<Record<string, string | undefined>> {
  const seen = acknowledged ? 'Acknowledged. ' : '';
  return {
    'data-severity': severity,
    'data-quiet': acknowledged ? 'true' : undefined,
    title: `${seen}${sentences.join('\n')}`,
  };
}

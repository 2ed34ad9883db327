import { formatDuration } from '@vitrine/compute/time.ts';
import { IconAlertTriangleFilled, IconCircleCheck, IconCircleDashed } from '@tabler/icons-react';
import type { ReactElement } from 'react';
import type { Target } from '../api/queries.ts';
import { serverClock } from '../api/server-clock.ts';
import classes from './home.module.css';

/** The targets that do not answer, newest first; one quiet line where all do. */
export function TargetHealth({ targets }: { readonly targets: readonly Target[] }): ReactElement | null {
  if (targets.length === 0) return null;
  const down = targets.filter(({ health }) => health === 'down');
  const unknown = targets.filter(({ health }) => health === 'unknown').length;
  if (down.length === 0) {
    const all = targets.length === 1 ? 'The one scrape target answers.' : `All ${targets.length} scrape targets answer.`;
    return (
      <p className={classes.quiet}>
        {unknown === 0 ? (
          <>
            <IconCircleCheck size={16} color="var(--v-healthy)" aria-hidden /> Healthy. {all}
          </>
        ) : (
          <>
            <IconCircleDashed size={16} color="var(--v-unknown)" aria-hidden /> {unknown} of {targets.length} scrape targets have
            not been asked yet.
          </>
        )}
      </p>
    );
  }
  const newestFirst = [...down].sort((a, b) => b.lastScrape.localeCompare(a.lastScrape));
  return (
    <section aria-labelledby="home-needs">
      <h2 id="home-needs" className={classes.heading}>
        Needs you
      </h2>
      <ul className={classes.needs}>
        {newestFirst.map((target) => (
          <li key={target.scrapeUrl} className={classes.need}>
            <IconAlertTriangleFilled size={16} color="var(--v-critical)" aria-hidden />
            <div className={classes.needText}>
              <span>
                <strong>{target.scrapePool}</strong> does not answer
              </span>
              <span className={classes.needWhy}>{target.lastError || 'No reason was given.'}</span>
            </div>
            <code className={classes.needUrl}>{target.scrapeUrl}</code>
            <time className={classes.needAge} dateTime={target.lastScrape} title={target.lastScrape}>
              {ageOf(target.lastScrape)}
            </time>
          </li>
        ))}
      </ul>
    </section>
  );
}

function ageOf(instant: string): string {
  const atMs = Date.parse(instant);
  // Go writes the year 1 for "never".
  if (!(atMs > 0)) return 'never asked';
  return `${formatDuration(Math.max(1_000, serverClock.now() - atMs))} ago`;
}

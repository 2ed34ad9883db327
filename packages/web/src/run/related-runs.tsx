import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { RunAnswer, RunLink } from '@vitrine/model/run-api.ts';
import type { ReactElement } from 'react';
import { useInternalLink } from '../app/internal-link.ts';
import { RunStatusBadge } from '../runs/run-status.tsx';
import { runsPath } from './paths.ts';
import classes from './related-runs.module.css';

/** Of the children of one run: an address has only so much room. */
const MOST_COMPARED = 50;

/** The way to the children's curves beside each other; nothing where there is but one. */
export function CompareChildren({ childRuns }: { readonly childRuns: RunAnswer['children'] }): ReactElement | null {
  const linkTo = useInternalLink();
  if (childRuns.length < 2) return null;
  const run = childRuns.slice(0, MOST_COMPARED).map(({ id }) => id);
  return (
    <Button component="a" {...linkTo(runsPath({ run }))} variant="subtle" size="compact-sm">
      {run.length < childRuns.length ? `Compare the first ${run.length} children` : 'Compare its children'}
    </Button>
  );
}

/** Runs with what each is to this one, where that is said. */
export function RelatedRuns({ runs }: { readonly runs: readonly (RunLink & { readonly is?: string })[] }): ReactElement {
  return (
    <ul className={classes.runs}>
      {runs.map(({ id, name, status, is }) => (
        <li key={id}>
          <RunStatusBadge status={status} />
          <Link to="/runs/$id" params={{ id }} search={{}}>
            {name}
          </Link>
          {is !== undefined && <span className={classes.is}>{is}</span>}
        </li>
      ))}
    </ul>
  );
}

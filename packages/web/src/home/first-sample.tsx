import { IconCircleCheck, IconCircleDashed } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { DashboardSummary } from '@vitrine/model/api.ts';
import type { ReactElement } from 'react';
import { CopyButton } from '../state/copy-button.tsx';
import { dashboardFor } from './dashboard-for.ts';
import classes from './home.module.css';

/** Nothing is connected yet: ways to begin, and word of the first sample. */
export function FirstSample(): ReactElement {
  const origin = window.location.origin;
  const snippets = [
    {
      title: 'A training script or service with a Prometheus client',
      text: 'Point Vitrine at its /metrics in vitrine.yaml, then start Vitrine again. With a metric called train_step, the others are curves over steps:',
      code: `scrape_configs:\n  - job_name: training\n    scrape_interval: 5s\n    static_configs:\n      - targets: ['127.0.0.1:8000']\n`,
    },
    {
      title: 'A training that logs to MLflow',
      text: 'It stays as it is, also where Lightning or Hugging Face log for it. Set in its environment:',
      code: `export MLFLOW_TRACKING_URI=${origin}\n`,
    },
    {
      title: 'A training that writes for TensorBoard',
      text: 'Start Vitrine on the folder that it writes to; it follows the files while they grow:',
      code: 'npx vitrine serve --logdir runs/\n',
    },
    {
      title: 'A Prometheus you already run',
      text: 'Let it send a copy, in prometheus.yml. Make the token with “npx vitrine token create --scope ingest”:',
      code: `remote_write:\n  - url: ${origin}/api/v1/write\n    authorization:\n      credentials: <token>\n`,
    },
    {
      title: 'Nothing at hand',
      text: 'Train a real network on handwritten digits and watch it learn:',
      code: 'npm run demo\n',
    },
  ];
  return (
    <section aria-labelledby="home-first">
      <h2 id="home-first" className={classes.welcome}>
        Connect something that trains or serves
      </h2>
      <p className={classes.waiting} role="status">
        <IconCircleDashed size={16} className={classes.spin} aria-hidden /> Waiting for the first sample… This page shows it as
        soon as it arrives.
      </p>
      <ol className={classes.snippets}>
        {snippets.map(({ title, text, code }) => (
          <li key={title} className={classes.snippet}>
            <h3>{title}</h3>
            <p>{text}</p>
            <div className={classes.code}>
              <pre>{code.trimEnd()}</pre>
              <CopyButton text={code} />
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

export interface ArrivedProps {
  readonly names: readonly string[];
  readonly dashboards: readonly DashboardSummary[];
}

/** The first sample has come: what it is, and where to look at it. */
export function Arrived({ names, dashboards }: ArrivedProps): ReactElement {
  const dashboard = dashboardFor(names, dashboards);
  const others = names.length - 1;
  return (
    <p className={classes.waiting} role="status">
      <IconCircleCheck size={16} color="var(--v-healthy)" aria-hidden />
      <span>
        Samples arrive: <code>{names[0]}</code>
        {others > 0 && ` and ${others} more`}.{' '}
        {dashboard !== undefined && (
          <Link to="/d/$uid" params={{ uid: dashboard.uid }} className={classes.follow}>
            Open {dashboard.title}
          </Link>
        )}
      </span>
    </p>
  );
}

import { IconTimeline } from '@tabler/icons-react';
import type { ReactElement } from 'react';
import { CopyButton } from '../state/copy-button.tsx';
import classes from './empty-runs.module.css';

interface RunDoor {
  readonly title: string;
  readonly text: string;
  readonly code: string;
}

/** Ways to send a training to the server at `origin`. */
function runDoors(origin: string): readonly RunDoor[] {
  return [
    {
      title: 'MLflow',
      text: 'The training stays as it is. Set in its environment:',
      code: `export MLFLOW_TRACKING_URI=${origin}\npython train.py\n`,
    },
    {
      title: 'TensorBoard',
      text: 'Start Vitrine on the folder that your writers write to; it follows the files while they grow:',
      code: 'npx vitrine serve --logdir runs/\n',
    },
    {
      title: 'Prometheus client',
      text: 'A metric and its step under one name are a curve over steps once the script is scraped:',
      code: [
        'from prometheus_client import Gauge, start_http_server',
        '',
        "loss = Gauge('train_loss', 'Training loss', ['run'])",
        "step = Gauge('train_step', 'Step', ['run'])",
        'start_http_server(8000)',
        '',
      ].join('\n'),
    },
  ];
}

/** Nothing has been trained here yet: three ways to begin. The table takes its place when the first run arrives. */
export function EmptyRuns(): ReactElement {
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <IconTimeline size={28} stroke={1.5} aria-hidden />
        <h2>No run has been logged yet</h2>
        <p>Training code stays unchanged. Choose the way that it knows already; its curves show here as soon as they arrive.</p>
      </header>
      <ul className={classes.doors}>
        {runDoors(window.location.origin).map(({ title, text, code }) => (
          <li key={title} className={classes.door}>
            <h3>{title}</h3>
            <p>{text}</p>
            <div className={classes.code}>
              <pre>{code.trimEnd()}</pre>
              <CopyButton text={code} label={`Copy: ${title}`} />
            </div>
          </li>
        ))}
      </ul>
      <p className={classes.waiting} role="status">
        <span className={classes.pulse} aria-hidden />
        Waiting for the first run… What a training has left behind already comes in through “Add” above.
      </p>
    </div>
  );
}

import { formatTime } from '@vitrine/compute/time.ts';
import type { RunFilePreview } from '@vitrine/model/run-file.ts';
import { formatText } from '@vitrine/model/unit.ts';
import type { ReactElement } from 'react';
import classes from './add.module.css';

const METRICS_SHOWN = 6;
const PARAMS_SHOWN = 6;

interface RunFileRowsProps {
  readonly preview: RunFilePreview & { readonly isHead: boolean };
  /** Something else is asked for just now. */
  readonly isOld: boolean;
}

/** What would be read of a file: how much, and the first rows. */
export function RunFileRows({ preview, isOld }: RunFileRowsProps): ReactElement {
  const { rows, points, metrics, params, notices, firstRows, isHead } = preview;
  const shown = metrics.slice(0, METRICS_SHOWN);
  const hasEpochs = firstRows.some(({ epoch }) => epoch !== null);
  const hasTimes = firstRows.some(({ timeMs }) => timeMs !== null);
  const told = Object.entries(params);
  return (
    <div className={classes.preview} data-old={isOld || undefined}>
      <p role="status">
        <strong>
          {plural(points, 'point')} of {plural(metrics.length, 'metric')}
        </strong>{' '}
        in {plural(rows, 'row')}
        {isHead ? ' of its first 4 MB' : ''}
        {metrics.length > shown.length ? `; shown are ${shown.length} metrics` : ''}.
        {told.length > 0 && (
          <>
            {' '}
            Parameters:{' '}
            {told
              .slice(0, PARAMS_SHOWN)
              .map(([name, value]) => `${name} ${value}`)
              .join(', ')}
            {told.length > PARAMS_SHOWN ? ', …' : ''}.
          </>
        )}
      </p>
      {notices.map((notice) => (
        <p key={notice} className={classes.notice}>
          {notice}
        </p>
      ))}
      <div className={classes.scroll} tabIndex={0} role="group" aria-label="First rows">
        <table>
          <thead>
            <tr>
              <th>Step</th>
              {hasEpochs && <th>Epoch</th>}
              {hasTimes && <th>Time</th>}
              {shown.map((metric) => (
                <th key={metric}>{metric}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {firstRows.map(({ step, epoch, timeMs, values }, index) => {
              const valueOf = new Map(values);
              return (
                <tr key={index}>
                  <td>{step.toLocaleString('en')}</td>
                  {hasEpochs && <td>{epoch === null ? '' : formatText(epoch, 'none')}</td>}
                  {hasTimes && <td>{timeMs === null ? '' : formatTime(timeMs, 'browser')}</td>}
                  {shown.map((metric) => (
                    <td key={metric}>{cellText(valueOf.get(metric))}</td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function cellText(value: number | undefined): string {
  if (value === undefined) return '';
  return Number.isFinite(value) ? formatText(value, 'none') : String(value);
}

function plural(count: number, word: string): string {
  return `${count.toLocaleString('en')} ${word}${count === 1 ? '' : 's'}`;
}

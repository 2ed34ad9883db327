import { rankParams } from '@vitrine/compute/importance/rank-params.ts';
import { formatText } from '@vitrine/model/unit.ts';
import { useMemo } from 'react';
import type { ReactElement } from 'react';
import classes from './analysis.module.css';
import { dimensionOf } from './dimension.ts';
import type { AnalysisViewProps } from './run-analysis.tsx';

/** Which parameters go with the metric, how strongly, and which way. */
export function ImportanceView({ answer, metric, stat, change }: AnalysisViewProps): ReactElement {
  const { rows } = answer;
  const ranking = useMemo(() => {
    if (metric === undefined) return undefined;
    const names = [...new Set(rows.flatMap(({ run }) => Object.keys(run.params)))];
    const params = names.map((name) => ({
      name,
      values: rows.map(({ run }) => (Object.hasOwn(run.params, name) ? run.params[name] : undefined)),
    }));
    return rankParams(params, dimensionOf(`metrics.${metric}`, rows, stat).values);
  }, [rows, metric, stat]);
  if (ranking === undefined) return <p className={classes.none}>Choose a metric to judge the runs by.</p>;
  if (ranking.kind === 'refused') return <p className={classes.none}>{ranking.sentence}</p>;
  const { runs, explained, trees, leftOut, params } = ranking;
  return (
    <div className={classes.importance}>
      <div className={classes.ranks}>
        <table className={classes.ranked}>
          <thead>
            <tr>
              <th>Parameter</th>
              <th>Importance for {metric}</th>
              <th>Correlation</th>
            </tr>
          </thead>
          <tbody>
            {params.map(({ name, importance, correlation }) => (
              <tr key={name}>
                <th scope="row" title={name}>
                  <button
                    type="button"
                    title={`Scatter of ${metric} over ${name}`}
                    onClick={() => change({ view: 'scatter', sx: `params.${name}`, sy: `metrics.${metric}` }, 'push')}
                  >
                    {name}
                  </button>
                </th>
                <td>
                  <Bar share={importance} />
                  <span>{formatText(importance, 'percentunit', 0)}</span>
                </td>
                <td>
                  {correlation === undefined ? (
                    <span className={classes.count}>not a number</span>
                  ) : (
                    <>
                      <Balance value={correlation} />
                      <span>{signed(correlation)}</span>
                    </>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {leftOut > 0 && (
        <p className={classes.method}>
          {leftOut === 1 ? 'One more parameter differs' : `${leftOut.toLocaleString('en')} more parameters differ`} between these
          runs and {leftOut === 1 ? 'was' : 'were'} not looked at: a ranking is made of the first {params.length}.
        </p>
      )}
      <p className={classes.method}>
        From {runs.toLocaleString('en')} runs. Importance: by how much the error of a forest of {trees} randomised trees grows
        when a parameter’s values are shuffled among runs that a tree has not seen, as a share of all. The forest explains{' '}
        {Number.isFinite(explained) && explained > 0 ? formatText(explained, 'percentunit', 0) : 'nothing'} of what differs in
        runs that it has not seen{explained < 0.3 || Number.isNaN(explained) ? ', so take the order with care' : ''}. Correlation:
        Spearman’s, of ranks; −1 to 1. Both tell what goes together in these runs, not what causes what.
      </p>
    </div>
  );
}

const BAR = { width: 160, height: 8 };

function Bar({ share }: { readonly share: number }): ReactElement {
  return (
    <svg {...BAR} viewBox={`0 0 ${BAR.width} ${BAR.height}`} preserveAspectRatio="none" aria-hidden>
      <rect width={BAR.width} height={BAR.height} rx={4} fill="var(--v-hover)" />
      <rect width={Math.max(share > 0 ? 4 : 0, share * BAR.width)} height={BAR.height} rx={4} fill="var(--v-accent)" />
    </svg>
  );
}

function Balance({ value }: { readonly value: number }): ReactElement {
  const half = BAR.width / 2;
  return (
    <svg {...BAR} viewBox={`0 0 ${BAR.width} ${BAR.height}`} preserveAspectRatio="none" aria-hidden>
      <rect width={BAR.width} height={BAR.height} rx={4} fill="var(--v-hover)" />
      <rect
        x={value < 0 ? half + value * half : half}
        width={Math.abs(value) * half}
        height={BAR.height}
        fill={value < 0 ? 'var(--v-running)' : 'var(--v-warning)'}
      />
      <rect x={half - 0.5} width={1} height={BAR.height} fill="var(--v-dim)" />
    </svg>
  );
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
}

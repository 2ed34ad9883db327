import { Switch } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { directionOf } from '@vitrine/model/run.ts';
import { useThemeName } from '@vitrine/ui/theme/theme-provider.tsx';
import { useMemo } from 'react';
import type { ReactElement } from 'react';
import { RunStatusBadge } from '../../runs/run-status.tsx';
import { runColor } from '../run-color.ts';
import classes from './analysis.module.css';
import { dimensionOf, NONE } from './dimension.ts';
import type { AnalysisViewProps } from './run-analysis.tsx';

/** Columns beyond these are a wall. */
const MOST_COLUMNS = 30;

/** Parameters and metrics side by side; what differs from the first run is set apart. */
export function ParamsTable({ answer, stat, search, change }: AnalysisViewProps): ReactElement {
  const theme = useThemeName();
  const rows = useMemo(() => answer.rows.slice(0, MOST_COLUMNS), [answer.rows]);
  const showsSame = search.same ?? false;
  const params = useMemo(() => {
    const names = [...new Set(rows.flatMap(({ run }) => Object.keys(run.params)))];
    return names
      .map((name) => {
        const values = rows.map(({ run }) => (Object.hasOwn(run.params, name) ? run.params[name]! : undefined));
        return { name, values, differs: values.some((value) => value !== values[0]) };
      })
      .toSorted((a, b) => Number(b.differs) - Number(a.differs) || a.name.localeCompare(b.name, 'en', { numeric: true }));
  }, [rows]);
  const metrics = answer.metrics.map((metric) => ({ metric, dimension: dimensionOf(`metrics.${metric}`, rows, stat) }));
  const shown = params.filter(({ differs }) => differs || showsSame);
  const hidden = params.length - shown.length;
  return (
    <>
      <div className={classes.toolbar}>
        <Switch
          label={`Parameters that are the same too${hidden > 0 ? ` (${hidden})` : ''}`}
          checked={showsSame}
          onChange={(event) => change({ same: event.currentTarget.checked || undefined })}
        />
        {answer.rows.length > rows.length && (
          <span className={classes.count}>The first {rows.length} runs are shown side by side.</span>
        )}
      </div>
      <div className={classes.scroll} role="region" aria-label="Runs side by side" tabIndex={0}>
        <table className={classes.compared}>
          <thead>
            <tr>
              <th />
              {rows.map(({ run }) => (
                <th key={run.id} scope="col">
                  <Link to="/runs/$id" params={{ id: run.id }} search={{}} title={run.name}>
                    <svg width={8} height={8} aria-hidden>
                      <circle cx={4} cy={4} r={4} fill={runColor(run.id, theme)} />
                    </svg>
                    <span>{run.name}</span>
                  </Link>
                  <RunStatusBadge status={run.status} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr className={classes.group}>
              <th scope="rowgroup" colSpan={rows.length + 1}>
                Metrics
              </th>
            </tr>
            {metrics.map(({ metric, dimension }) => {
              const best =
                directionOf(metric) === 'max' ? dimension.max : directionOf(metric) === 'min' ? dimension.min : Number.NaN;
              return (
                <tr key={metric}>
                  <th scope="row" title={metric}>
                    {metric}
                  </th>
                  {rows.map(({ run }, at) => (
                    <td key={run.id} data-best={(rows.length > 1 && dimension.values[at] === best) || undefined}>
                      {dimension.texts[at]}
                    </td>
                  ))}
                </tr>
              );
            })}
            <tr className={classes.group}>
              <th scope="rowgroup" colSpan={rows.length + 1}>
                Parameters
              </th>
            </tr>
            {shown.map(({ name, values, differs }) => (
              <tr key={name}>
                <th scope="row" title={name}>
                  {name}
                </th>
                {values.map((value, at) => (
                  <td key={rows[at]!.run.id} title={value} data-differs={(differs && value !== values[0]) || undefined}>
                    {value ?? NONE}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {shown.length === 0 && (
          <p className={classes.none}>
            {params.length === 0 ? 'These runs logged no parameters.' : 'These runs have the same parameters.'}
          </p>
        )}
      </div>
    </>
  );
}

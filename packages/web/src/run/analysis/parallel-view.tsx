import { MultiSelect } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { directionOf } from '@vitrine/model/run.ts';
import { ParallelChart } from '@vitrine/ui/parallel/parallel-chart.tsx';
import type { Brush } from '@vitrine/ui/parallel/parallel-chart.tsx';
import { heatColoring } from '@vitrine/ui/heat/heat-colors.ts';
import { HeatScale } from '@vitrine/ui/heat/heat-scale-bar.tsx';
import { useThemeName } from '@vitrine/ui/theme/theme-provider.tsx';
import { formatText } from '@vitrine/model/unit.ts';
import { useMemo, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import { useSize } from '../../dashboard/use-size.ts';
import classes from './analysis.module.css';
import { choicesOf } from './choices.ts';
import { dimensionOf, placeOf, ticksOf } from './dimension.ts';
import type { AnalysisViewProps } from './run-analysis.tsx';

const USUAL_PARAMS = 6;
const MOST_AXES = 12;
const HEIGHT = 420;
/** Nearer than this, names and numbers run into each other: then the chart scrolls. */
const LEAST_AXIS_PX = 100;

const say = (value: number): string => formatText(value, 'none');

/** A line a run, over an axis a parameter, coloured by the metric. A drag along an axis leaves the runs that pass there. */
export function ParallelView({ answer, metric, metrics, stat, search, change }: AnalysisViewProps): ReactElement {
  const { params } = answer;
  const isLess = metric !== undefined && directionOf(metric) === 'min';
  // The best are drawn last, over the others.
  const rows = useMemo(() => {
    const judged = metric === undefined ? undefined : dimensionOf(`metrics.${metric}`, answer.rows, stat).values;
    const placeOfRow = (at: number) =>
      judged === undefined || Number.isNaN(judged[at]) ? -Infinity : isLess ? -judged[at]! : judged[at]!;
    return Array.from(answer.rows.keys())
      .toSorted((a, b) => placeOfRow(a) - placeOfRow(b) || a - b)
      .map((at) => answer.rows[at]!);
  }, [answer.rows, metric, stat, isLess]);
  const theme = useThemeName();
  const navigate = useNavigate();
  const box = useRef<HTMLDivElement>(null);
  const { width } = useSize(box);
  const [brushes, setBrushes] = useState<ReadonlyMap<string, Brush>>(new Map());
  const keys = useMemo(() => {
    const usual = params.filter(({ differs }) => differs).slice(0, USUAL_PARAMS);
    const goal = metric === undefined ? [] : [`metrics.${metric}`];
    // What runs are judged by stands last, where lines end.
    return [...(search.axes ?? usual.map(({ name }) => `params.${name}`)).filter((key) => !goal.includes(key)), ...goal];
  }, [params, metric, search.axes]);
  const dimensions = useMemo(() => keys.map((key) => dimensionOf(key, rows, stat)), [keys, rows, stat]);
  const goal = dimensions.at(-1);
  const coloring = useMemo(
    () =>
      heatColoring(
        { mode: 'scheme', scheme: '', fill: '', reverse: isLess, steps: 256, exponent: 1 },
        goal === undefined || Number.isNaN(goal.min) ? 0 : goal.min,
        goal === undefined || Number.isNaN(goal.max) ? 1 : goal.max,
        theme,
      ),
    [goal, isLess, theme],
  );
  const lines = useMemo(
    () =>
      rows.map(({ run }, at) => {
        const value = goal?.values[at] ?? Number.NaN;
        return {
          id: run.id,
          name: run.name,
          color: Number.isNaN(value) ? 'gray' : coloring.cssOf(value),
          places: Float64Array.from(dimensions, (dimension) => placeOf(dimension, dimension.values[at]!)),
          texts: dimensions.map(({ texts }) => texts[at]!),
        };
      }),
    [rows, dimensions, goal, coloring],
  );
  const axes = useMemo(
    () =>
      dimensions.map((dimension) => ({
        name: dimension.isLog ? `${dimension.name} (log)` : dimension.name,
        ticks: ticksOf(dimension),
      })),
    [dimensions],
  );
  const brushed = keys.map((key) => brushes.get(key));
  const passing = rows.filter((_, at) =>
    brushed.every((brush, axis) => {
      const place = lines[at]!.places[axis]!;
      return brush === undefined || (place >= brush[0] && place <= brush[1]);
    }),
  );
  if (dimensions.length < 2) {
    return (
      <p className={classes.none}>
        Parallel coordinates need runs whose parameters differ. These have the same, or none. Choose axes below, or other runs.
      </p>
    );
  }
  return (
    <>
      <div className={classes.toolbar}>
        <MultiSelect
          className={classes.axes}
          aria-label="Axes"
          placeholder="Add an axis"
          data={choicesOf(answer, metrics)}
          searchable
          limit={200}
          maxValues={MOST_AXES}
          value={keys}
          onChange={(next) => change({ axes: next })}
        />
      </div>
      <div ref={box} className={classes.parallel} data-scrolls>
        {width > 0 && (
          <ParallelChart
            label="Runs over their parameters"
            brushes={brushed}
            onBrush={(axis, brush) =>
              setBrushes((before) => {
                const next = new Map(before);
                if (brush === undefined) next.delete(keys[axis]!);
                else next.set(keys[axis]!, brush);
                return next;
              })
            }
            onPick={(id) => void navigate({ to: '/runs/$id', params: { id }, search: {} })}
            height={HEIGHT}
            {...{ axes, lines, theme }}
            width={Math.max(width, axes.length * LEAST_AXIS_PX)}
          />
        )}
        <div className={classes.below}>
          <HeatScale coloring={coloring} say={say} at={undefined} width={320} note={false} />
          <span>{goal?.name}</span>
          <span className={classes.count}>
            {brushes.size === 0
              ? 'Drag along an axis to choose a part of it.'
              : `${passing.length.toLocaleString('en')} of ${rows.length.toLocaleString('en')} runs pass. A click on an axis lets all of it through.`}
          </span>
        </div>
      </div>
      {brushes.size > 0 && (
        <ul className={classes.passing}>
          {passing.slice(0, 50).map(({ run }) => (
            <li key={run.id}>
              <button type="button" onClick={() => void navigate({ to: '/runs/$id', params: { id: run.id }, search: {} })}>
                {run.name}
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

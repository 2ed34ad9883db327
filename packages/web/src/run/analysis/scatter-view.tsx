import { Select } from '@mantine/core';
import { formatText } from '@vitrine/model/unit.ts';
import { valueAxis } from '@vitrine/ui/categorical/axes.ts';
import { createCrosshair } from '@vitrine/ui/chart/crosshair.ts';
import type { ChartContext, YAxis } from '@vitrine/ui/chart/plot.ts';
import { XYChart } from '@vitrine/ui/chart/xy-chart.tsx';
import type { XYSeries } from '@vitrine/ui/chart/xy-chart.tsx';
import { heatColoring } from '@vitrine/ui/heat/heat-colors.ts';
import { HeatScale } from '@vitrine/ui/heat/heat-scale-bar.tsx';
import { SERIES_COLORS } from '@vitrine/ui/theme/series-color.ts';
import { useThemeName } from '@vitrine/ui/theme/theme-provider.tsx';
import { useMemo, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import { useSize } from '../../dashboard/use-size.ts';
import { runColor } from '../run-color.ts';
import classes from './analysis.module.css';
import { choicesOf } from './choices.ts';
import { dimensionOf } from './dimension.ts';
import type { Dimension } from './dimension.ts';
import type { AnalysisViewProps } from './run-analysis.tsx';

const HEIGHT = 440;
const LOG = { kind: 'log', base: 10 } as const;
const MARGIN = 0.04;
const say = (value: number): string => formatText(value, 'none');

/** A point a run, where two parameters or metrics meet, coloured by a third. */
export function ScatterView({ answer, metric, metrics, stat, search, change }: AnalysisViewProps): ReactElement {
  const { rows, params } = answer;
  const theme = useThemeName();
  const box = useRef<HTMLDivElement>(null);
  const { width } = useSize(box);
  const [cursor] = useState(createCrosshair);
  const choices = useMemo(() => choicesOf(answer, metrics), [answer, metrics]);
  const xKey = search.sx ?? (params[0] === undefined ? 'duration' : `params.${params[0].name}`);
  const yKey = search.sy ?? (metric === undefined ? 'duration' : `metrics.${metric}`);
  const x = useMemo(() => dimensionOf(xKey, rows, stat), [xKey, rows, stat]);
  const y = useMemo(() => dimensionOf(yKey, rows, stat), [yKey, rows, stat]);
  const third = useMemo(
    () => (search.color === undefined ? undefined : dimensionOf(search.color, rows, stat)),
    [search.color, rows, stat],
  );
  const coloring = useMemo(
    () =>
      third === undefined || third.kind === 'category' || Number.isNaN(third.min)
        ? undefined
        : heatColoring(
            { mode: 'scheme', scheme: '', fill: '', reverse: false, steps: 256, exponent: 1 },
            third.min,
            third.max,
            theme,
          ),
    [third, theme],
  );
  const series = useMemo((): readonly XYSeries[] => {
    const known = Array.from(rows.keys()).filter((at) => !Number.isNaN(x.values[at]) && !Number.isNaN(y.values[at]));
    const inkOf = (at: number): string => {
      if (third === undefined) return runColor(rows[at]!.run.id, theme);
      const value = third.values[at]!;
      if (Number.isNaN(value)) return 'gray';
      return coloring?.cssOf(value) ?? SERIES_COLORS[theme][value % SERIES_COLORS[theme].length]!;
    };
    return [
      {
        id: 'runs',
        name: '',
        color: SERIES_COLORS[theme][0]!,
        xs: Float64Array.from(known, (at) => x.values[at]!),
        ys: Float64Array.from(known, (at) => y.values[at]!),
        rows: Uint32Array.from(known),
        points: true,
        lines: false,
        radius: known.length > 300 ? 3 : 5,
        shape: 'circle',
        strokeWidth: 1,
        opacity: 0.7,
        lineWidth: 1,
        dash: [],
        radii: undefined,
        inks: known.map(inkOf),
        describe: (at) => [
          ['run', rows[at]!.run.name],
          [x.name, x.texts[at]!],
          [y.name, y.texts[at]!],
          ...(third === undefined ? [] : [[third.name, third.texts[at]!] as const]),
        ],
      },
    ];
  }, [rows, x, y, third, coloring, theme]);
  const context = useMemo(
    (): ChartContext => ({
      x: 'step',
      from: 0,
      to: 0,
      timeZone: 'browser',
      theme,
      cursor,
      share: 'off',
      zoomTo: () => {},
      zoomOut: () => {},
    }),
    [theme, cursor],
  );
  const shown = series[0]!.xs.length;
  const [xMin, xMax] = endsOf(x);
  return (
    <>
      <div className={classes.toolbar}>
        <Picker label="x" value={xKey} choices={choices} onChoose={(sx) => change({ sx })} />
        <Picker label="y" value={yKey} choices={choices} onChoose={(sy) => change({ sy })} />
        <Picker label="Colour" value={search.color} choices={choices} onChoose={(color) => change({ color })} isOptional />
        {shown < rows.length && (
          <span className={classes.count}>
            {(rows.length - shown).toLocaleString('en')} {rows.length - shown === 1 ? 'run lacks' : 'runs lack'} one of the two
          </span>
        )}
      </div>
      <div ref={box} className={classes.parallel}>
        {shown === 0 ? (
          <p className={classes.none}>No run has both. Choose something else for x or y.</p>
        ) : (
          width > 0 && (
            <XYChart
              label={`${y.name} over ${x.name}`}
              xAxis={{ unit: unitOf(x), label: labelOf(x) }}
              xScale={x.isLog ? LOG : undefined}
              y={yAxisOf(y)}
              zoomY={() => {}}
              tells
              height={HEIGHT}
              {...{ series, width, context, xMin, xMax }}
            />
          )
        )}
        <div className={classes.below}>
          {coloring !== undefined && <HeatScale coloring={coloring} say={say} at={undefined} width={320} note={false} />}
          {third?.kind === 'category' && (
            <ul className={classes.legend}>
              {third.categories.slice(0, 20).map((name, at) => (
                <li key={name}>
                  <svg width={8} height={8} aria-hidden>
                    <circle cx={4} cy={4} r={4} fill={SERIES_COLORS[theme][at % SERIES_COLORS[theme].length]} />
                  </svg>
                  {name}
                </li>
              ))}
            </ul>
          )}
          {x.kind === 'category' && (
            <span className={classes.count}>x: {x.categories.map((name, at) => `${at} is ${name}`).join(', ')}</span>
          )}
          {y.kind === 'category' && (
            <span className={classes.count}>y: {y.categories.map((name, at) => `${at} is ${name}`).join(', ')}</span>
          )}
        </div>
      </div>
    </>
  );
}

interface PickerProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly choices: ReturnType<typeof choicesOf>;
  readonly isOptional?: boolean;
  readonly onChoose: (key: string | undefined) => void;
}

function Picker({ label, value, choices, isOptional = false, onChoose }: PickerProps): ReactElement {
  return (
    <Select
      className={classes.picker}
      aria-label={label}
      leftSection={<span className={classes.letter}>{label}</span>}
      leftSectionWidth={label.length > 1 ? 60 : 28}
      placeholder={isOptional ? 'by run' : ''}
      data={choices}
      searchable
      limit={200}
      clearable={isOptional}
      allowDeselect={isOptional}
      value={value ?? null}
      onChange={(next) => onChoose(next ?? undefined)}
    />
  );
}

function unitOf({ key }: Dimension): string {
  return key === 'duration' ? 's' : 'none';
}

function labelOf({ name, isLog }: Dimension): string {
  return isLog ? `${name} (log)` : name;
}

/** With some room around the points. */
function endsOf({ min, max, isLog }: Dimension): readonly [number, number] {
  if (Number.isNaN(min)) return [0, 1];
  if (isLog) return [min * (max / min) ** -MARGIN, max * (max / min) ** MARGIN];
  const room = max > min ? (max - min) * MARGIN : Math.max(1, Math.abs(min)) / 2;
  return [min - room, max + room];
}

function yAxisOf(dimension: Dimension): YAxis {
  const [low, high] = endsOf(dimension);
  const { min, max } = dimension.isLog ? { min: low, max: high } : valueAxis(low, high, {}, HEIGHT, 'y', unitOf(dimension));
  return {
    kind: 'value',
    min,
    max,
    unit: unitOf(dimension),
    decimals: undefined,
    label: labelOf(dimension),
    ...(dimension.isLog ? { scale: LOG } : {}),
  };
}

import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { RunItemRows } from '@vitrine/model/run-api.ts';
import { formatText } from '@vitrine/model/unit.ts';
import { createCrosshair } from '@vitrine/ui/chart/crosshair.ts';
import type { ChartContext } from '@vitrine/ui/chart/plot.ts';
import { XYChart } from '@vitrine/ui/chart/xy-chart.tsx';
import type { XYSeries } from '@vitrine/ui/chart/xy-chart.tsx';
import { useThemeName } from '@vitrine/ui/theme/theme-provider.tsx';
import { useCallback, useDeferredValue, useMemo, useState } from 'react';
import type { ReactElement } from 'react';
import { runColor } from './run-color.ts';
import { averagePrecision } from './average-precision.ts';
import { nearestStep } from './media/nearest-step.ts';
import classes from './run-page.module.css';
import type { RunTabProps } from './run-page.tsx';
import { runItemRowsQuery } from './run-queries.ts';
import { StepSlider } from './step-slider.tsx';
import { TagCard } from './tag-card.tsx';

const MOST = 200;
/** Rows of what was logged at a step. */
const [TP, FP, FN, PRECISION, RECALL] = [0, 1, 3, 4, 5];

/** Precision over recall at one step, the steps around it faint behind. */
export function PrTab({ answer, search, change }: RunTabProps): ReactElement {
  const words = useDeferredValue(search.q ?? '').toLowerCase();
  const tags = answer.items.filter(({ kind, tag }) => kind === 'pr_curve' && tag.toLowerCase().includes(words));
  const last = Math.max(0, ...tags.map(({ maxStep }) => maxStep));
  const first = Math.min(last, ...tags.map(({ minStep }) => minStep));
  const step = Math.min(last, Math.max(first, search.step ?? last));
  // Curves are mostly logged together: the steps of one are those of all.
  const one = tags[0]?.tag;
  const { data } = useQuery({ ...runItemRowsQuery(answer.run.id, 'pr_curve', one ?? '', MOST), enabled: one !== undefined });
  const steps = useMemo(() => [...new Set(data?.items.map((item) => item.step))].toSorted((a, b) => a - b), [data]);
  const onStep = useCallback((next: number) => change({ step: next === last ? undefined : next }), [change, last]);
  return (
    <>
      <div className={classes.toolbar}>
        <TextInput
          className={classes.search}
          aria-label="Search PR curves"
          placeholder="Search PR curves"
          leftSection={<IconSearch size={15} />}
          value={search.q ?? ''}
          onChange={(event) => change({ q: event.currentTarget.value === '' ? undefined : event.currentTarget.value })}
        />
        <StepSlider {...{ first, last, step, steps, onStep }} />
      </div>
      {tags.length === 0 && <p className={classes.none}>No PR curve has these letters in its name.</p>}
      <div className={classes.cards}>
        {tags.map(({ tag, count }) => (
          <TagCard key={tag} title={tag} note={`${count.toLocaleString('en')} steps`}>
            {(width, height) => <PrCurve {...{ tag, step, width, height }} run={answer.run.id} />}
          </TagCard>
        ))}
      </div>
    </>
  );
}

interface PrCurveProps {
  readonly run: string;
  readonly tag: string;
  readonly step: number;
  readonly width: number;
  readonly height: number;
}

const UNZOOMED = { min: 0, max: 1 };

function PrCurve({ run, tag, step, width, height }: PrCurveProps): ReactElement | null {
  const theme = useThemeName();
  const { data, error } = useQuery(runItemRowsQuery(run, 'pr_curve', tag, MOST));
  const [cursor] = useState(createCrosshair);
  const [zoomed, setZoomed] = useState(UNZOOMED);
  const at = data === undefined ? -1 : nearestStep(data.items, step);
  const shown = data?.items[at];
  const color = runColor(run, theme);
  const series = useMemo(
    () => [
      // The way here: three steps before.
      ...(data?.items
        .slice(Math.max(0, at - 3), at)
        .map((item, place, before) => seriesOf(item, color, 0.15 + (0.3 * place) / before.length)) ?? []),
      ...(shown === undefined ? [] : [seriesOf(shown, color, 1)]),
    ],
    [data, at, shown, color],
  );
  const context = useMemo(
    (): ChartContext => ({
      x: 'step',
      from: zoomed.min,
      to: zoomed.max,
      timeZone: 'browser',
      theme,
      cursor,
      share: 'off',
      zoomTo: (min, max) => setZoomed({ min: Math.max(0, min), max: Math.min(1, max) }),
      zoomOut: () => setZoomed(UNZOOMED),
    }),
    [theme, cursor, zoomed],
  );
  if (error !== null && data === undefined) return <p className={classes.cardProblem}>{error.message}</p>;
  if (shown === undefined) return null;
  const area = averagePrecision(shown.rows[PRECISION] ?? [], shown.rows[RECALL] ?? []);
  return (
    <div className={classes.pr}>
      <XYChart
        label={tag}
        xMin={zoomed.min}
        xMax={zoomed.max}
        xAxis={{ unit: 'percentunit', label: 'recall' }}
        xScale={undefined}
        y={{ kind: 'value', min: 0, max: 1, unit: 'percentunit', decimals: undefined, label: 'precision' }}
        zoomY={() => {}}
        tells
        {...{ series, width, context }}
        height={height - 20}
      />
      <p>
        step {shown.step.toLocaleString('en')} · average precision {formatText(area, 'none')}
        {data?.isCut === true &&
          ` · ${data.items.length.toLocaleString('en')} of ${data.total.toLocaleString('en')} steps, as they are large`}
      </p>
    </div>
  );
}

function seriesOf({ step, rows, id }: RunItemRows, color: string, opacity: number): XYSeries {
  const pairs = (rows[RECALL] ?? []).map((recall, row) => ({ recall, precision: rows[PRECISION]?.[row] ?? Number.NaN, row }));
  // Where nothing is called positive there is no precision, though 0 is logged.
  const known = pairs.filter(
    ({ recall, precision, row }) =>
      Number.isFinite(recall) && Number.isFinite(precision) && (rows[TP]?.[row] ?? 1) + (rows[FP]?.[row] ?? 0) > 0,
  );
  return {
    id: String(id),
    name: `step ${step.toLocaleString('en')}`,
    color:
      opacity === 1
        ? color
        : `${color}${Math.round(opacity * 255)
            .toString(16)
            .padStart(2, '0')}`,
    xs: Float64Array.from(known, ({ recall }) => recall),
    ys: Float64Array.from(known, ({ precision }) => precision),
    rows: Uint32Array.from(known, ({ row }) => row),
    points: false,
    lines: true,
    radius: 3,
    shape: 'circle',
    strokeWidth: 0,
    opacity,
    lineWidth: opacity === 1 ? 2 : 1,
    dash: [],
    radii: undefined,
    inks: undefined,
    describe: (row) => [
      ['precision', formatText(rows[PRECISION]?.[row] ?? Number.NaN, 'percentunit')],
      ['recall', formatText(rows[RECALL]?.[row] ?? Number.NaN, 'percentunit')],
      ['threshold', formatText(row / Math.max(1, (rows[RECALL]?.length ?? 1) - 1), 'none')],
      ['true positives', formatText(rows[TP]?.[row] ?? Number.NaN, 'none')],
      ['false positives', formatText(rows[FP]?.[row] ?? Number.NaN, 'none')],
      ['false negatives', formatText(rows[FN]?.[row] ?? Number.NaN, 'none')],
    ],
  };
}

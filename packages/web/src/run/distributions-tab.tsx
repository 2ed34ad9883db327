import { SegmentedControl, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { BAND_SHARES, distributionOf, extentOf, quantilesOf, rebin } from '@vitrine/compute/distribution/distribution.ts';
import type { Distribution } from '@vitrine/compute/distribution/distribution.ts';
import type { HeatGrid } from '@vitrine/compute/heat-grid.ts';
import { formatText } from '@vitrine/model/unit.ts';
import { BandsChart } from '@vitrine/ui/distribution/bands-chart.tsx';
import { RidgeChart } from '@vitrine/ui/distribution/ridge-chart.tsx';
import { createCrosshair } from '@vitrine/ui/chart/crosshair.ts';
import type { MarkedContext } from '@vitrine/ui/chart/event-marks.ts';
import { HeatmapChart } from '@vitrine/ui/chart/heatmap-chart.tsx';
import { heatColoring } from '@vitrine/ui/heat/heat-colors.ts';
import { useCallback, useDeferredValue, useMemo, useState } from 'react';
import type { ReactElement } from 'react';
import { runColor } from './run-color.ts';
import { columnsOverSteps } from './columns-over-steps.ts';
import classes from './run-page.module.css';
import type { RunTabProps } from './run-page.tsx';
import { runItemRowsQuery } from './run-queries.ts';
import { HISTOGRAM_LOOKS } from './run-search.ts';
import type { HistogramLook } from './run-search.ts';
import { TagCard } from './tag-card.tsx';
import { useStepContext } from './use-step-context.ts';

const LOOKS: Readonly<Record<HistogramLook, string>> = { offset: 'Offset', heatmap: 'Heatmap', distributions: 'Distributions' };
/** Outlines that can be told apart, and columns that are wider than a pixel. */
const MOST: Readonly<Record<HistogramLook, number>> = { offset: 40, heatmap: 240, distributions: 240 };
const BINS = 60;
const BAND_NAMES = ['least', '−1.5 σ', '−σ', '−0.5 σ', 'median', '+0.5 σ', '+σ', '+1.5 σ', 'most'];

/** Histograms over steps: outlines behind each other, cells, or bands as TensorBoard's distributions. */
export function DistributionsTab({ answer, search, change }: RunTabProps): ReactElement {
  const look = search.look ?? 'offset';
  const words = useDeferredValue(search.q ?? '').toLowerCase();
  const tags = answer.items.filter(({ kind, tag }) => kind === 'histogram' && tag.toLowerCase().includes(words));
  const [cursor] = useState(createCrosshair);
  const { from, to } = search;
  const onZoom = useCallback(
    (next: { readonly from: number | undefined; readonly to: number | undefined }) => change(next, 'push'),
    [change],
  );
  const context = useStepContext({ x: 'step', cursor, from, to, onZoom });
  return (
    <>
      <div className={classes.toolbar}>
        <TextInput
          className={classes.search}
          aria-label="Search histograms"
          placeholder="Search histograms"
          leftSection={<IconSearch size={15} />}
          value={search.q ?? ''}
          onChange={(event) => change({ q: event.currentTarget.value === '' ? undefined : event.currentTarget.value })}
        />
        <SegmentedControl
          aria-label="How histograms are drawn"
          value={look}
          data={HISTOGRAM_LOOKS.map((value) => ({ value, label: LOOKS[value] }))}
          onChange={(value) => change({ look: HISTOGRAM_LOOKS.find((each) => each === value && each !== 'offset') })}
        />
      </div>
      {tags.length === 0 && <p className={classes.none}>No histogram has these letters in its name.</p>}
      <div className={classes.cards}>
        {tags.map(({ tag, count }) => (
          <TagCard key={tag} title={tag} note={`${count.toLocaleString('en')} steps`}>
            {(width, height) => <Histograms {...{ tag, look, context, width, height }} run={answer.run.id} />}
          </TagCard>
        ))}
      </div>
    </>
  );
}

interface HistogramsProps {
  readonly run: string;
  readonly tag: string;
  readonly look: HistogramLook;
  readonly context: MarkedContext;
  readonly width: number;
  readonly height: number;
}

function Histograms({ run, tag, look, context, width, height }: HistogramsProps): ReactElement | null {
  const { data, error } = useQuery(runItemRowsQuery(run, 'histogram', tag, MOST[look]));
  const all = useMemo(() => data?.items.map(({ step, timeMs, rows }) => distributionOf(step, timeMs, rows)), [data]);
  if (error !== null && all === undefined) return <p className={classes.cardProblem}>{error.message}</p>;
  if (all === undefined) return null;
  const extent = extentOf(all);
  if (extent === undefined) return <p className={classes.none}>These histograms have nothing in any bucket.</p>;
  const isCut = data?.isCut === true;
  const props = { tag, all, extent, context, width, color: runColor(run, context.theme), height: isCut ? height - 20 : height };
  const Picture = PICTURES[look];
  if (!isCut) return <Picture {...props} />;
  return (
    <div className={classes.pr}>
      <Picture {...props} />
      <p>
        {all.length.toLocaleString('en')} of {data?.total.toLocaleString('en')} histograms, as they are large
      </p>
    </div>
  );
}

interface LookProps {
  readonly tag: string;
  readonly all: readonly Distribution[];
  readonly extent: readonly [low: number, high: number];
  readonly context: MarkedContext;
  readonly width: number;
  readonly height: number;
  readonly color: string;
}

function Ridges({ tag, all, extent: [low, high], context, width, height, color }: LookProps): ReactElement {
  const ridges = useMemo(
    () =>
      all.map((distribution) => {
        const [middle] = quantilesOf(distribution, [0.5]);
        const total = distribution.counts.reduce((sum, count) => sum + count, 0);
        return {
          name: distribution.step.toLocaleString('en'),
          bins: rebin(distribution, low, high, BINS),
          note: `${formatText(total, 'short')} values, median ${formatText(middle!, 'none')}`,
        };
      }),
    [all, low, high],
  );
  return <RidgeChart label={tag} theme={context.theme} {...{ ridges, low, high, width, height, color }} />;
}

function Bands({ tag, all, context, width, height, color }: LookProps): ReactElement {
  const { xs, lines } = useMemo(() => {
    const rising = [...new Map(all.map((each) => [each.step, each])).values()].toSorted((a, b) => a.step - b.step);
    const quantiles = rising.map((each) => quantilesOf(each, BAND_SHARES));
    return {
      xs: Float64Array.from(rising, ({ step }) => step),
      lines: BAND_SHARES.map((_, line) => Float64Array.from(quantiles, (each) => each[line]!)),
    };
  }, [all]);
  return <BandsChart label={tag} names={BAND_NAMES} {...{ xs, lines, width, height, context, color }} />;
}

const PICTURES = { offset: Ridges, heatmap: Heat, distributions: Bands } satisfies Record<HistogramLook, unknown>;

const isNothing = (value: number): boolean => value <= 0;

function Heat({ tag, all, extent: [low, high], context, width, height }: LookProps): ReactElement {
  const { grid, xs, edges } = useMemo(() => heatOf(all, low, high), [all, low, high]);
  const coloring = useMemo(
    () =>
      heatColoring(
        { mode: 'scheme', scheme: '', fill: '', reverse: false, steps: 256, exponent: 0.5 },
        0,
        grid.max,
        context.theme,
      ),
    [grid.max, context.theme],
  );
  const say = useCallback((value: number) => formatText(value, 'short'), []);
  return (
    <HeatmapChart
      label={tag}
      names={[]}
      place="edges"
      yAxis={{
        axis: { kind: 'value', min: edges[0]!, max: edges.at(-1)!, unit: 'none', decimals: undefined, grid: false },
        edges,
      }}
      reversed={false}
      namesHidden={false}
      events={{ lineWidth: 1, regionOpacity: 0.1 }}
      selects="x"
      thresholds={[]}
      isBlank={isNothing}
      gap={0}
      radius={0}
      showValue="never"
      describe={(row) => `${formatText(edges[row]!, 'none')} to ${formatText(edges[row + 1]!, 'none')}`}
      legend
      tooltip={{ mode: 'single', histogram: true, scale: false }}
      marks={[]}
      markColor=""
      {...{ grid, xs, width, height, context, coloring, say }}
    />
  );
}

function heatOf(
  all: readonly Distribution[],
  low: number,
  high: number,
): { readonly grid: HeatGrid; readonly xs: Float64Array; readonly edges: Float64Array } {
  // One value has a cell around it.
  const [from, to] = low < high ? [low, high] : [low - Math.max(1, Math.abs(low)) / 2, high + Math.max(1, Math.abs(high)) / 2];
  const { xs, x0, step, sources } = columnsOverSteps(all.map((each) => each.step));
  const columns = sources.length;
  const values = new Float64Array(columns * BINS).fill(Number.NaN);
  let max = 0;
  for (const [column, source] of sources.entries()) {
    if (source === undefined) continue;
    for (const [bin, count] of rebin(all[source]!, from, to, BINS).entries()) {
      values[bin * columns + column] = count;
      max = Math.max(max, count);
    }
  }
  return {
    grid: { columns, rows: BINS, values, x0, step, fieldsPerRow: 1, min: 0, max },
    xs,
    edges: Float64Array.from({ length: BINS + 1 }, (_, edge) => from + ((to - from) * edge) / BINS),
  };
}

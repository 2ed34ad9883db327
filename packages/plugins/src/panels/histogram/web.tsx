import { binCounts, normalised, sharedBins } from '@vitrine/compute/bins.ts';
import { fieldNames } from '@vitrine/compute/field/field-names.ts';
import type { Frame, NumberField } from '@vitrine/model/frame.ts';
import { formatText } from '@vitrine/model/unit.ts';
import { BarChart } from '@vitrine/ui/categorical/bar-chart.tsx';
import { colorOf } from '@vitrine/ui/theme/color-mode.ts';
import { INK } from '@vitrine/ui/theme/ink.ts';
import type { ThemeName } from '@vitrine/ui/theme/ink.ts';
import { assignSlots } from '@vitrine/ui/theme/series-color.ts';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useMemo } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { configured } from '../configured.ts';
import { bucketBars } from './bucket-bars.ts';
import type { BucketBars } from './bucket-bars.ts';
import { hiddenFrom } from '../hidden.ts';
import { histogram } from './spec.ts';
import type { HistogramOptions } from './spec.ts';

const MOST_SERIES = 100;
const HEIGHT_WORDS = { count: '', share: 'share of all', density: 'density' };
const NAMES = { rotation: 0, mostLetters: 40, spacing: 0 };

interface Column {
  readonly name: string;
  readonly field: NumberField;
  readonly values: Float64Array;
  readonly isReference: boolean;
}

/** The columns of numbers; all but the reference as one, where they are combined. */
function columnsOf(frames: readonly Frame[], { combine, reference }: HistogramOptions): readonly Column[] {
  const names = fieldNames(frames);
  const columns = frames.flatMap((frame, at) =>
    frame.shape === 'exemplars'
      ? []
      : frame.fields.flatMap((field, index) => {
          // The x of a curve is no value of it.
          if (field.type !== 'number' || (index === 0 && frame.shape === 'series') || hiddenFrom(field, 'viz')) return [];
          const values = field.present === undefined ? field.values : field.values.filter((_, row) => field.present![row] === 1);
          const isReference = reference !== '' && (frame.refId === reference || frame.name === reference);
          return [{ name: names[at]![index]!, field, values, isReference }];
        }),
  );
  if (!combine) return columns.slice(0, MOST_SERIES);
  const own = columns.filter(({ isReference }) => !isReference);
  const all = new Float64Array(own.reduce((sum, { values }) => sum + values.length, 0));
  let at = 0;
  for (const { values } of own) {
    all.set(values, at);
    at += values.length;
  }
  const combined = own[0] === undefined ? [] : [{ ...own[0], name: 'Combined', values: all }];
  return [...combined, ...columns.filter(({ isReference }) => isReference)];
}

/** Buckets that were counted where the data comes from. They may differ in width, so that their heights are no densities. */
function ofBuckets({ edges, counts, field }: BucketBars, theme: ThemeName, normalise: HistogramOptions['normalise']) {
  const unit = field.config?.unit ?? '';
  const words = edges.map((edge) => (Number.isFinite(edge) ? formatText(edge, unit, field.config?.decimals) : ''));
  const all = counts.reduce((sum, count) => sum + count, 0);
  const values = normalise === 'share' ? counts.map((count) => count / all) : counts;
  const color = colorOf(undefined, { slot: 0, index: 0 }, theme);
  const series = [
    {
      id: '0',
      name: 'Count',
      values,
      colorAt: () => color,
      textAt: (bucket: number) => formatText(values[bucket]!, normalise === 'share' ? 'percentunit' : 'short'),
      fill: 0.8,
      lineWidth: 1,
      gradient: false,
      outline: false,
      piles: 'none',
    },
  ];
  const categories = Array.from(counts, (_, at) => {
    const [low, high] = [words[at], words[at + 1]];
    if (low === '') return `up to ${high}`;
    return high === '' ? `over ${low}` : `${low} to ${high}`;
  });
  return { series, edges: words, categories };
}

function Histogram({ options, field, data, width, height, title, context }: PanelProps<HistogramOptions>): ReactElement {
  const { theme } = context;
  const { legend, normalise, bucketSize, bucketCount, bucketOffset } = options;
  const found = useMemo(() => {
    const counted = bucketBars(data.frames);
    if (counted !== undefined) return ofBuckets(counted, theme, normalise);
    const columns = columnsOf(configured(data.frames, field), options);
    const bins = sharedBins(
      columns.map(({ values }) => values),
      { size: bucketSize, count: bucketCount, offset: bucketOffset },
    );
    if (bins === undefined) return undefined;
    const { config } = columns[0]!.field;
    const unit = config?.unit ?? '';
    const edges = Array.from({ length: bins.count + 1 }, (_, at) =>
      formatText(Number((bins.from + at * bins.size).toPrecision(12)), unit, config?.decimals),
    );
    const slots = assignSlots(columns.map(({ name }) => name));
    const series = columns.map(({ name, field: { config: own }, values, isReference }, index) => {
      const counts = binCounts(values, bins);
      const heights = normalised(counts, bins.size, normalise);
      const color = isReference
        ? INK[theme].text
        : colorOf(own?.color?.mode === 'thresholds' ? undefined : own?.color, { slot: slots.get(name) ?? 0, index }, theme);
      const opacity = own?.custom?.['fillOpacity'];
      const fill = typeof opacity === 'number' ? Math.min(1, Math.max(0, opacity / 100)) : 0.8;
      const { lineWidth, gradientMode, stacking } = own?.custom ?? {};
      return {
        id: `${index} ${name}`,
        name: isReference ? `${name} (reference)` : name,
        values: heights,
        colorAt: () => color,
        textAt: (bin: number) => {
          const times = counts[bin]!.toLocaleString('en');
          if (normalise === 'count') return times;
          return `${formatText(heights[bin]!, normalise === 'share' ? 'percentunit' : 'short')} (${times})`;
        },
        // Behind each other, all must be seen.
        fill: columns.length > 1 ? Math.min(fill, 0.55) : fill,
        lineWidth: typeof lineWidth === 'number' ? Math.min(10, Math.max(0, lineWidth)) : 1,
        gradient: gradientMode === 'opacity' || gradientMode === 'hue',
        outline: isReference,
        piles: typeof stacking === 'object' && stacking !== null && 'mode' in stacking ? stacking.mode : 'none',
      };
    });
    const categories = Array.from({ length: bins.count }, (_, at) => `${edges[at]} to ${edges[at + 1]}`);
    return { series, edges, categories };
  }, [data.frames, field, options, bucketSize, bucketCount, bucketOffset, normalise, theme]);
  const legendItems = useMemo(
    () => (found?.series ?? []).map(({ id, name, colorAt }) => ({ id, name, color: colorAt(), values: [] })),
    [found],
  );
  if (found === undefined) return <NoData width={width} height={height} text={field.noValue ?? ''} />;
  const piles = found.series[0]?.piles;
  return (
    <BarChart
      label={title}
      categories={found.categories}
      edges={found.edges}
      series={found.series}
      width={width}
      height={height}
      theme={theme}
      horizontal={false}
      stacking={piles === 'normal' || piles === 'percent' ? piles : 'overlay'}
      groupWidth={1}
      barWidth={1}
      showValue="never"
      names={NAMES}
      unit={normalise === 'share' ? 'percentunit' : 'short'}
      decimals={undefined}
      min={undefined}
      max={undefined}
      axisLabel={HEIGHT_WORDS[normalise]}
      legend={{
        placement: legend.showLegend && legend.displayMode !== 'hidden' && found.series.length > 1 ? legend.placement : 'hidden',
        mode: 'list',
        heads: [],
        width: legend.width,
      }}
      legendItems={legendItems}
      tooltip={options.tooltip}
    />
  );
}

export const histogramWeb: PanelWeb<HistogramOptions> = { spec: histogram, Component: Histogram };

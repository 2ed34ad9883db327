import { fieldMatcher } from '@vitrine/compute/matcher.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';

import type { PanelSpec } from '../../contract.ts';
import { AXIS_CONTROLS, choice, control, HIDE_CONTROLS, LEGEND_CONTROLS, TOOLTIP_CONTROLS } from '../controls.ts';
import { readLegend, readTooltip } from '../options-shared.ts';
import type { LegendOptions, TooltipOptions } from '../options-shared.ts';
import { Options } from '../options.ts';

/** Finds fields by an id and its options; undefined leaves it to the panel. */
export interface MatcherOption {
  readonly matcher: { readonly id: string; readonly options?: unknown };
}

export interface XYSeriesOptions {
  readonly name: { readonly fixed: string };
  /** Index of the frame; undefined is each frame that fits. */
  readonly frame: number | undefined;
  readonly x: MatcherOption | undefined;
  readonly y: MatcherOption | undefined;
  readonly color: MatcherOption | undefined;
  readonly size: MatcherOption | undefined;
}

/** Points where two columns meet. How they look stands in each y field's `config.custom`. */
export interface XYChartOptions {
  readonly legend: LegendOptions;
  readonly tooltip: TooltipOptions;
  /** auto: each column of numbers over the x column of its frame. manual: the series below. */
  readonly mapping: 'auto' | 'manual';
  readonly series: readonly XYSeriesOptions[];
}

const MOST_SERIES = 100;
const FIELD = { kind: 'field', asMatcher: true } as const;
const isManual = (read: (path: string) => unknown) => read('mapping') === 'manual';
const hasLines = (read: (path: string) => unknown) => (read('custom.show') ?? 'points') !== 'points';

export const xychart: PanelSpec<XYChartOptions> = {
  kind: 'xychart',
  title: 'XY chart',
  description: 'Points or lines where two columns meet, sized and coloured by others.',
  parseOptions(input) {
    const options = new Options(input);
    return {
      legend: readLegend(options),
      tooltip: readTooltip(options),
      mapping: options.oneOf('mapping', ['auto', 'manual'], 'auto'),
      series: options.list('series', MOST_SERIES).map((entry, index) => readSeries(entry, `options.series[${index}]`)),
    };
  },
  controls: [
    control('General', 'mapping', 'Series', choice(['auto', 'All columns over one'], ['manual', 'Two columns']), 'auto', {
      hint: 'Of series that are set one by one, the second and further ones stand in the JSON.',
    }),
    control('General', 'series.0.x.matcher', 'X', FIELD, undefined),
    control('General', 'series.0.y.matcher', 'Y', FIELD, undefined, { when: isManual }),
    control('General', 'series.0.size.matcher', 'Size by', FIELD, undefined),
    control('General', 'series.0.color.matcher', 'Colour by', FIELD, undefined),
    control('General', 'series.0.name.fixed', 'Name', { kind: 'text' }, undefined, { when: isManual }),
    control('Points', 'custom.show', 'Show', choice('points', 'lines', ['points+lines', 'Both']), 'points'),
    control('Points', 'custom.pointShape', 'Shape', choice('circle', 'square'), 'circle'),
    control('Points', 'custom.pointSize.fixed', 'Size', { kind: 'number', min: 1, max: 100 }, 5),
    control('Points', 'custom.pointSize.min', 'Least size by value', { kind: 'number', min: 1, max: 100 }, 3),
    control('Points', 'custom.pointSize.max', 'Greatest size by value', { kind: 'number', min: 1, max: 100 }, 36),
    control('Points', 'custom.fillOpacity', 'Fill opacity', { kind: 'number', min: 0, max: 100 }, 50),
    control('Points', 'custom.pointStrokeWidth', 'Stroke width', { kind: 'number', min: 0, max: 10 }, 1),
    control('Points', 'custom.lineWidth', 'Line width', { kind: 'number', min: 0, max: 20 }, 1.5, { when: hasLines }),
    control('Points', 'custom.lineStyle.fill', 'Strokes', choice('solid', 'dash', 'dot'), 'solid', { when: hasLines }),
    ...TOOLTIP_CONTROLS.filter(({ path }) => path === 'tooltip.mode'),
    ...LEGEND_CONTROLS.filter(({ path }) => ['legend.showLegend', 'legend.placement', 'legend.width'].includes(path)),
    // Of the y column; an override of the x column's settings is about the x axis.
    ...AXIS_CONTROLS.filter(({ path }) => path !== 'custom.axisCenteredZero' && path !== 'custom.axisColorMode'),
    ...HIDE_CONTROLS,
  ],
};

function readSeries(input: unknown, path: string): XYSeriesOptions {
  const series = new Options(input, path);
  const frame = matcherOf(series, 'frame', path)?.matcher.options;
  return {
    name: { fixed: series.group('name').text('fixed', 1000, '') },
    frame: typeof frame === 'number' ? frame : series.raw('frame') === undefined ? undefined : numberOf(series.raw('frame')),
    x: fieldOf(series, 'x', path),
    y: fieldOf(series, 'y', path),
    color: fieldOf(series, 'color', path),
    size: fieldOf(series, 'size', path),
  };
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) ? value : undefined;
}

function matcherOf(series: Options, name: string, path: string): MatcherOption | undefined {
  const given = series.raw(name);
  if (given === undefined || given === null || typeof given !== 'object') return undefined;
  const matcher = series.group(name).raw('matcher');
  if (matcher === undefined || matcher === null) return undefined;
  const { id, options } = matcher as { id?: unknown; options?: unknown };
  if (typeof id !== 'string') throw new BadRequest(`${path}.${name}.matcher.id`, 'expected the name of a matcher');
  return { matcher: { id, ...(options === undefined ? {} : { options }) } };
}

function fieldOf(series: Options, name: string, path: string): MatcherOption | undefined {
  const found = matcherOf(series, name, path);
  // A matcher that nobody knows is named here, not when the panel is drawn.
  if (found !== undefined) fieldMatcher(found.matcher.id, found.matcher.options);
  return found;
}

import { compilePattern, isSlashed } from '@vitrine/compute/pattern.ts';
import { findReducer } from '@vitrine/compute/reducers.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';

import type { Options } from './options.ts';

/** Blocks of options that several kinds of panel have, in Grafana's words. */

export interface LegendOptions {
  readonly showLegend: boolean;
  readonly displayMode: 'list' | 'table' | 'hidden';
  readonly placement: 'bottom' | 'right';
  /** Ids of reducers, in the order of their columns. Empty shows what there is room for. */
  readonly calcs: readonly string[];
  /** The title of a column, as "Mean", or "Name"; "" leaves the order of the answer. */
  readonly sortBy: string;
  readonly sortDesc: boolean;
  /** CSS pixels, where the legend stands at the right. */
  readonly width: number | undefined;
  /** At most so many entries. */
  readonly limit: number | undefined;
}

export function readLegend(panel: Options): LegendOptions {
  const options = panel.group('legend');
  return {
    showLegend: options.boolean('showLegend', true),
    displayMode: options.oneOf('displayMode', ['list', 'table', 'hidden'], 'table'),
    placement: options.oneOf('placement', ['bottom', 'right'], 'bottom'),
    calcs: readCalcs(options),
    sortBy: options.text('sortBy', 200, ''),
    sortDesc: options.boolean('sortDesc', true),
    width: options.optionalNumber('width'),
    limit: options.optionalNumber('limit'),
  };
}

export interface TooltipOptions {
  readonly mode: 'single' | 'multi' | 'none';
  readonly sort: 'asc' | 'desc' | 'none';
  readonly hideZeros: boolean;
  /** CSS pixels. */
  readonly maxWidth: number | undefined;
  readonly maxHeight: number | undefined;
}

/** Where a panel says nothing its tooltip tells of all lines, the highest first. */
export function readTooltip(panel: Options): TooltipOptions {
  const options = panel.group('tooltip');
  return {
    mode: options.oneOf('mode', ['single', 'multi', 'none'], 'multi'),
    sort: options.oneOf('sort', ['asc', 'desc', 'none'], 'desc'),
    hideZeros: options.boolean('hideZeros', false),
    maxWidth: options.optionalNumber('maxWidth'),
    maxHeight: options.optionalNumber('maxHeight'),
  };
}

/** How a chart of cells or bands marks the page's events. */
export interface AnnotationOptions {
  /** CSS pixels; 0 draws no lines. */
  readonly lines: { readonly width: number };
  /** 0 to 1; undefined is a light tint. */
  readonly regions: { readonly opacity: number | undefined };
}

export function readAnnotations(panel: Options): AnnotationOptions {
  const options = panel.group('annotations');
  const opacity = options.group('regions').optionalNumber('opacity');
  return {
    lines: { width: options.group('lines').number('width', { min: 0, max: 20 }, 1) },
    regions: { opacity: opacity === undefined ? undefined : Math.min(1, Math.max(0, opacity)) },
  };
}

/** What of the answer becomes single values. */
export interface ReduceOptions {
  /** Ids of reducers; each makes a value of each field. */
  readonly calcs: readonly string[];
  /** "" is the numbers; "/…/" the fields whose names match; else one field by its name. */
  readonly fields: string;
  /** Each row is a value instead. */
  readonly values: boolean;
  /** Of values, where `values` is set. */
  readonly limit: number | undefined;
}

export function readReduce(panel: Options): ReduceOptions {
  const options = panel.group('reduceOptions');
  const calcs = readCalcs(options);
  const fields = options.text('fields', 1000, '');
  if (isSlashed(fields)) compilePattern('options.reduceOptions.fields', fields, 'part');
  return {
    calcs: calcs.length === 0 ? ['lastNotNull'] : calcs,
    fields,
    values: options.boolean('values', false),
    limit: options.optionalNumber('limit'),
  };
}

/** Sizes of a value's and a name's text in CSS pixels; undefined fits them to the room. */
export interface TextSizes {
  readonly titleSize: number | undefined;
  readonly valueSize: number | undefined;
  /** Of the change in percent, where there is one. */
  readonly percentSize: number | undefined;
}

export function readTextSizes(panel: Options): TextSizes {
  const options = panel.group('text');
  return {
    titleSize: options.optionalNumber('titleSize'),
    valueSize: options.optionalNumber('valueSize'),
    percentSize: options.optionalNumber('percentSize'),
  };
}

export const ORIENTATIONS = ['auto', 'vertical', 'horizontal'] as const;
export type Orientation = (typeof ORIENTATIONS)[number];

const MOST_CALCS = 40;

function readCalcs(options: Options): readonly string[] {
  const calcs = options.texts('calcs', MOST_CALCS);
  for (const id of calcs) if (findReducer(id) === undefined) throw new BadRequest('options.calcs', `"${id}" is no calculation`);
  return calcs;
}

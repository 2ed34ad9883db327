import type { Field, Frame, FrameField } from '@vitrine/model/frame.ts';

import { columnOf, tableOf } from './column.ts';
import { isTimeSeries, requireReducer } from './fields.ts';
import { Options } from './options.ts';
import { splitSeries } from './series.ts';
import type { TransformationKind } from './transformation.ts';

export const timeSeriesTable: TransformationKind = {
  id: 'timeSeriesTable',
  title: 'Time series to table',
  description: 'Makes a row of each series: its labels, and its curve in one cell.',
  defaults: {},
  apply(frames, options) {
    const single = splitSeries(frames);
    const series = single.filter(isTimeSeries);
    const byQuery = Map.groupBy(series, ({ refId }) => refId);
    const tables = Array.from(byQuery, ([refId, list]) => {
      const name = byQuery.size > 1 ? `Trend #${refId}` : 'Trend';
      return trendTable(refId, name, list, new Options(options.get(refId)));
    });
    return [...single.filter((frame) => !isTimeSeries(frame)), ...tables];
  },
};

/** `stat` is by what a cell's curve is sorted and what stands beside it; a panel reads it from the column's custom settings. */
function trendTable(refId: string, name: string, series: readonly Frame[], options: Options): Frame {
  const stat = requireReducer(`${refId}.stat`, options.text('stat') || 'lastNotNull').id;
  const values = series.map((frame) => frame.fields.find(({ type }) => type === 'number')!);
  const labels = [...new Set(values.flatMap((field) => Object.keys(field.labels ?? {})))];
  const columns = labels.map((label): Field =>
    columnOf(
      { name: label },
      values.map((field) => field.labels?.[label]),
      'string',
    ),
  );
  const trend: FrameField = { type: 'frame', name, config: trendConfig(values, stat), values: series.map((frame) => [frame]) };
  return { ...tableOf(refId, [...columns, trend]), length: series.length };
}

/** One column of many series goes by its own name. */
function trendConfig(values: readonly Field[], stat: string): NonNullable<Field['config']> {
  const { displayName: _, displayNameFromSource: __, ...config } = values[0]?.config ?? {};
  return { ...config, custom: { ...config.custom, stat } };
}

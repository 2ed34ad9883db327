import { alignRuns } from './align-runs.ts';
import { append } from './append.ts';
import { calculateField } from './calculate-field.ts';
import { concatenate } from './concatenate.ts';
import { configFromData } from './config-from-data.ts';
import { convertFieldType } from './convert-field-type.ts';
import { convertFrameType } from './convert-frame-type.ts';
import { ema, twema } from './ema.ts';
import { ensureColumns } from './ensure-columns.ts';
import { envelope } from './envelope.ts';
import { extractFields } from './extract-fields.ts';
import { fieldLookup } from './field-lookup.ts';
import { filterByValue } from './filter-by-value.ts';
import { filterByRefId, filterFields, filterFieldsByName, filterFrames } from './filter-fields.ts';
import { formatString } from './format-string.ts';
import { formatTime } from './format-time.ts';
import { groupBy } from './group-by.ts';
import { groupToNestedTable } from './group-to-nested-table.ts';
import { groupingToMatrix } from './grouping-to-matrix.ts';
import { heatmap } from './heatmap.ts';
import { histogram } from './histogram.ts';
import { joinByField, seriesToColumns } from './join-by-field.ts';
import { joinByLabels } from './join-by-labels.ts';
import { labelsToFields } from './labels-to-fields.ts';
import { limit } from './limit.ts';
import { merge } from './merge.ts';
import { noop } from './noop.ts';
import { order } from './order.ts';
import { organize } from './organize.ts';
import { partitionByValues } from './partition-by-values.ts';
import { prepareTimeSeries } from './prepare-time-series.ts';
import { reduce } from './reduce.ts';
import { regression } from './regression.ts';
import { renameByRegex } from './rename-by-regex.ts';
import { rename } from './rename.ts';
import { rowsToFields } from './rows-to-fields.ts';
import { seriesToRows } from './series-to-rows.ts';
import { smoothing } from './smoothing.ts';
import { sortBy } from './sort-by.ts';
import { spatial } from './spatial.ts';
import { timeSeriesTable } from './time-series-table.ts';
import { transpose } from './transpose.ts';
import type { TransformationKind } from './transformation.ts';

/** Every transformation, in the order in which people are offered them. */
export const TRANSFORMATIONS: readonly TransformationKind[] = [
  organize,
  filterFieldsByName,
  filterByValue,
  filterByRefId,
  reduce,
  groupBy,
  groupToNestedTable,
  joinByField,
  merge,
  concatenate,
  append,
  calculateField,
  sortBy,
  limit,
  labelsToFields,
  renameByRegex,
  seriesToRows,
  convertFieldType,
  formatString,
  formatTime,
  transpose,
  groupingToMatrix,
  histogram,
  heatmap,
  extractFields,
  timeSeriesTable,
  partitionByValues,
  prepareTimeSeries,
  joinByLabels,
  rowsToFields,
  configFromData,
  regression,
  ema,
  twema,
  smoothing,
  alignRuns,
  envelope,
  seriesToColumns,
  rename,
  order,
  filterFields,
  filterFrames,
  ensureColumns,
  convertFrameType,
  noop,
  fieldLookup,
  spatial,
];

const byId = new Map(TRANSFORMATIONS.map((kind) => [kind.id, kind]));

/** Undefined where there is none of that id. */
export function findTransformation(id: string): TransformationKind | undefined {
  return byId.get(id);
}

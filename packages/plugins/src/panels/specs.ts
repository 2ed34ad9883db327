import type { PanelSpec } from '../contract.ts';
import { curve } from './curve/spec.ts';
import { dashlist } from './dashlist/spec.ts';
import { annolist } from './annolist/spec.ts';
import { alertlist } from './alertlist/spec.ts';
import { barchart } from './barchart/spec.ts';
import { traces } from './traces/spec.ts';
import { flamegraph } from './flamegraph/spec.ts';
import { nodeGraph } from './node-graph/spec.ts';
import { bargauge } from './bargauge/spec.ts';
import { gauge } from './gauge/spec.ts';
import { heatmap } from './heatmap/spec.ts';
import { piechart } from './piechart/spec.ts';
import { histogram } from './histogram/spec.ts';
import { stateTimeline } from './state-timeline/spec.ts';
import { statusHistory } from './status-history/spec.ts';
import { confusionMatrix } from './confusion-matrix/spec.ts';
import { boxplot } from './boxplot/spec.ts';
import { logs } from './logs/spec.ts';
import { stat } from './stat/spec.ts';
import { table } from './table/spec.ts';
import { text } from './text/spec.ts';
import { timeseries } from './timeseries/spec.ts';
import { trend } from './trend/spec.ts';
import { xychart } from './xychart/spec.ts';

/** All built-in panels in the order in which a picker shows them. */
export const panelSpecs: readonly PanelSpec<unknown>[] = [
  timeseries,
  curve,
  trend,
  xychart,
  stat,
  gauge,
  bargauge,
  heatmap,
  table,
  barchart,
  piechart,
  histogram,
  stateTimeline,
  statusHistory,
  confusionMatrix,
  boxplot,
  logs,
  text,
  dashlist,
  annolist,
  alertlist,
  nodeGraph,
  traces,
  flamegraph,
];

import { lazy } from 'react';
import type { ComponentType } from 'react';

import type { PanelProps, PanelSpec, PanelWeb } from '../contract.ts';
import { dashlist } from './dashlist/spec.ts';
import { annolist } from './annolist/spec.ts';
import { alertlist } from './alertlist/spec.ts';
import { barchart } from './barchart/spec.ts';
import { traces } from './traces/spec.ts';
import { flamegraph } from './flamegraph/spec.ts';
import { nodeGraph } from './node-graph/spec.ts';
import { bargauge } from './bargauge/spec.ts';
import { eraseOptions } from './erase.ts';
import { gauge } from './gauge/spec.ts';
import { heatmap } from './heatmap/spec.ts';
import { piechart } from './piechart/spec.ts';
import { histogram } from './histogram/spec.ts';
import { stateTimeline } from './state-timeline/spec.ts';
import { statusHistory } from './status-history/spec.ts';
import { confusionMatrix } from './confusion-matrix/spec.ts';
import { boxplot } from './boxplot/spec.ts';
import { logs } from './logs/spec.ts';
import { statWeb } from './stat/web.tsx';
import { table } from './table/spec.ts';
import { text } from './text/spec.ts';
import { timeseriesWeb } from './timeseries/web.tsx';
import { trend } from './trend/spec.ts';
import { xychart } from './xychart/spec.ts';

/** A panel whose code is fetched when the first of its kind is drawn. Draw it under a Suspense. */
function later<Options>(spec: PanelSpec<Options>, load: () => Promise<PanelWeb<Options>>): PanelWeb<Options> {
  const Component: ComponentType<PanelProps<Options>> = lazy(async () => ({ default: (await load()).Component }));
  return { spec, Component };
}

/** The page's half of all built-in panels: what nearly every dashboard shows comes with the page, the rest when needed. */
export const panels: readonly PanelWeb<unknown>[] = [
  eraseOptions(timeseriesWeb),
  eraseOptions(later(trend, async () => (await import('./trend/web.tsx')).trendWeb)),
  eraseOptions(later(xychart, async () => (await import('./xychart/web.tsx')).xychartWeb)),
  eraseOptions(statWeb),
  eraseOptions(later(gauge, async () => (await import('./gauge/web.tsx')).gaugeWeb)),
  eraseOptions(later(bargauge, async () => (await import('./bargauge/web.tsx')).bargaugeWeb)),
  eraseOptions(later(heatmap, async () => (await import('./heatmap/web.tsx')).heatmapWeb)),
  eraseOptions(later(table, async () => (await import('./table/web.tsx')).tableWeb)),
  eraseOptions(later(barchart, async () => (await import('./barchart/web.tsx')).barchartWeb)),
  eraseOptions(later(piechart, async () => (await import('./piechart/web.tsx')).piechartWeb)),
  eraseOptions(later(histogram, async () => (await import('./histogram/web.tsx')).histogramWeb)),
  eraseOptions(later(stateTimeline, async () => (await import('./state-timeline/web.tsx')).stateTimelineWeb)),
  eraseOptions(later(statusHistory, async () => (await import('./status-history/web.tsx')).statusHistoryWeb)),
  eraseOptions(later(confusionMatrix, async () => (await import('./confusion-matrix/web.tsx')).confusionMatrixWeb)),
  eraseOptions(later(boxplot, async () => (await import('./boxplot/web.tsx')).boxplotWeb)),
  eraseOptions(later(logs, async () => (await import('./logs/web.tsx')).logsWeb)),
  eraseOptions(later(text, async () => (await import('./text/web.tsx')).textWeb)),
  eraseOptions(later(dashlist, async () => (await import('./dashlist/web.tsx')).dashlistWeb)),
  eraseOptions(later(annolist, async () => (await import('./annolist/web.tsx')).annolistWeb)),
  eraseOptions(later(alertlist, async () => (await import('./alertlist/web.tsx')).alertlistWeb)),
  eraseOptions(later(nodeGraph, async () => (await import('./node-graph/web.tsx')).nodeGraphWeb)),
  eraseOptions(later(traces, async () => (await import('./traces/web.tsx')).tracesWeb)),
  eraseOptions(later(flamegraph, async () => (await import('./flamegraph/web.tsx')).flamegraphWeb)),
];

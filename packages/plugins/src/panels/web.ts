import { lazy } from 'react';
import type { ComponentType } from 'react';

import type { PanelProps, PanelSpec, PanelWeb } from '../contract.ts';
import { eraseOptions } from './erase.ts';
import { statWeb } from './stat/web.tsx';
import { timeseriesWeb } from './timeseries/web.tsx';

/** Takes its options as saved. */
type AnyPanel = ComponentType<PanelProps<unknown>>;

/** A panel whose code, how its options are read included, is fetched when the first of its kind is drawn. Draw it under a Suspense. */
function later<Options>(load: () => Promise<PanelWeb<Options>>): AnyPanel {
  return lazy(async () => ({ default: eraseOptions(await load()) }));
}

/** What draws each built-in kind: what nearly every dashboard shows comes with the page, the rest when needed. */
export const builtInPanels: ReadonlyMap<string, AnyPanel> = new Map<string, AnyPanel>([
  ['timeseries', eraseOptions(timeseriesWeb)],
  ['stat', eraseOptions(statWeb)],
  ['curve', later(async () => (await import('./curve/web.tsx')).curveWeb)],
  ['trend', later(async () => (await import('./trend/web.tsx')).trendWeb)],
  ['xychart', later(async () => (await import('./xychart/web.tsx')).xychartWeb)],
  ['gauge', later(async () => (await import('./gauge/web.tsx')).gaugeWeb)],
  ['bargauge', later(async () => (await import('./bargauge/web.tsx')).bargaugeWeb)],
  ['heatmap', later(async () => (await import('./heatmap/web.tsx')).heatmapWeb)],
  ['table', later(async () => (await import('./table/web.tsx')).tableWeb)],
  ['barchart', later(async () => (await import('./barchart/web.tsx')).barchartWeb)],
  ['piechart', later(async () => (await import('./piechart/web.tsx')).piechartWeb)],
  ['histogram', later(async () => (await import('./histogram/web.tsx')).histogramWeb)],
  ['state-timeline', later(async () => (await import('./state-timeline/web.tsx')).stateTimelineWeb)],
  ['status-history', later(async () => (await import('./status-history/web.tsx')).statusHistoryWeb)],
  ['confusion-matrix', later(async () => (await import('./confusion-matrix/web.tsx')).confusionMatrixWeb)],
  ['boxplot', later(async () => (await import('./boxplot/web.tsx')).boxplotWeb)],
  ['logs', later(async () => (await import('./logs/web.tsx')).logsWeb)],
  ['text', later(async () => (await import('./text/web.tsx')).textWeb)],
  ['dashlist', later(async () => (await import('./dashlist/web.tsx')).dashlistWeb)],
  ['annolist', later(async () => (await import('./annolist/web.tsx')).annolistWeb)],
  ['alertlist', later(async () => (await import('./alertlist/web.tsx')).alertlistWeb)],
  ['nodeGraph', later(async () => (await import('./node-graph/web.tsx')).nodeGraphWeb)],
  ['traces', later(async () => (await import('./traces/web.tsx')).tracesWeb)],
  ['flamegraph', later(async () => (await import('./flamegraph/web.tsx')).flamegraphWeb)],
]);

/** What plugins from outside brought to this page. */
const added = new Map<string, { readonly spec: PanelSpec<unknown>; readonly Drawing: AnyPanel }>();

/** What draws a kind; undefined where nothing here does. */
export function panelOf(kind: string): AnyPanel | undefined {
  return builtInPanels.get(kind) ?? added.get(kind)?.Drawing;
}

/** Takes in a kind from outside. Throws an error whose message is a sentence where there is one of that name. */
export function addPanel(web: PanelWeb<unknown>): void {
  const { kind } = web.spec;
  if (panelOf(kind) !== undefined) throw new Error(`There are panels of the kind “${kind}” already.`);
  added.set(kind, { spec: web.spec, Drawing: eraseOptions(web) });
}

/** The kinds from outside, by title: whichever plugin loads first. They stand behind the built-in ones of specs.ts. */
export function addedPanelSpecs(): readonly PanelSpec<unknown>[] {
  return [...added.values()].map(({ spec }) => spec).toSorted((one, other) => one.title.localeCompare(other.title));
}

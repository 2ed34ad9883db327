/** Kinds of panels that Vitrine draws, by Grafana's ids and its own. */
const KNOWN: ReadonlySet<string> = new Set([
  'timeseries',
  'stat',
  'gauge',
  'bargauge',
  'barchart',
  'table',
  'heatmap',
  'histogram',
  'piechart',
  'state-timeline',
  'status-history',
  'text',
  'logs',
  'trend',
  'xychart',
  'alertlist',
  'annolist',
  'dashlist',
  'nodeGraph',
  'traces',
  'flamegraph',
  'curve',
  'boxplot',
  'confusion-matrix',
]);

export function isKnownKind(kind: string): boolean {
  return KNOWN.has(kind);
}

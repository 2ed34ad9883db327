import { type Labels, METRIC_NAME } from '@vitrine/model/labels.ts';

const METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** `up{job="a"}` as exposition formats have it; names that they could not write otherwise stand in quotes within the braces. */
export function exposedSeries(labels: Labels): string {
  const name = labels.metricName;
  const isPlain = METRIC.test(name);
  const pairs = isPlain || name === '' ? [] : [quoted(name)];
  for (const [label, value] of labels) {
    if (label !== METRIC_NAME) pairs.push(`${LABEL.test(label) ? label : quoted(label)}=${quoted(value)}`);
  }
  return `${isPlain ? name : ''}${pairs.length > 0 || !isPlain ? `{${pairs.join(',')}}` : ''}`;
}

/** `{__name__="up", job="a"}` as "promtool tsdb dump" prints it. */
export function dumpedSeries(labels: Labels): string {
  return `{${Array.from(labels, ([label, value]) => `${LABEL.test(label) ? label : JSON.stringify(label)}=${JSON.stringify(value)}`).join(', ')}}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

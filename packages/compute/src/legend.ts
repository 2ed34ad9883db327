const METRIC_NAME = '__name__';
const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;

type LabelMap = Readonly<Record<string, string>>;

/** Fills `{{label}}` in a legend. A label that the series does not have leaves nothing behind. */
export function fillLegend(template: string, labels: LabelMap): string {
  return template.replace(PLACEHOLDER, (_, name: string) => (Object.hasOwn(labels, name) ? (labels[name] as string) : '')).trim();
}

/**
 * Names for series that nobody named: what tells them apart. Where one label differs its values alone are the names
 * ("train", "validation"); where several do, `a="x", b="y"`. A lone series is called after its metric, else by the value of
 * its one label, which becomes the name of each as soon as there are more, else after its labels, else `fallback`.
 */
export function defaultLegends(series: readonly LabelMap[], fallback: string): string[] {
  if (series.length === 1) {
    const [labels] = series as [LabelMap];
    const pairs = Object.entries(labels);
    return [(pairs.length === 1 ? pairs[0]?.[1] : describe(labels)) || fallback];
  }
  const differing = differingLabels(series);
  if (differing.length === 1) {
    const name = differing[0] as string;
    return series.map((labels) => labels[name] ?? (describe(labels) || fallback));
  }
  return series.map((labels) => {
    const metric = differing.includes(METRIC_NAME) ? (labels[METRIC_NAME] ?? '') : '';
    const pairs = differing
      .filter((name) => name !== METRIC_NAME && Object.hasOwn(labels, name))
      .map((name) => `${name}=${JSON.stringify(labels[name])}`);
    if (pairs.length === 0) return metric || describe(labels) || fallback;
    return metric === '' ? pairs.join(', ') : `${metric}{${pairs.join(', ')}}`;
  });
}

/** The labels that are not the same in all series, in name order. A label that some lack differs. */
function differingLabels(series: readonly LabelMap[]): string[] {
  const names = new Set(series.flatMap((labels) => Object.keys(labels)));
  const first = series[0] ?? {};
  return [...names].filter((name) => series.some((labels) => labels[name] !== first[name])).toSorted();
}

/** `metric`, or `metric{a="b"}` where it has no name of its own to go by. */
function describe(labels: LabelMap): string {
  const metric = labels[METRIC_NAME];
  if (metric !== undefined && metric !== '') return metric;
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return pairs.length === 0 ? '' : `{${pairs.join(', ')}}`;
}

import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client';

interface Label {
  readonly name: string;
  readonly value: string;
}

/** io.prometheus.client.MetricFamily in protobuf's JSON: 64-bit numbers are texts, and infinity has a word. */
export interface MetricFamilyJson {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly metric: readonly ({ readonly label: readonly Label[] } & Readonly<Record<string, unknown>>)[];
}

/** The server's own metrics of the names that match. */
export async function selfMetrics(registry: Registry, matches: (name: string) => boolean): Promise<MetricFamilyJson[]> {
  const families = await registry.getMetricsAsJSON();
  return families.filter(({ name }) => matches(name)).map(familyJson);
}

type Value = MetricValue<string> & { readonly metricName?: string };

function familyJson({ name, help, type, values }: MetricObjectWithValues<MetricValue<string>>): MetricFamilyJson {
  const kind = String(type);
  if (kind !== 'histogram' && kind !== 'summary') {
    const metric = values.map((one) => ({ label: labelsOf(one), [kind]: { value: numberJson(one.value) } }));
    return { name, help, type: kind.toUpperCase(), metric };
  }
  const byLabels = new Map<string, Value[]>();
  for (const one of values as Value[]) {
    const key = JSON.stringify(labelsOf(one));
    const known = byLabels.get(key);
    if (known === undefined) byLabels.set(key, [one]);
    else known.push(one);
  }
  const metric = [...byLabels.values()].map((parts) => ({
    label: labelsOf(parts[0]!),
    [kind]: kind === 'histogram' ? histogramJson(name, parts) : summaryJson(name, parts),
  }));
  return { name, help, type: kind.toUpperCase(), metric };
}

function histogramJson(name: string, parts: readonly Value[]): object {
  const bucket = parts
    .filter(({ metricName }) => metricName === `${name}_bucket`)
    .map(({ labels, value }) => ({ cumulativeCount: String(value), upperBound: numberJson(boundOf(labels['le'])) }));
  return { ...totalsJson(name, parts), bucket };
}

function summaryJson(name: string, parts: readonly Value[]): object {
  const quantile = parts
    .filter(({ labels }) => labels['quantile'] !== undefined)
    .map(({ labels, value }) => ({ quantile: Number(labels['quantile']), value: numberJson(value) }));
  return { ...totalsJson(name, parts), quantile };
}

function totalsJson(name: string, parts: readonly Value[]): object {
  const valueOf = (end: string): number => parts.find(({ metricName }) => metricName === name + end)?.value ?? 0;
  return { sampleCount: String(valueOf('_count')), sampleSum: numberJson(valueOf('_sum')) };
}

/** Without those that name a part of a distribution. */
function labelsOf({ labels }: Pick<Value, 'labels'>): Label[] {
  return Object.entries(labels)
    .filter(([name]) => name !== 'le' && name !== 'quantile')
    .map(([name, value]) => ({ name, value: String(value) }));
}

function boundOf(le: string | number | undefined): number {
  return le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);
}

function numberJson(value: number): number | string {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

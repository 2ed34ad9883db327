import { splitOf } from '@vitrine/compute/curve/split.ts';
import type { Split } from '@vitrine/compute/curve/split.ts';
import { directionOf } from '@vitrine/model/run.ts';

/** One chart: a metric, or what is one thing in training, validation and test. */
export interface ChartPlan {
  readonly title: string;
  /** Training first, then validation, then test. */
  readonly metrics: readonly string[];
}

export interface ChartSection {
  readonly name: string;
  readonly charts: readonly ChartPlan[];
}

const PAIRS = 'Train and validation';
const PLAIN = 'Metrics';
const RANK: Readonly<Record<Split, number>> = { train: 0, validation: 1, test: 2 };

/**
 * Charts for the metrics, in foldable sections by the first part of their names ("system/"). Metrics that are one thing in training and
 * validation share a chart. Losses come first, then what is better the higher, then the rest by name.
 */
export function chartSections(metrics: readonly string[]): readonly ChartSection[] {
  const byBase = Map.groupBy(new Set(metrics), (metric) => splitOf(metric).base);
  const sections = new Map<string, ChartPlan[]>();
  const put = (name: string, chart: ChartPlan): void => {
    const known = sections.get(name);
    if (known === undefined) sections.set(name, [chart]);
    else known.push(chart);
  };
  for (const [base, group] of byBase) {
    const bySplit = Map.groupBy(group, (metric) => splitOf(metric).split ?? 'train');
    // Two that would be the same line, as "loss" and "train/loss", stay apart from each other.
    const isPair = bySplit.size > 1 && [...bySplit.values()].every((each) => each.length === 1);
    if (isPair) {
      const inOrder = [...bySplit].toSorted(([a], [b]) => RANK[a] - RANK[b]).flatMap(([, each]) => each);
      put(base.includes('/') ? sectionOf(base) : PAIRS, { title: base, metrics: inOrder });
    } else for (const metric of group) put(sectionOf(metric), { title: metric, metrics: [metric] });
  }
  return [...sections]
    .map(([name, charts]) => ({ name, charts: charts.toSorted(compareCharts) }))
    .toSorted((a, b) => placeOf(a.name) - placeOf(b.name) || compareNames(a.name, b.name));
}

function sectionOf(metric: string): string {
  const end = metric.indexOf('/');
  return end > 0 ? metric.slice(0, end + 1) : PLAIN;
}

/** What a machine does is looked at last. */
function placeOf(section: string): number {
  if (section === PAIRS) return 0;
  if (section === PLAIN) return 1;
  return /^(system|sys|gpu|cpu|hardware|perf)\/$/i.test(section) ? 3 : 2;
}

function compareCharts(a: ChartPlan, b: ChartPlan): number {
  return directionPlace(a.title) - directionPlace(b.title) || compareNames(a.title, b.title);
}

function directionPlace(title: string): number {
  const direction = directionOf(title);
  return direction === 'min' ? 0 : direction === 'max' ? 1 : 2;
}

const collator = new Intl.Collator('en', { numeric: true });

function compareNames(a: string, b: string): number {
  return collator.compare(a, b);
}

/** The charts in whose names all the words are; sections without one are left out. */
export function findCharts(sections: readonly ChartSection[], text: string): readonly ChartSection[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return sections;
  return sections.flatMap(({ name, charts }) => {
    const found = charts.filter(({ metrics, title }) => {
      const names = [title, ...metrics].join('\n').toLowerCase();
      return words.every((word) => names.includes(word));
    });
    return found.length === 0 ? [] : [{ name, charts: found }];
  });
}

import { splitOf } from '@vitrine/compute/curve/split.ts';
import type { Split } from '@vitrine/compute/curve/split.ts';
import { isSystemMetric } from '@vitrine/compute/system-metric.ts';
import { directionOf } from '@vitrine/model/run.ts';

/** One chart: a metric, or what is one thing in training, validation and test, and by other names. */
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
 * Charts for the metrics, in foldable sections by the first part of their names ("system/"). What is one thing shares a chart, whichever
 * way each run writes it: "loss", "Loss/train", "val/loss". Losses come first, then what is better the higher, then the rest by name.
 */
export function chartSections(metrics: readonly string[]): readonly ChartSection[] {
  const named = Array.from(new Set(metrics), (metric) => ({ metric, ...splitOf(metric) }));
  const sections = new Map<string, ChartPlan[]>();
  const put = (name: string, chart: ChartPlan): void => {
    const known = sections.get(name);
    if (known === undefined) sections.set(name, [chart]);
    else known.push(chart);
  };
  for (const group of Map.groupBy(named, ({ base }) => base.toLowerCase()).values()) {
    if (group.length === 1) {
      const [{ metric }] = group as [(typeof group)[0]];
      put(sectionOf(metric), { title: metric, metrics: [metric] });
      continue;
    }
    const title = spellingOf(group.map(({ base }) => base));
    const inOrder = group.toSorted((a, b) => rankOf(a.split) - rankOf(b.split) || compareNames(a.metric, b.metric));
    const isSplit = !title.includes('/') && group.some(({ split }) => split !== undefined);
    put(isSplit ? PAIRS : sectionOf(title), { title, metrics: inOrder.map(({ metric }) => metric) });
  }
  return [...sections]
    .map(([name, charts]) => ({ name, charts: charts.toSorted(compareCharts) }))
    .toSorted((a, b) => placeOf(a.name) - placeOf(b.name) || compareNames(a.name, b.name));
}

/** What says nothing of its split stands with the training. */
function rankOf(split: Split | undefined): number {
  return RANK[split ?? 'train'];
}

/** The way in which most write it; of ways that are as usual, the one without capitals. */
function spellingOf(names: readonly string[]): string {
  const [usual] = [...Map.groupBy(names, (name) => name)].toSorted(
    ([a, { length: ofA }], [b, { length: ofB }]) => ofB - ofA || (a < b ? 1 : -1),
  );
  return usual?.[0] ?? '';
}

function sectionOf(metric: string): string {
  const end = metric.indexOf('/');
  return end > 0 ? metric.slice(0, end + 1) : PLAIN;
}

/** What a machine does is looked at last. */
function placeOf(section: string): number {
  if (section === PAIRS) return 0;
  if (section === PLAIN) return 1;
  return isSystemMetric(section) || /^(hardware|perf)\/$/i.test(section) ? 3 : 2;
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

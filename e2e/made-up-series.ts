// Test data: series that the queries of given dashboards would find, so that their panels have something to draw.
import { Labels } from '@vitrine/model/labels.ts';
import type { Dashboard } from '@vitrine/model/dashboard.ts';
import type { BenchData, BenchSeries } from '../bench/data.ts';

type Operator = '=' | '!=' | '=~' | '!~';

interface Matcher {
  readonly label: string;
  readonly operator: Operator;
  readonly text: string;
}

/** What the queries say of one metric. */
interface Wanted {
  readonly labels: Set<string>;
  /** By their text: each asks for series of its own. */
  readonly selectors: Map<string, readonly Matcher[]>;
  isCounter: boolean;
}

/** Variants of each selector, such as two hosts. */
const VARIANTS = 2;
/** A metric that is asked for in hundreds of ways needs no hundreds of series. */
const MAX_SELECTORS = 12;
const BUCKETS = ['0.005', '0.025', '0.1', '0.25', '0.5', '1', '2.5', '10', '60', '+Inf'];
const QUANTILES = ['0.5', '0.9', '0.99'];
/** What others are joined with: of each thing there may only be one. */
const JOINED = /_(?:info|labels|names|node_job)$/;
/** Labels that dashboards choose by, with what real systems put there. */
const USUAL: Readonly<Record<string, readonly string[]>> = {
  instance: ['host-0:9100', 'host-1:9100'],
  job: ['models', 'models'],
  cluster: ['main', 'main'],
  namespace: ['serving', 'serving'],
  gpu: ['0', '1'],
  cpu: ['0', '1'],
  code: ['200', '500'],
  status_code: ['200', '500'],
};

const SELECTOR = /([a-zA-Z_:][\w:]*)\s*\{((?:[^{}"'`]|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)*)\}/g;
const MATCHER = /([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)')/g;
const GROUPING = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^()]*)\)/g;
const BARE = /(?<![\w$:."{])([a-zA-Z_:][\w:]*[_:][\w:]*)\b(?!\s*[({=!])/g;
const OPTIONS = /^\s*label_values\(\s*([^{},\s]+)(\{.*\})?\s*,\s*(\w+)\s*\)/s;
/** What counters are called, and what counters are asked with. */
const COUNTER_NAME = /_(total|count|sum|bucket)$/;
const COUNTER_CALL = /\b(?:rate|irate|increase)\s*\(\s*$/;

/**
 * Series for what the dashboards' queries and variables name: an hour's shape over `[fromMs, toMs)`, a sample every
 * `stepMs`, cumulative where they are counters, with buckets where they are histograms. The same for the same dashboards.
 */
export function madeUpSeries(dashboards: readonly Dashboard[], fromMs: number, toMs: number, stepMs: number): BenchData {
  const timestampsMs = Float64Array.from({ length: Math.floor((toMs - fromMs) / stepMs) }, (_, at) => fromMs + at * stepMs);
  const series = new Map<string, BenchSeries>();
  for (const [name, wanted] of wantedBy(dashboards)) {
    for (const labels of labelSets(name, wanted)) {
      const identity = Labels.from({ __name__: name, ...labels });
      const isCounter = wanted.isCounter || COUNTER_NAME.test(name);
      series.set(identity.key, { labels: identity, values: valuesOf(name, labels, isCounter, timestampsMs) });
    }
  }
  return { series: [...series.values()], timestampsMs };
}

function wantedBy(dashboards: readonly Dashboard[]): Map<string, Wanted> {
  const all = new Map<string, Wanted>();
  for (const { panels, variables } of dashboards) {
    for (const { spec } of panels.flatMap(({ queries }) => queries)) {
      if (typeof spec['expr'] !== 'string') continue;
      readQuery(spec['expr'], labelsOfLegend(textOf(spec['legendFormat'])), all);
    }
    for (const variable of variables) {
      if (variable.kind !== 'query') continue;
      const query = textOf(variable.spec['query']);
      const [, metric, matchers = '', label = ''] = OPTIONS.exec(query) ?? [];
      readQuery(metric === undefined ? query : `${metric}${matchers}`, metric === undefined ? [] : [label], all);
    }
  }
  return all;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function labelsOfLegend(legend: string): string[] {
  return [...legend.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, label]) => label as string);
}

function readQuery(text: string, more: readonly string[], into: Map<string, Wanted>): void {
  // A variable that is a whole name or a window says nothing of the names around it.
  const query = text.replaceAll(/#.*$/gm, '').replaceAll(/\[[^\]]*\]/g, '');
  const grouped = [...query.matchAll(GROUPING)].flatMap(([, names = '']) => names.split(',').map((name) => name.trim()));
  const labels = [...grouped, ...more].filter((name) => /^[a-zA-Z_]\w*$/.test(name));
  const want = (name: string, at: number, matchers: readonly Matcher[]): void => {
    const wanted = into.get(name) ?? { labels: new Set(), selectors: new Map(), isCounter: false };
    into.set(name, wanted);
    for (const label of [...labels, ...matchers.map((matcher) => matcher.label)]) wanted.labels.add(label);
    wanted.selectors.set(JSON.stringify(matchers), matchers);
    wanted.isCounter ||= COUNTER_CALL.test(query.slice(0, at));
  };
  for (const { 1: name = '', 2: inside = '', index } of query.matchAll(SELECTOR)) {
    const matchers = [...inside.matchAll(MATCHER)].map(([, label = '', operator, double, single]): Matcher => {
      return { label, operator: operator as Operator, text: (double ?? single ?? '').replaceAll('\\\\', '\\') };
    });
    want(name, index, matchers);
  }
  const bare = query
    .replaceAll(SELECTOR, (all) => ' '.repeat(all.length))
    .replaceAll(GROUPING, (all) => ' '.repeat(all.length))
    .replaceAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, (all) => ' '.repeat(all.length));
  for (const { 1: name = '', index } of bare.matchAll(BARE)) want(name, index, []);
}

function* labelSets(name: string, { labels, selectors }: Wanted): Generator<Record<string, string>> {
  const isBuckets = name.endsWith('_bucket');
  const names = [...new Set([...labels, 'instance', 'job'])].filter((label) => label !== 'le' && label !== '__name__');
  for (const matchers of [...selectors.values()].slice(0, JOINED.test(name) ? 1 : MAX_SELECTORS)) {
    for (let variant = 0; variant < VARIANTS; variant++) {
      const set: Record<string, string> = {};
      for (const label of names) {
        const own = matchers.filter((matcher) => matcher.label === label);
        set[label] = valueFor(label, own, variant);
      }
      // One is the other shortened: two versions of one thing would be two things.
      if (set['version'] !== undefined && set['short_version'] !== undefined) set['short_version'] = set['version'];
      if (isBuckets || labels.has('le')) for (const le of BUCKETS) yield { ...set, le };
      else if (labels.has('quantile')) for (const quantile of QUANTILES) yield { ...set, quantile };
      else yield set;
    }
  }
}

/** A value that all the matchers take, where one is found. */
function valueFor(label: string, matchers: readonly Matcher[], variant: number): string {
  const usual = USUAL[label]?.[variant] ?? `${label.replaceAll('_', '-')}-${variant}`;
  const fixed = matchers.filter(({ text }) => !text.includes('$'));
  const offered = fixed.flatMap(({ operator, text }) =>
    operator === '=' ? [text] : operator === '=~' ? examples(text, usual) : [],
  );
  const rotated = [...offered.slice(variant % Math.max(1, offered.length)), ...offered, usual, `other-${variant}`];
  return rotated.find((value) => value !== '' && fixed.every((matcher) => takes(matcher, value))) ?? usual;
}

function takes({ operator, text }: Matcher, value: string): boolean {
  if (operator === '=' || operator === '!=') return (value === text) === (operator === '=');
  try {
    return new RegExp(`^(?:${text})$`, 's').test(value) === (operator === '=~');
  } catch {
    return operator === '!~';
  }
}

/** Texts that a simple regular expression may match: its alternatives with the wildcards filled in. */
function examples(pattern: string, usual: string): string[] {
  if (/^\.[*+]$/.test(pattern)) return [usual];
  return pattern
    .replaceAll(/^\^|\$$|[()]|\?[:!=]?/g, '')
    .split('|')
    .map((part) =>
      part
        .replaceAll(/\.[*+]/g, 'x')
        .replaceAll(/\\d[+*]?|\[0-9\][+*]?/g, '1')
        .replaceAll(/\[(?:\^[^\]]*|([^\]])[^\]]*)\][+*]?/g, (_, first?: string) => first ?? 'x')
        .replaceAll(/\\(.)/g, '$1'),
    );
}

/** What a metric of that name might say. */
function valuesOf(
  name: string,
  labels: Readonly<Record<string, string>>,
  isCounter: boolean,
  timesMs: Float64Array,
): Float64Array {
  const seed = hash(`${name}${JSON.stringify({ ...labels, le: '' })}`);
  const phase = (seed % 628) / 100;
  const wave = (at: number): number => 1 + 0.6 * Math.sin((at / timesMs.length) * 9 + phase) + 0.2 * Math.sin(at * 1.7 + phase);
  if (isCounter) {
    const share = labels['le'] === undefined ? 1 : 1 / (1 + (BUCKETS.length - 1 - BUCKETS.indexOf(labels['le'])) / 2);
    const perStep =
      (1 + (seed % 40)) * (name.includes('bytes') ? 1e6 : name.includes('seconds') && !COUNTER_NAME.test(name) ? 1 : 4);
    let sum = perStep * 1_000;
    return timesMs.map((_, at) => (sum += perStep * wave(at)) && sum * share);
  }
  if (/timestamp|boot_time|start_time|created|last_.*_time/i.test(name)) return timesMs.map(() => (timesMs[0] as number) / 1000);
  if (/(^up$|_info$|_up$|_status|_state|_phase|_condition|_ready$|_labels$)/.test(name)) return timesMs.map(() => 1);
  const top = /ratio|usage_perc|_perc$/.test(name)
    ? 0.5
    : /util|percent|temp/i.test(name)
      ? 40
      : /bytes|memory|FB_/i.test(name)
        ? 4e9
        : /seconds|latency|duration/.test(name)
          ? 0.3
          : 20;
  return timesMs.map((_, at) => top * wave(at));
}

function hash(text: string): number {
  let value = 2_166_136_261;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 16_777_619);
  return value >>> 0;
}

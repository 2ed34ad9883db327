import { Labels, METRIC_NAME } from '@vitrine/model/labels.ts';

/** What a scraped series is to a training. */
export type SeriesRole =
  | { readonly kind: 'step' | 'epoch' | 'started' | 'up'; readonly place: string; readonly name: string }
  /** Its labels are parameters. */
  | { readonly kind: 'info'; readonly place: string; readonly params: Readonly<Record<string, string>> }
  | {
      readonly kind: 'value';
      readonly place: string;
      /** The metric's own name, which tells whose step it goes by. */
      readonly name: string;
      /** What its curve is called. */
      readonly metric: string;
      /** Whether it is measured now and then, and keeps its value between: a point is a change of it. */
      readonly isEvaluation: boolean;
    }
  | undefined;

const STEP = /(^|[_:])(step|iteration)$/;
const EPOCH = /(^|[_:])epoch$/;
/** What the client libraries tell of their own process. */
const OF_THE_PROCESS = /^(process|python|go|nodejs|promhttp|scrape|jvm)_/;
/** Parts of histograms and summaries: they mean something as rates only. */
const PARTS = /_(bucket|count|sum|created)$/;
const SPLIT_LABELS = new Set(['split', 'phase', 'stage', 'subset', 'dataset', 'mode']);
const EVALUATION = /(^|[^a-z])(val|valid|validation|eval|evaluation|test|dev)([^a-z]|$)/;

const USUAL_LABELS: ReadonlySet<string> = new Set(['job', 'instance']);
const UP = Labels.from({ [METRIC_NAME]: 'up' }).key;

/** The labels of a target: those that `up` has, which say nothing of what a series of it is. */
export function targetLabels(seriesKeys: readonly string[]): ReadonlySet<string> {
  for (const key of seriesKeys) {
    if (!key.includes(UP)) continue;
    const labels = Labels.fromKey(key);
    if (labels.get(METRIC_NAME) === 'up') return new Set([...USUAL_LABELS, ...labels.names]);
  }
  return USUAL_LABELS;
}

/**
 * Reads what a series is by its name and labels, without those of its target. `place` is the run that it belongs to: job, instance and the label `run`. A curve is called
 * like its metric, with a split before it ("train/training_loss") and the values of other labels behind it ("gradient_norm/conv1").
 */
export function seriesRole(key: string, ofTarget: ReadonlySet<string> = USUAL_LABELS): SeriesRole {
  const labels = Labels.fromKey(key);
  const name = labels.get(METRIC_NAME);
  const place = placeOf(labels);
  if (name === 'up') return { kind: 'up', place: placeOf(labels, ''), name };
  if (name === 'process_start_time_seconds') return { kind: 'started', place: placeOf(labels, ''), name };
  if (name === '' || OF_THE_PROCESS.test(name) || PARTS.test(name)) return undefined;
  const own = labels.names.flatMap((label, at) =>
    label === METRIC_NAME || label === 'run' || ofTarget.has(label) ? [] : [[label, labels.values[at]!] as const],
  );
  if (name.endsWith('_info')) return { kind: 'info', place, params: Object.fromEntries(own) };
  if (own.length === 0 && STEP.test(name)) return { kind: 'step', place, name };
  if (own.length === 0 && EPOCH.test(name)) return { kind: 'epoch', place, name };
  const split = own.find(([label]) => SPLIT_LABELS.has(label));
  const rest = own.filter((it) => it !== split).map(([, value]) => value);
  const metric = [...(split === undefined ? [] : [split[1]]), name, ...rest].join('/');
  return { kind: 'value', place, name, metric, isEvaluation: EVALUATION.test(metric.toLowerCase()) };
}

function placeOf(labels: Labels, run = labels.get('run')): string {
  return JSON.stringify([labels.get('job'), labels.get('instance'), run]);
}

import { fillLegend } from '@vitrine/compute/legend.ts';
import { LimitExceeded } from '@vitrine/model/bad-request.ts';
import { readDurationMs } from '@vitrine/model/duration.ts';
import { METRIC_NAME } from '@vitrine/model/labels.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import type { GridSeries, QueryResult } from '@vitrine/model/sample-store.ts';
import type { FoundAnnotation, QueryContext } from '../../contract.ts';

/** An annotation query in the words of Grafana's Prometheus source. */
export interface AnnotationSpec {
  readonly expr: string;
  /** Instants no further apart than this are one stretch. */
  readonly stepMs: number;
  readonly titleFormat: string;
  readonly textFormat: string;
  readonly tagKeys: readonly string[];
  /** The value, in milliseconds, is when it happened; else the sample's own time is. */
  readonly useValueForTime: boolean;
}

const DEFAULT_STEP_MS = 60_000;
/** The longest range over the finest step would make more points than anybody could look at. */
const MAX_POINTS = 11_000;
const MAX_EVENTS = 10_000;

/** Reads the spec; `context` is the page's. Throws BadRequest that names the field. */
export function parseAnnotationSpec(spec: unknown, context: Pick<QueryContext, 'replace' | 'shown'>): AnnotationSpec {
  const read = new Read('', spec);
  const text = (key: string): string =>
    context.replace(
      read.at(key).or('', (it) => it.string()),
      'csv',
    );
  const step = text('step').trim();
  const wantedMs =
    step === '' ? DEFAULT_STEP_MS : (readDurationMs(step) ?? read.at('step').fail(`"${step}" is not a duration such as 60s`));
  const { fromMs, toMs } = context.shown;
  // Newer documents say it twice, or in the target alone.
  const own = read.at('expr');
  const target = read.at('target');
  return {
    expr: own.missing && !target.missing ? target.at('expr').string() : own.string(),
    stepMs: Math.max(1_000, wantedMs, Math.ceil((toMs - fromMs) / MAX_POINTS / 1_000) * 1_000),
    titleFormat: text('titleFormat'),
    textFormat: text('textFormat'),
    tagKeys: text('tagKeys')
      .split(',')
      .map((key) => key.trim())
      .filter((key) => key !== ''),
    useValueForTime: read.at('useValueForTime').value === true || read.at('useValueForTime').value === 'on',
  };
}

/**
 * What the answer of an annotation query marks: where a series is above 0, each run of instants that are at most a step
 * apart as one stretch. As Grafana reads it. Throws LimitExceeded over 10,000 events.
 */
export function findAnnotations(spec: AnnotationSpec, result: QueryResult, fallbackTitle: string): FoundAnnotation[] {
  if (result.kind !== 'matrix' && result.kind !== 'vector') return [];
  const events: FoundAnnotation[] = [];
  for (const series of result.series) {
    const labels = series.labels.toObject();
    const title = fillLegend(spec.titleFormat, labels) || (labels['alertname'] ?? labels[METRIC_NAME] ?? fallbackTitle);
    const text = fillLegend(spec.textFormat, labels);
    const tags = spec.tagKeys.map((key) => labels[key] ?? '').filter((tag) => tag !== '');
    for (const [timeMs, endMs] of stretches(spec, series, result.timesMs)) {
      if (events.length === MAX_EVENTS) {
        throw new LimitExceeded(
          'annotations',
          `The annotation query finds more than ${MAX_EVENTS.toLocaleString('en')} events; narrow it, or ask for a shorter range`,
        );
      }
      events.push({ timeMs, endMs, title, text, tags });
    }
  }
  return events.toSorted((a, b) => a.timeMs - b.timeMs);
}

function stretches(
  { stepMs, useValueForTime }: AnnotationSpec,
  { values, present }: GridSeries,
  timesMs: Float64Array,
): [number, number][] {
  const instants: number[] = [];
  for (let i = 0; i < timesMs.length; i++) {
    const value = values[i] as number;
    if (present?.[i] === 0 || !(value > 0)) continue;
    instants.push(useValueForTime ? Math.floor(value) : (timesMs[i] as number));
  }
  const found: [number, number][] = [];
  for (const at of new Set(instants.toSorted((a, b) => a - b))) {
    const last = found.at(-1);
    if (last !== undefined && at - last[1] <= stepMs) last[1] = at;
    else found.push([at, at]);
  }
  return found;
}

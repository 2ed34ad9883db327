import { Readable } from 'node:stream';
import type { CurveName, CurvePart, CurvePoints } from '@vitrine/model/curve-store.ts';
import { Fields } from '../../runs/mlflow/fields.ts';
import { MlflowError } from '../../runs/mlflow/mlflow-error.ts';
import { offsetOf, tokenAt } from '../../runs/mlflow/page.ts';
import { wireMetric } from '../../runs/mlflow/wire.ts';
import type { OwnRuns } from '../../own/own-runs.ts';
import type { Endpoint } from './endpoint.ts';
import { findRun } from './find-run.ts';

const MOST_RESULTS = 2 ** 31;
const MOST_RUNS = 100;
const POINTS_A_RUN = 2_500;

/** Curves as lists of points. */
export function metricHistoryEndpoints(): Endpoint[] {
  const readMost = (fields: Fields, most: number): number | undefined =>
    fields.whole('max_results', { least: 1, most, why: `Expected a number between 1 and ${most}.` });

  /** Points of the places from `from` on, before `to`. A curve of millions is never in memory whole. */
  async function* historyAsJson(runs: OwnRuns, curve: CurveName, from: number, to: number): AsyncGenerator<string> {
    yield '{"metrics":[';
    let at: number | undefined = from;
    while (at !== undefined && at < to) {
      const part: CurvePart = await runs.curves.pointsFrom(curve, at);
      const length = Math.min(part.length, to - at);
      const texts = Array.from({ length }, (_, i) => JSON.stringify(wireMetric(curve.metric, pointAt(part, i), curve.run)));
      if (length > 0) yield `${at === from ? '' : ','}${texts.join(',')}`;
      at = length < part.length ? at + length : part.next;
    }
    yield at === undefined ? ']}' : `],"next_page_token":"${tokenAt(at)}"}`;
  }

  return [
    {
      method: 'GET',
      path: '/metrics/get-history',
      access: 'read',
      summary: 'All points of a curve, as they were logged',
      async answer(fields, { own: { runs } }) {
        const run = await findRun(runs, fields.runId());
        const key = fields.neededText('metric_key');
        const most = readMost(fields, MOST_RESULTS) ?? MOST_RESULTS;
        const offset = offsetOf(fields.text('page_token'));
        return Readable.from(historyAsJson(runs, { run: run.id, metric: key }, offset, offset + most), { objectMode: false });
      },
    },
    {
      method: 'GET',
      path: '/metrics/get-history-bulk-interval',
      access: 'read',
      summary: 'Some points of the curves of several runs, the ends of each among them',
      async answer(fields, { own: { runs } }) {
        const ids = fields.texts('run_ids');
        if (ids.length === 0 || ids.length > MOST_RUNS) {
          throw new MlflowError('INVALID_PARAMETER_VALUE', `run_ids: expected 1 to ${MOST_RUNS} runs, got ${ids.length}.`);
        }
        const key = fields.neededText('metric_key');
        const [from, to] = [fields.step('start_step'), fields.step('end_step')];
        if ((from === undefined) !== (to === undefined)) {
          const sentence = 'If either start step or end step are specified, both must be specified.';
          throw new MlflowError('INVALID_PARAMETER_VALUE', sentence);
        }
        if (from !== undefined && to !== undefined && from > to) {
          const sentence = `end_step must be greater than start_step. Found start_step=${from} and end_step=${to}.`;
          throw new MlflowError('INVALID_PARAMETER_VALUE', sentence);
        }
        const most = readMost(fields, POINTS_A_RUN) ?? POINTS_A_RUN;
        const metrics: object[] = [];
        for (const id of ids) {
          const run = await findRun(runs, id);
          const points = await runs.curves.points({ run: run.id, metric: key });
          for (const at of someByStep(points, from ?? -Infinity, to ?? Infinity, most)) {
            metrics.push(wireMetric(key, pointAt(points, at), run.id));
          }
        }
        return { metrics };
      },
    },
  ];
}

function pointAt({ steps, timesMs, values }: CurvePoints, at: number) {
  return { step: steps[at] as number, timeMs: timesMs[at] as number, value: values[at] as number };
}

/** Places of points within the steps, by step; at most so many, evenly, with the least and the greatest value among them. */
function someByStep({ length, steps, values }: CurvePoints, from: number, to: number, most: number): number[] {
  const within: number[] = [];
  for (let i = 0; i < length; i++) if ((steps[i] as number) >= from && (steps[i] as number) <= to) within.push(i);
  within.sort((a, b) => (steps[a] as number) - (steps[b] as number) || a - b);
  if (within.length <= most) return within;
  let least: number | undefined;
  let greatest: number | undefined;
  for (let i = 0; i < within.length; i++) {
    const value = values[within[i] as number] as number;
    // One that is not a number is no extreme, nor is it compared with.
    if (Number.isNaN(value)) continue;
    if (least === undefined || value < (values[within[least] as number] as number)) least = i;
    if (greatest === undefined || value > (values[within[greatest] as number] as number)) greatest = i;
  }
  // The extremes count most, then the ends; the rest fills up what is left.
  const first = [greatest, least, 0, within.length - 1].filter((i) => i !== undefined);
  const kept = new Set([...new Set(first)].slice(0, most));
  const even = most - kept.size;
  for (let i = 0; i < even; i++) kept.add(Math.floor(((i + 0.5) * within.length) / even));
  return [...kept].toSorted((x, y) => x - y).map((i) => within[i] as number);
}

import { createHash } from 'node:crypto';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { CurveBatch } from '@vitrine/model/curve-store.ts';
import type { SampleBatch } from '@vitrine/model/sample-store.ts';
import { isStaleAt, wordsOf } from '@vitrine/model/stale-nan.ts';
import type { Logger } from 'pino';
import type { Runs } from '../runs.ts';
import { type SeriesRole, seriesRole, targetLabels } from './series-role.ts';

export interface ScrapedRuns {
  /** Looks at what one scrape of a target brought. */
  see(batch: SampleBatch): void;
  /** Resolves when what was seen is kept. */
  settled(): Promise<void>;
  /** Ends the runs of which nothing was scraped for long; it does so by itself now and then. */
  sweep(): void;
  stop(): Promise<void>;
}

/** A run whose step nobody has scraped for so long has ended. */
const GONE_MS = 300_000;
const SWEEP_MS = 30_000;
/** Roles are remembered by series; past so many all are read anew. */
const KNOWN_SERIES = 100_000;
const MOST_CURVES = 1_000;

interface Place {
  readonly job: string;
  readonly instance: string;
  readonly label: string;
  run: string | undefined;
  started: number;
  /** By step metric, the newest step. */
  readonly steps: Map<string, number>;
  /** By curve, the value of its newest point. */
  readonly values: Map<string, number>;
  isCut: boolean;
}

interface Seen {
  readonly steps: { readonly prefix: string; readonly name: string; readonly step: number; readonly timeMs: number }[];
  readonly values: { readonly role: Extract<SeriesRole, { kind: 'value' }>; readonly value: number; readonly timeMs: number }[];
  epoch: number;
  readonly params: Record<string, string>;
}

/**
 * Trainings that are scraped: a target that tells a metric called `…_step` is a run, and what else it tells are curves over that step.
 * Its points are those that a scrape has seen at a new step; evaluations, which keep their value between, those at which they changed.
 */
export function followScrapes({ runs, log, now = Date.now }: { runs: Runs; log: Logger; now?: () => number }): ScrapedRuns {
  const roles = new Map<string, SeriesRole>();
  // The scrape of which series were read last, and its target's labels.
  let read: readonly string[] = [];
  let ofTarget = targetLabels(read);
  const places = new Map<string, Place>();
  let writing = Promise.resolve();
  const sweeping = setInterval(() => then(endGone, 'runs that are gone'), SWEEP_MS);

  const roleOf = (key: string, seriesKeys: readonly string[]): SeriesRole => {
    if (roles.has(key)) return roles.get(key);
    if (roles.size >= KNOWN_SERIES) roles.clear();
    if (read !== seriesKeys) [read, ofTarget] = [seriesKeys, targetLabels(seriesKeys)];
    const role = seriesRole(key, ofTarget);
    roles.set(key, role);
    return role;
  };

  async function endGone(): Promise<void> {
    for (const run of await runs.all()) {
      if (run.source !== 'prometheus' || run.status !== 'running' || now() - run.heartbeatMs < GONE_MS) continue;
      // Where its target comes back, the run begins again.
      for (const [key, place] of places) if (place.run === run.id) places.delete(key);
      await runs.edit(run.id, { status: 'finished', endedMs: run.heartbeatMs }).catch((error: unknown) => {
        log.warn({ run: run.id, err: error }, 'A scraped run could not be ended.');
      });
    }
  }

  async function keep(place: Place, { steps, values, epoch, params }: Seen): Promise<void> {
    const atMs = steps[0]!.timeMs;
    // One that was erased while it trains comes back as a new one.
    if (place.run !== undefined && (await runs.find(place.run)) === undefined) place.run = undefined;
    if (place.run === undefined) {
      place.values.clear();
      place.run = await begin(place, params, atMs);
      await recall(place, place.run, steps);
    }
    const run = place.run;
    const curves: string[] = [];
    const points: { at: number; step: number; timeMs: number; value: number }[] = [];
    for (const { role, value, timeMs } of values) {
      const by = steps.find(({ prefix }) => role.name.startsWith(prefix)) ?? steps[0]!;
      const known = place.values.get(role.metric);
      const isNew = role.isEvaluation ? known === undefined || !Object.is(known, value) : place.steps.get(by.name) !== by.step;
      if (!isNew) continue;
      if (known === undefined && place.values.size >= MOST_CURVES) {
        if (!place.isCut)
          log.warn(
            { run, limit: MOST_CURVES },
            `A scraped run has more than ${MOST_CURVES} curves; further ones are kept as samples only.`,
          );
        place.isCut = true;
        continue;
      }
      points.push({ at: curves.push(role.metric) - 1, step: by.step, timeMs, value });
      place.values.set(role.metric, value);
    }
    for (const { name, step } of steps) place.steps.set(name, step);
    runs.touch(run, now());
    if (points.length === 0) return;
    await runs.append(batchOf(run, curves, points, epoch));
  }

  /** What a server that was restarted no longer knows. */
  async function recall(place: Place, run: string, steps: Seen['steps']): Promise<void> {
    let newest = -1;
    for (const { metric, last } of await runs.curves.summaries({ runs: [run] })) {
      place.values.set(metric, last.value);
      newest = Math.max(newest, last.step);
    }
    for (const { name } of steps) place.steps.set(name, newest);
  }

  async function begin(place: Place, params: Readonly<Record<string, string>>, atMs: number): Promise<string> {
    const { job, instance, label, started } = place;
    const known = createHash('sha256')
      .update(JSON.stringify([job, instance, label, label === '' ? started : 0]))
      .digest('hex');
    const { id, status } = await runs.ensure({
      id: `scraped-${known.slice(0, 20)}`,
      name:
        label === ''
          ? `${job} ${new Date(started > 0 ? started * 1_000 : atMs).toISOString().slice(0, 16).replace('T', ' ')}`
          : label,
      project: job === '' ? 'Default' : job,
      source: 'prometheus',
      params,
      tags: { job, instance },
      hosts: [hostOf(params) ?? instance.replace(/:\d+$/, '')].filter((host) => host !== ''),
      startedMs: started > 0 ? started * 1_000 : atMs,
    });
    if (status !== 'running') await runs.edit(id, { status: 'running', endedMs: null });
    return id;
  }

  async function endRun(key: string, run: string): Promise<void> {
    places.delete(key);
    const known = await runs.find(run);
    if (known?.status === 'running') await runs.edit(run, { status: 'finished', endedMs: known.heartbeatMs });
  }

  /** One after the other, as they were scraped. */
  function then(work: () => Promise<void>, key: string): void {
    writing = writing.then(work).catch((error: unknown) => {
      const told = error instanceof BadRequest ? error.message : (error as Error).message;
      log.warn({ target: key, problem: told }, 'Points of a scraped run were not kept; they are there as samples.');
    });
  }

  return {
    see(batch) {
      const { seriesKeys, seriesIndex, timestampsMs, values, histograms } = batch;
      // Most targets train nothing.
      if (!seriesKeys.some((key) => roleOf(key, seriesKeys)?.kind === 'step')) return;
      const words = wordsOf(values);
      const seen = new Map<string, Seen>();
      const of = (place: string): Seen => {
        const found = seen.get(place) ?? { steps: [], values: [], epoch: Number.NaN, params: {} };
        seen.set(place, found);
        return found;
      };
      const startedBy = new Map<string, number>();
      const isUp = new Set<string>();
      const ended: string[] = [];
      for (let i = 0; i < seriesIndex.length; i++) {
        const role = roleOf(seriesKeys[seriesIndex[i]!]!, seriesKeys);
        // A whole distribution is no point of a curve.
        if (role === undefined || histograms?.has(i) === true) continue;
        if (isStaleAt(words, i)) {
          if (role.kind === 'step') ended.push(role.place);
          continue;
        }
        const value = values[i]!;
        const timeMs = timestampsMs[i]!;
        if (role.kind === 'started') startedBy.set(role.place, value);
        else if (role.kind === 'up') {
          if (value === 1) isUp.add(role.place);
        } else if (role.kind === 'info') Object.assign(of(role.place).params, role.params);
        else if (role.kind === 'epoch') of(role.place).epoch = value;
        else if (role.kind === 'value') of(role.place).values.push({ role, value, timeMs });
        else if (Number.isSafeInteger(value) && value >= 0) {
          of(role.place).steps.push({ prefix: role.name.replace(/[^_:]+$/, ''), name: role.name, step: value, timeMs });
        }
      }
      // A target that answers without a run that it had has ended it; one that does not answer may come back.
      for (const key of ended) {
        const { job, instance, run } = places.get(key) ?? {};
        if (run !== undefined && isUp.has(JSON.stringify([job, instance, '']))) then(() => endRun(key, run), key);
      }
      for (const [key, found] of seen) {
        if (found.steps.length === 0) continue;
        // What is called after a step goes by it, the longest name first.
        found.steps.sort((a, b) => b.prefix.length - a.prefix.length);
        const [job = '', instance = '', label = ''] = JSON.parse(key) as string[];
        const started = startedBy.get(JSON.stringify([job, instance, ''])) ?? 0;
        let place = places.get(key);
        if (place === undefined || (label === '' && place.started !== started)) {
          place = { job, instance, label, run: undefined, started, steps: new Map(), values: new Map(), isCut: false };
          places.set(key, place);
        }
        const its = place;
        // What is told of the process is true of each of its runs.
        const params = { ...seen.get(JSON.stringify([job, instance, '']))?.params, ...found.params };
        then(() => keep(its, { ...found, params }), key);
      }
    },
    settled: () => writing,
    sweep: () => then(endGone, 'runs that are gone'),
    async stop() {
      clearInterval(sweeping);
      await writing;
    },
  };
}

/** The machine that a `…_info` metric tells, as OpenTelemetry's target_info does. */
function hostOf(params: Readonly<Record<string, string>>): string | undefined {
  return ['host', 'host_name', 'hostname', 'node', 'nodename'].map((name) => params[name]).find((host) => host !== undefined);
}

function batchOf(
  run: string,
  metrics: readonly string[],
  points: readonly { readonly at: number; readonly step: number; readonly timeMs: number; readonly value: number }[],
  epoch: number,
): CurveBatch {
  return {
    curves: metrics.map((metric) => ({ run, metric })),
    curveIndex: Uint32Array.from(points, ({ at }) => at),
    steps: Float64Array.from(points, ({ step }) => step),
    timesMs: Float64Array.from(points, ({ timeMs }) => timeMs),
    values: Float64Array.from(points, ({ value }) => value),
    ...(Number.isNaN(epoch) ? {} : { epochs: new Float64Array(points.length).fill(epoch) }),
    // A restarted server does not know which points it has.
    once: true,
  };
}

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { collectDefaultMetrics, register } from 'prom-client';

import { leave, pause, run, stopSignal, tellParent } from './child.ts';
import { readDigits, splitDigits } from './digits.ts';
import type { DigitSplit } from './digits.ts';
import { serveMetrics } from './metrics-endpoint.ts';
import { ROUNDS_PER_SECOND, threeRuns } from './runs.ts';
import { saveModel } from './saved-model.ts';
import { TrainingMetrics } from './training-metrics.ts';
import { TrainingRun } from './training-run.ts';
import type { RunPlan } from './training-run.ts';

const VALIDATE_EVERY_STEPS = 24;

// The rest of the machine belongs to the page and to the server that is being shown.
const CPU_SHARE = 0.55;

export interface TogetherOptions {
  readonly seed: number;
  /** A round, one step of each run, takes no less than this. */
  readonly roundMs: number;
  /** Share of one core to use at most, (0, 1]. */
  readonly cpuShare: number;
  /** Called with its last step done, before it is disposed of. */
  onFinished(run: TrainingRun): Promise<void>;
}

/** Trains the runs side by side, one step each in turn, until all are done or the signal aborts. */
export async function trainTogether(
  plans: readonly RunPlan[],
  { train, validation }: DigitSplit,
  metrics: TrainingMetrics,
  options: TogetherOptions,
  signal: AbortSignal,
): Promise<void> {
  const runs = plans.map((plan, i) => new TrainingRun(plan, train, options.seed + 1_000 * i));
  for (const { plan } of runs) metrics.began(plan);
  for (const run of runs) metrics.validated(run.plan.run, await run.evaluate(validation));

  const active = new Set(runs);
  while (active.size > 0 && !signal.aborted) {
    const startedMs = performance.now();
    const before = process.cpuUsage();
    for (const run of active) {
      const report = run.trainStep();
      metrics.stepped(run.plan.run, report);
      // Lets a waiting scrape in.
      await new Promise(setImmediate);
      if (run.done || report.step % VALIDATE_EVERY_STEPS === 0) metrics.validated(run.plan.run, await run.evaluate(validation));
      if (run.done) {
        active.delete(run);
        await options.onFinished(run);
        run.dispose();
      }
    }
    const { user, system } = process.cpuUsage(before);
    // What others of the machine took of the time is no share of this process.
    const leastMs = Math.max(options.roundMs, (user + system) / 1_000 / options.cpuShare);
    await pause(Math.max(0, leastMs - (performance.now() - startedMs)), signal);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      folder: { type: 'string', default: '.' },
      minutes: { type: 'string', default: '6' },
      seed: { type: 'string' },
      // How long a finished run's last values stay: a few scrapes, so that its curves end with them.
      'linger-seconds': { type: 'string', default: '45' },
      suffix: { type: 'string', default: '' },
      port: { type: 'string', default: '0' },
    },
  });
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) leave(2, `--minutes: "${values.minutes}" is not a positive number of minutes.`);
  const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
  if (!Number.isInteger(seed)) leave(2, `--seed: "${values.seed}" is not a whole number.`);

  const lingerSeconds = Number(values['linger-seconds']);
  if (!(lingerSeconds >= 0)) leave(2, `--linger-seconds: "${values['linger-seconds']}" is not a number of seconds.`);

  const signal = stopSignal();
  collectDefaultMetrics({ register });
  const metrics = new TrainingMetrics(register);
  const endpoint = await serveMetrics(register, Number(values.port));
  tellParent({ kind: 'listening', port: endpoint.port });

  await mkdir(values.folder, { recursive: true });
  const plans = threeRuns(minutes, values.suffix);
  const split = splitDigits(await readDigits());
  const ends: Promise<void>[] = [];
  const onFinished = async (run: TrainingRun): Promise<void> => {
    const { run: name, steps } = run.plan;
    if (run.plan === plans[0]) {
      const path = join(values.folder, 'model.json');
      await saveModel(run.network, path);
      const { accuracy } = await run.evaluate(split.validation);
      tellParent({ kind: 'model-saved', path, validationAccuracy: accuracy });
    }
    tellParent({ kind: 'run-finished', run: name, steps });
    ends.push(pause(lingerSeconds * 1000, signal).then(() => metrics.ended(name)));
  };
  // The shortest trainings have more rounds than their minutes hold at the usual pace.
  const roundMs = Math.min(1000 / ROUNDS_PER_SECOND, (minutes * 60_000) / Math.max(...plans.map(({ steps }) => steps)));
  const options = { seed, roundMs, cpuShare: CPU_SHARE, onFinished };
  await trainTogether(plans, split, metrics, options, signal);
  await Promise.all(ends);
  if (!signal.aborted) {
    tellParent({ kind: 'finished' });
  }
  endpoint.server.close();
  endpoint.server.closeAllConnections();
  leave(0);
}

if (import.meta.main) await run(main);

import { hostname } from 'node:os';

import { Counter, Gauge, Histogram } from 'prom-client';
import type { LabelValues, Registry } from 'prom-client';

import type { Evaluation, RunPlan, StepReport } from './training-run.ts';

// A batch is small and so its loss jumps: what people plot is a short mean.
const WINDOW_BATCHES = 10;

const BATCH_SECONDS = [0.002, 0.004, 0.006, 0.008, 0.012, 0.016, 0.024, 0.032, 0.048, 0.064, 0.096, 0.128, 0.256, 0.512, 1];

const INFO_LABELS = [
  'run',
  'host',
  'batch_size',
  'hidden',
  'dropout',
  'l2',
  'momentum',
  'clip_norm',
  'peak_learning_rate',
  'samples',
] as const;
type InfoLabel = (typeof INFO_LABELS)[number];

/** The Prometheus metrics of a training, as anyone would add them to a script of their own. */
export class TrainingMetrics {
  readonly #loss: Gauge<'run' | 'split'>;
  readonly #accuracy: Gauge<'run' | 'split'>;
  readonly #learningRate: Gauge<'run'>;
  readonly #gradientNorm: Gauge<'run' | 'layer'>;
  readonly #updateRatio: Gauge<'run' | 'layer'>;
  readonly #step: Gauge<'run'>;
  readonly #epoch: Gauge<'run'>;
  readonly #batchSeconds: Histogram<'run'>;
  readonly #samples: Counter<'run'>;
  readonly #info: Gauge<InfoLabel>;
  readonly #recent = new Map<string, StepReport[]>();
  readonly #layers = new Map<string, string[]>();
  readonly #given = new Map<string, LabelValues<InfoLabel>>();

  constructor(registry: Registry) {
    const registers = [registry];
    const splitLabels = ['run', 'split'] as const;
    const layerLabels = ['run', 'layer'] as const;
    const runLabels = ['run'] as const;
    this.#loss = new Gauge({
      name: 'training_loss',
      help: `Cross-entropy in nats. split="train": mean of the last ${WINDOW_BATCHES} batches; split="validation": over all validation digits.`,
      labelNames: splitLabels,
      registers,
    });
    this.#accuracy = new Gauge({
      name: 'training_accuracy',
      help: `Share classified right, 0 to 1. split="train": over the last ${WINDOW_BATCHES} batches; split="validation": over all validation digits.`,
      labelNames: splitLabels,
      registers,
    });
    this.#learningRate = new Gauge({
      name: 'training_learning_rate',
      help: 'Learning rate of the last step.',
      labelNames: runLabels,
      registers,
    });
    this.#gradientNorm = new Gauge({
      name: 'training_gradient_norm',
      help: "L2 norm of the last step's gradient over the layer's kernel and bias, before clipping.",
      labelNames: layerLabels,
      registers,
    });
    this.#updateRatio = new Gauge({
      name: 'training_weight_update_ratio',
      help: "L2 norm of the last step's change of the layer's weights over the norm of the weights.",
      labelNames: layerLabels,
      registers,
    });
    this.#step = new Gauge({ name: 'training_step', help: 'Steps of gradient descent done.', labelNames: runLabels, registers });
    this.#epoch = new Gauge({
      name: 'training_epoch',
      help: 'Passes over the training samples, with the begun one in part.',
      labelNames: runLabels,
      registers,
    });
    this.#batchSeconds = new Histogram({
      name: 'training_batch_duration_seconds',
      help: 'Computing time of one batch: forward, backward and update.',
      labelNames: runLabels,
      buckets: BATCH_SECONDS,
      registers,
    });
    this.#info = new Gauge({
      name: 'training_info',
      help: 'Always 1; the labels are what the run was given, and the machine that it runs on.',
      labelNames: INFO_LABELS,
      registers,
    });
    this.#samples = new Counter({
      name: 'training_samples_total',
      help: 'Samples trained on.',
      labelNames: runLabels,
      registers,
    });
  }

  /** What the run was given: Vitrine shows it as the run's parameters. */
  began({ run, batchSize, hidden, dropout, l2, momentum, clipNorm, schedule, samples, steps }: RunPlan): void {
    const rates = Array.from({ length: steps }, (_, step) => schedule(step));
    const labels = {
      run,
      host: hostname(),
      batch_size: batchSize,
      hidden: hidden.join(' '),
      dropout,
      l2,
      momentum,
      clip_norm: clipNorm ?? 'none',
      peak_learning_rate: Number(Math.max(...rates).toPrecision(3)),
      samples: Number.isFinite(samples) ? samples : 'all',
    };
    this.#given.set(run, labels);
    this.#info.set(labels, 1);
  }

  stepped(run: string, report: StepReport): void {
    const recent = this.#recent.get(run) ?? [];
    recent.push(report);
    if (recent.length > WINDOW_BATCHES) recent.shift();
    this.#recent.set(run, recent);
    this.#loss.set({ run, split: 'train' }, mean(recent.map(({ loss }) => loss)));
    this.#accuracy.set({ run, split: 'train' }, mean(recent.map(({ accuracy }) => accuracy)));
    this.#learningRate.set({ run }, report.learningRate);
    this.#step.set({ run }, report.step);
    this.#epoch.set({ run }, report.epoch);
    this.#batchSeconds.observe({ run }, report.seconds);
    this.#samples.inc({ run }, report.samples);
    this.#layers.set(
      run,
      report.layers.map(({ layer }) => layer),
    );
    for (const { layer, gradientNorm, updateRatio } of report.layers) {
      this.#gradientNorm.set({ run, layer }, gradientNorm);
      this.#updateRatio.set({ run, layer }, updateRatio);
    }
  }

  validated(run: string, { loss, accuracy }: Evaluation): void {
    this.#loss.set({ run, split: 'validation' }, loss);
    this.#accuracy.set({ run, split: 'validation' }, accuracy);
  }

  /** Takes a finished run's series away: a training that is over must not look as if it stood still. */
  ended(run: string): void {
    for (const split of ['train', 'validation']) {
      this.#loss.remove({ run, split });
      this.#accuracy.remove({ run, split });
    }
    for (const layer of this.#layers.get(run) ?? []) {
      this.#gradientNorm.remove({ run, layer });
      this.#updateRatio.remove({ run, layer });
    }
    this.#info.remove(this.#given.get(run) ?? {});
    this.#given.delete(run);
    for (const metric of [this.#learningRate, this.#step, this.#epoch, this.#batchSeconds, this.#samples]) metric.remove({ run });
    this.#recent.delete(run);
    this.#layers.delete(run);
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

import * as tf from '@tensorflow/tfjs-core';
import type { Sequential } from '@tensorflow/tfjs-layers';

import { CLASSES, PIXELS, pickDigits } from './digits.ts';
import type { Digits } from './digits.ts';
import { argMax, buildNetwork, crossEntropy, layerWeights, logitsOf } from './network.ts';
import type { LayerWeights } from './network.ts';
import { seededRandom, shuffledIndexes } from './random.ts';
import type { Random } from './random.ts';
import type { Schedule } from './schedule.ts';

/** What one training is made of. */
export interface RunPlan {
  /** Its name on every chart. */
  readonly run: string;
  readonly steps: number;
  readonly batchSize: number;
  readonly hidden: readonly number[];
  readonly dropout: number;
  /** Pulls kernels towards zero: this times the kernel is added to its gradient. */
  readonly l2: number;
  readonly momentum: number;
  /** The gradient is scaled down to this norm; undefined leaves it as it is. */
  readonly clipNorm?: number;
  readonly schedule: Schedule;
  /** How many of the training digits it may see. */
  readonly samples: number;
}

/** What one step of gradient descent measured. */
export interface StepReport {
  /** Steps done, this one included. */
  readonly step: number;
  /** Passes over its samples, with the part of the present one: 2.5 is half-way through the third. */
  readonly epoch: number;
  readonly samples: number;
  /** Mean cross-entropy of the batch in nats, before the step. */
  readonly loss: number;
  /** Share of the batch that was right, [0, 1]. */
  readonly accuracy: number;
  readonly learningRate: number;
  /** Forward, backward and update. */
  readonly seconds: number;
  readonly layers: readonly LayerReport[];
}

export interface LayerReport {
  readonly layer: string;
  /** L2 norm of the loss's gradient over kernel and bias. */
  readonly gradientNorm: number;
  /** L2 norm of the step's change over that of the weights before it. About 1e-3 is healthy. */
  readonly updateRatio: number;
}

export interface Evaluation {
  readonly loss: number;
  readonly accuracy: number;
}

// Long enough to be worth the calls, short enough that /metrics answers between two.
const EVALUATION_CHUNK = 100;

/** One network being trained by gradient descent with Nesterov momentum. */
export class TrainingRun {
  readonly plan: RunPlan;
  readonly network: Sequential;
  readonly #train: Digits;
  readonly #layers: readonly LayerWeights[];
  readonly #optimizer: tf.MomentumOptimizer;
  readonly #random: Random;
  #order: Uint32Array;
  #at = 0;
  #step = 0;
  #samplesSeen = 0;

  constructor(plan: RunPlan, train: Digits, seed: number) {
    this.plan = plan;
    this.#random = seededRandom(seed);
    this.#train =
      train.count <= plan.samples
        ? train
        : pickDigits(train, shuffledIndexes(train.count, this.#random).subarray(0, plan.samples));
    this.network = buildNetwork({ hidden: plan.hidden, dropout: plan.dropout, seed });
    this.#layers = layerWeights(this.network);
    this.#optimizer = tf.train.momentum(plan.schedule(0), plan.momentum, true);
    this.#order = shuffledIndexes(this.#train.count, this.#random);
  }

  get done(): boolean {
    return this.#step >= this.plan.steps;
  }

  /** Takes the next batch and goes one step down its gradient. Synchronous: some milliseconds of computing. */
  trainStep(): StepReport {
    const startedMs = performance.now();
    const batch = this.#nextBatch();
    const learningRate = this.plan.schedule(this.#step);
    this.#optimizer.setLearningRate(learningRate);
    const { loss, accuracy, layers } = tidily(() => this.#descend(batch));
    this.#step += 1;
    this.#samplesSeen += batch.count;
    return {
      step: this.#step,
      epoch: this.#samplesSeen / this.#train.count,
      samples: batch.count,
      loss,
      accuracy,
      learningRate,
      seconds: (performance.now() - startedMs) / 1000,
      layers,
    };
  }

  /** Loss and accuracy on these digits as they would be served: without dropout. Lets other work in every some milliseconds. */
  async evaluate(digits: Digits): Promise<Evaluation> {
    let loss = 0;
    let right = 0;
    for (let from = 0; from < digits.count; from += EVALUATION_CHUNK) {
      const count = Math.min(EVALUATION_CHUNK, digits.count - from);
      const logits = logitsOf(this.network, digits.pixels.subarray(from * PIXELS, (from + count) * PIXELS), count);
      for (let row = 0; row < count; row++) {
        const label = digits.labels[from + row]!;
        loss += crossEntropy(logits, row, label);
        if (argMax(logits, row) === label) right += 1;
      }
      await new Promise(setImmediate);
    }
    return { loss: loss / digits.count, accuracy: right / digits.count };
  }

  dispose(): void {
    this.#optimizer.dispose();
    this.network.dispose();
  }

  #nextBatch(): Digits {
    if (this.#at >= this.#order.length) {
      this.#order = shuffledIndexes(this.#train.count, this.#random);
      this.#at = 0;
    }
    const indexes = this.#order.subarray(this.#at, this.#at + this.plan.batchSize);
    this.#at += indexes.length;
    return pickDigits(this.#train, indexes);
  }

  #descend(batch: Digits): { loss: number; accuracy: number; layers: LayerReport[] } {
    const pixels = tf.tensor2d(batch.pixels, [batch.count, PIXELS]);
    const wanted = tf.oneHot(tf.tensor1d(batch.labels, 'int32'), CLASSES);
    let logits: tf.Tensor | undefined;
    const { value, grads } = tf.variableGrads(
      () => {
        logits = tf.keep(this.network.apply(pixels, { training: true }) as tf.Tensor);
        return tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(wanted, logits);
      },
      this.#layers.flatMap(({ variables }) => variables),
    );
    const answers = logits!.dataSync<'float32'>();
    logits!.dispose();
    let right = 0;
    batch.labels.forEach((label, row) => {
      if (argMax(answers, row) === label) right += 1;
    });

    const gradientNorms = this.#layers.map(({ variables }) => norm(variables.map(({ name }) => grads[name]!)));
    // Clones share the numbers; the optimizer gives the variables new ones and leaves these as they were.
    const before = this.#layers.map(({ variables }) => variables.map((variable) => variable.clone()));
    this.#optimizer.applyGradients(this.#shaped(grads, Math.hypot(...gradientNorms)));
    const layers = this.#layers.map(({ layer, variables }, i) => ({
      layer,
      gradientNorm: gradientNorms[i]!,
      updateRatio: distance(variables, before[i]!) / norm(before[i]!),
    }));
    return { loss: value.dataSync()[0]!, accuracy: right / batch.count, layers };
  }

  /** The gradients as the optimizer gets them: clipped to the plan's norm, with the pull towards zero added. */
  #shaped(grads: tf.NamedTensorMap, gradientNorm: number): NamedTensor[] {
    const { l2, clipNorm } = this.plan;
    const scale = clipNorm !== undefined && gradientNorm > clipNorm ? clipNorm / gradientNorm : 1;
    return this.#layers
      .flatMap(({ variables }) => variables)
      .map((variable) => {
        const { name } = variable;
        const scaled = scale === 1 ? grads[name]! : tf.mul(grads[name]!, scale);
        return { name, tensor: l2 > 0 && variable.rank > 1 ? tf.add(scaled, tf.mul(variable, l2)) : scaled };
      });
  }
}

type NamedTensor = Extract<Parameters<tf.MomentumOptimizer['applyGradients']>[0], readonly unknown[]>[number];

/** `tf.tidy` for work that answers numbers: every tensor made inside and not kept is disposed of. */
function tidily<T>(work: () => T): T {
  tf.engine().startScope();
  try {
    return work();
  } finally {
    tf.engine().endScope();
  }
}

/** L2 norm of all numbers of all tensors together. */
function norm(tensors: readonly tf.Tensor[]): number {
  let sum = 0;
  for (const tensor of tensors) for (const value of tensor.dataSync<'float32'>()) sum += value * value;
  return Math.sqrt(sum);
}

/** L2 norm of the difference between two lists of tensors of the same shapes. */
function distance(left: readonly tf.Tensor[], right: readonly tf.Tensor[]): number {
  let sum = 0;
  left.forEach((tensor, i) => {
    const from = right[i]!.dataSync<'float32'>();
    tensor.dataSync<'float32'>().forEach((value, j) => {
      sum += (value - from[j]!) ** 2;
    });
  });
  return Math.sqrt(sum);
}

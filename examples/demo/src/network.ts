import './backend.ts';

import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

import { CLASSES, PIXELS } from './digits.ts';

export interface NetworkShape {
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  /** Share of hidden units dropped while training, [0, 1). */
  readonly dropout: number;
  readonly seed: number;
}

/** One layer's trained tensors: kernel and bias. */
export interface LayerWeights {
  /** hidden_1, hidden_2, …, output. */
  readonly layer: string;
  readonly variables: readonly tf.Variable[];
}

/** A perceptron from 784 pixels to 10 logits. */
export function buildNetwork({ hidden, dropout, seed }: NetworkShape): tfl.Sequential {
  const network = tfl.sequential();
  hidden.forEach((units, i) => {
    network.add(
      tfl.layers.dense({
        name: `hidden_${i + 1}`,
        units,
        activation: 'relu',
        kernelInitializer: tfl.initializers.heNormal({ seed: seed + i }),
        ...(i === 0 ? { inputShape: [PIXELS] } : {}),
      }),
    );
    if (dropout > 0) network.add(tfl.layers.dropout({ name: `dropout_${i + 1}`, rate: dropout, seed: seed + 100 + i }));
  });
  network.add(
    tfl.layers.dense({
      name: 'output',
      units: CLASSES,
      kernelInitializer: tfl.initializers.glorotNormal({ seed: seed + hidden.length }),
    }),
  );
  return network;
}

/** The network's layers that have weights, in order. The variables are the network's own: assigning to one trains it. */
export function layerWeights(network: tfl.LayersModel): LayerWeights[] {
  return network.layers
    .map((layer) => ({
      layer: layer.name,
      variables: layer.getWeights(true).filter((tensor): tensor is tf.Variable => tensor instanceof tf.Variable),
    }))
    .filter(({ variables }) => variables.length > 0);
}

/** Logits for `count` pictures, 10 each, as in inference: no dropout. */
export function logitsOf(network: tfl.LayersModel, pixels: Float32Array, count: number): Float32Array {
  return tf.tidy(() => {
    const logits = network.apply(tf.tensor2d(pixels, [count, PIXELS]), { training: false }) as tf.Tensor;
    return logits.dataSync<'float32'>();
  });
}

/** Cross-entropy in nats of one row of logits, by log-sum-exp so that large logits stay finite. NaN logits give NaN. */
export function crossEntropy(logits: Float32Array, row: number, label: number): number {
  const start = row * CLASSES;
  let peak = -Infinity;
  for (let c = 0; c < CLASSES; c++) {
    if (Number.isNaN(logits[start + c]!)) return Number.NaN;
    peak = Math.max(peak, logits[start + c]!);
  }
  let sum = 0;
  for (let c = 0; c < CLASSES; c++) sum += Math.exp(logits[start + c]! - peak);
  return Math.log(sum) + peak - logits[start + label]!;
}

/** The class with the largest logit; −1 where the network answered NaN, which is no class. */
export function argMax(logits: Float32Array, row: number): number {
  let best = -1;
  let peak = -Infinity;
  for (let c = 0; c < CLASSES; c++) {
    const logit = logits[row * CLASSES + c]!;
    if (Number.isNaN(logit)) return -1;
    if (logit > peak) {
      peak = logit;
      best = c;
    }
  }
  return best;
}

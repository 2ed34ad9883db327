import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Registry } from 'prom-client';

import { CLASSES } from './digits.ts';
import type { InferenceMetrics, ServedModel } from './inference-metrics.ts';
import { Refusal, parsePredictRequest } from './predict-request.ts';
import type { PredictRequest } from './predict-request.ts';
import type { LoggedRequest, RequestLog } from './request-log.ts';

/** One picture's answer. */
export interface Prediction {
  readonly digit: number;
  /** The chosen class's probability. */
  readonly confidence: number;
  /** Of each class, 0 to 9; they sum to 1. */
  readonly probabilities: readonly number[];
}

/** What became of a request. */
type Outcome = Pick<LoggedRequest, 'message' | 'predicted' | 'confidence' | 'actual' | 'reason'>;

const LIMIT_BYTES = 1024 * 1024;

/** Lets a picture of any size through to the model, as a client built for another model version would. */
export const ANY_SIZE_HEADER = 'x-demo-any-size';

/** Serves a model the way TensorFlow Serving does: `POST /v1/models/<name>:predict`, and `/metrics` beside it. */
export function createPredictServer(
  network: LayersModel,
  served: ServedModel,
  metrics: InferenceMetrics,
  registry: Registry,
  log?: RequestLog,
): Server {
  const predictPath = `/v1/models/${served.model}:predict`;
  return createServer((request, response) => {
    if (request.url === predictPath) {
      void answerPrediction(request, response, network, metrics, (logged) =>
        log?.write({ ...logged, model: served.model, version: served.version }),
      );
    } else if (request.url === '/metrics') {
      registry.metrics().then(
        (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
        (error: unknown) => answer(response, 500, { error: String(error) }),
      );
    } else {
      answer(response, 404, {
        error: `There is nothing at ${request.url}: predictions are at ${predictPath}, metrics at /metrics.`,
      });
    }
  });
}

async function answerPrediction(
  request: IncomingMessage,
  response: ServerResponse,
  network: LayersModel,
  metrics: InferenceMetrics,
  log: (request: Omit<LoggedRequest, 'model' | 'version'>) => void,
): Promise<void> {
  const answered = metrics.began();
  let outcome: Outcome = { message: 'The request was given up.', predicted: [], confidence: [] };
  response.once('close', () => {
    const code = response.statusCode;
    const seconds = answered(code);
    const level = code >= 500 ? 'error' : code >= 400 ? 'warn' : 'info';
    log({ '@timestamp': new Date().toISOString(), level, code, duration_seconds: seconds, ...outcome });
  });
  try {
    if (request.method !== 'POST')
      throw new Refusal(405, 'wrong_method', `${request.method} is not answered here: expected POST.`);
    const asked = parsePredictRequest(await readBody(request), request.headers[ANY_SIZE_HEADER] !== undefined);
    const predictions = predict(network, asked);
    predictions.forEach(({ digit, confidence }, i) =>
      metrics.predicted(asked.pictures[i]!, digit, confidence, asked.labels?.[i]),
    );
    const predicted = predictions.map(({ digit }) => digit);
    outcome = {
      message: `Taken for ${predicted.join(', ')}.`,
      predicted,
      confidence: predictions.map(({ confidence }) => confidence),
      ...(asked.labels === undefined ? {} : { actual: asked.labels }),
    };
    answer(response, 200, { predictions });
  } catch (error) {
    if (error instanceof Refusal) {
      metrics.failed(error.reason);
      outcome = { message: error.message, predicted: [], confidence: [], reason: error.reason };
      answer(response, error.status, { error: error.message });
    } else {
      metrics.failed('model_failure');
      const message = `The model could not answer: ${(error as Error).message}`;
      outcome = { message, predicted: [], confidence: [], reason: 'model_failure' };
      answer(response, 500, { error: message });
    }
  }
}

/** Throws what the model throws: a tensor of a shape that it was not trained on. */
export function predict(network: LayersModel, { pictures }: PredictRequest): Prediction[] {
  const probabilities = tf.tidy(() => {
    const batch = tf.stack(pictures.map((picture) => tf.tensor1d(picture)));
    return tf.softmax(network.predict(batch) as tf.Tensor2D).dataSync<'float32'>();
  });
  return pictures.map((_, row) => {
    const own = Array.from(probabilities.subarray(row * CLASSES, (row + 1) * CLASSES));
    const confidence = Math.max(...own);
    return { digit: own.indexOf(confidence), confidence, probabilities: own };
  });
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LIMIT_BYTES) {
      throw new Refusal(
        413,
        'too_large',
        `The body is larger than the ${LIMIT_BYTES} bytes that are read: send fewer pictures at once.`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function answer(response: ServerResponse, status: number, body: object): void {
  // After a refusal the rest of the body may still be on its way, so the connection isn't used again.
  const headers = { 'content-type': 'application/json; charset=utf-8', ...(status === 413 ? { connection: 'close' } : {}) };
  response.writeHead(status, headers).end(JSON.stringify(body));
}

import type { Server } from 'node:http';

import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { PIXELS } from './digits.ts';
import { InferenceMetrics } from './inference-metrics.ts';
import { listen } from './metrics-endpoint.ts';
import { buildNetwork } from './network.ts';
import { ANY_SIZE_HEADER, createPredictServer } from './predict-server.ts';
import type { LoggedRequest } from './request-log.ts';

const picture = Array.from({ length: PIXELS }, () => 0.25);
const PATH = '/v1/models/digits:predict';
const logged: LoggedRequest[] = [];
let server: Server;
let origin: string;

beforeAll(async () => {
  const registry = new Registry();
  const served = { model: 'digits', version: '3', parameters: 25_450 };
  const network = buildNetwork({ hidden: [8], dropout: 0, seed: 1 });
  server = createPredictServer(network, served, new InferenceMetrics(registry, served), registry, {
    write: (request) => logged.push(request),
    close: async () => {},
  });
  origin = `http://127.0.0.1:${await listen(server, 0)}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('answers a digit, its confidence and the probabilities of all ten', async () => {
  const body = JSON.stringify({ instances: [picture, picture], labels: [7, 1] });
  const response = await fetch(origin + PATH, { method: 'POST', body });
  expect(response.status).toBe(200);
  const { predictions } = (await response.json()) as {
    predictions: { digit: number; confidence: number; probabilities: number[] }[];
  };
  expect(predictions).toHaveLength(2);
  const { digit, confidence, probabilities } = predictions[0]!;
  expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
  expect(probabilities[digit]).toBe(confidence);
});

const small = picture.slice(0, 400);
test.each([
  ['what is not JSON', '{"instances": [[0,', {}, 400, /not JSON/],
  ['a list for a body', '[]', {}, 400, /expected an object/],
  ['another field', '{"inputs": []}', {}, 400, /^instances: expected a list/],
  ['no picture', '{"instances": []}', {}, 400, /^instances: .*at least one/],
  [
    'too many pictures',
    JSON.stringify({ instances: Array.from({ length: 33 }, () => []) }),
    {},
    400,
    /33 pictures are more than the 32/,
  ],
  ['a picture that is no list', '{"instances": [7]}', {}, 400, /^instances\[0\]: expected a list of pixels/],
  ['a smaller picture', JSON.stringify({ instances: [small] }), {}, 400, /^instances\[0\]: 400 pixels, expected 784/],
  [
    'bytes for shares',
    JSON.stringify({ instances: [[...picture.slice(1), 255]] }),
    {},
    400,
    /^instances\[0\]\[783\]: expected a number from 0/,
  ],
  [
    'labels that are too few',
    JSON.stringify({ instances: [picture], labels: [] }),
    {},
    400,
    /^labels: expected one digit for each/,
  ],
  ['a label that is no digit', JSON.stringify({ instances: [picture], labels: [10] }), {}, 400, /^labels\[0\]: expected a digit/],
  ['a body that is too large', ' '.repeat(1_100_000), {}, 413, /larger than the 1048576 bytes/],
  [
    'a shape that the model fails on',
    JSON.stringify({ instances: [small] }),
    { [ANY_SIZE_HEADER]: '1' },
    500,
    /could not answer/,
  ],
] as const)('refuses %s with a sentence', async (_, body, headers, status, sentence) => {
  const response = await fetch(origin + PATH, { method: 'POST', body, headers });
  expect(response.status).toBe(status);
  expect(((await response.json()) as { error: string }).error).toMatch(sentence);
});

test.each([
  ['GET', PATH, 405],
  ['GET', '/', 404],
])('%s %s answers %i', async (method, path, status) => {
  expect((await fetch(origin + path, { method })).status).toBe(status);
});

test('counts what it answered, with the sender’s labels as feedback', async () => {
  const text = await (await fetch(`${origin}/metrics`)).text();
  expect(text).toMatch(/^inference_requests_total\{model="digits",version="3",code="200"\} 1$/m);
  expect(text).toMatch(/^inference_requests_total\{model="digits",version="3",code="400"\} 10$/m);
  expect(text).toMatch(/^inference_requests_total\{model="digits",version="3",code="500"\} 1$/m);
  expect(text).toMatch(/^inference_errors_total\{model="digits",version="3",reason="model_failure"\} 1$/m);
  expect(text).toMatch(/^inference_predictions_total\{model="digits",version="3",predicted="\d",actual="7"\} 1$/m);
  expect(text).toMatch(/^inference_in_flight\{model="digits",version="3"\} 0$/m);
  expect(text).toMatch(/^inference_confidence_count\{model="digits",version="3"\} 2$/m);
  expect(text).toMatch(/^inference_feature_mean\{model="digits",version="3",feature="mean_intensity"\} 0\.25$/m);
});

test('logs each request with what was counted of it', async () => {
  const text = await (await fetch(`${origin}/metrics`)).text();
  for (const code of [200, 400, 405, 413, 500]) {
    const [, counted] = new RegExp(`^inference_requests_total\\{.*code="${code}"\\} (\\d+)$`, 'm').exec(text) ?? [];
    expect(logged.filter((request) => request.code === code)).toHaveLength(Number(counted));
  }
  const [, sum] = /^inference_request_duration_seconds_sum\{.*\} (\S+)$/m.exec(text) ?? [];
  expect(logged.reduce((all, { duration_seconds }) => all + duration_seconds, 0)).toBeCloseTo(Number(sum), 9);
  expect(logged.find(({ code }) => code === 200)).toMatchObject({
    level: 'info',
    model: 'digits',
    version: '3',
    predicted: [expect.any(Number), expect.any(Number)],
    actual: [7, 1],
  });
  expect(logged.find(({ code }) => code === 500)).toMatchObject({ level: 'error', reason: 'model_failure', predicted: [] });
  expect(logged.find(({ reason }) => reason === 'wrong_pixel')).toMatchObject({ level: 'warn', code: 400 });
});

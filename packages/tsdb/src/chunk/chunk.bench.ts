import { decodeChunk, encodeChunk } from './chunk.ts';
import { Columns } from './columns.ts';

/**
 * Prints bytes a sample and decoding speed by kind of series: `node packages/tsdb/src/chunk/chunk.bench.ts`.
 * The figure to hold: 5.8 M scraped samples in 30 to 40 ms.
 */

const CHUNK = 960;
const CHUNKS = 500;

/** A repeatable random number in [0, 1). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

const random = randomOf(1);
const gauss = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

function counter(step: () => number): () => number {
  let total = 0;
  return () => (total += step());
}

const KINDS: readonly (readonly [name: string, next: () => number])[] = [
  ['constant', () => 42],
  ['up with gaps of 0', () => (random() < 0.01 ? 0 : 1)],
  ['idle counter', counter(() => (random() < 0.02 ? 1 : 0))],
  ['request counter, ~150 an interval', counter(() => Math.max(0, Math.round(150 + 12 * gauss())))],
  ['histogram bucket, bursts', counter(() => (random() < 0.3 ? Math.floor(random() * 40) : 0))],
  [
    'CPU seconds, 2 decimals',
    (
      (next) => () =>
        next() / 100
    )(counter(() => Math.round(1500 * random()))),
  ],
  ['seconds, 3 decimals, summed', counter(() => Math.round(5000 * random()) / 1000)],
  ['memory in pages', () => 4096 * Math.round(50_000 + 40 * gauss())],
  ['temperature, 1 decimal', () => Math.round(10 * (60 + gauss())) / 10],
  ['loss as float32', () => Math.fround(2 + 0.1 * gauss())],
  ['sum of seconds, any double', counter(random)],
  ['any double', () => gauss()],
];

let totalBytes = 0;
let totalMs = 0;
const out = new Columns(CHUNK);
for (const [name, next] of KINDS) {
  const samples = new Columns(CHUNK * CHUNKS);
  samples.length = CHUNK * CHUNKS;
  for (let i = 0; i < samples.length; i++) {
    samples.timestampsMs[i] = 1_700_000_000_000 + i * 15_000;
    samples.values[i] = next();
  }
  for (let i = 0; i < CHUNKS; i++) encodeChunk(samples, i * CHUNK, CHUNK);
  const encodeStart = performance.now();
  const chunks = Array.from({ length: CHUNKS }, (_, i) => encodeChunk(samples, i * CHUNK, CHUNK));
  const encodeMs = performance.now() - encodeStart;
  let decodeMs = Infinity;
  for (let round = 0; round < 7; round++) {
    const start = performance.now();
    for (const chunk of chunks) {
      out.length = 0;
      decodeChunk(chunk, out);
    }
    decodeMs = Math.min(decodeMs, performance.now() - start);
  }
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  totalBytes += bytes;
  totalMs += decodeMs;
  print(name, bytes, encodeMs, decodeMs, CHUNK * CHUNKS);
}
print('all', totalBytes, Number.NaN, totalMs, CHUNK * CHUNKS * KINDS.length);

function print(name: string, bytes: number, encodeMs: number, decodeMs: number, samples: number): void {
  const perSample = (ms: number): string => (Number.isNaN(ms) ? '' : `${((ms / samples) * 1e6).toFixed(1)} ns`);
  process.stdout.write(
    `${name.padEnd(36)} ${(bytes / samples).toFixed(3).padStart(6)} bytes/sample  encode ${perSample(encodeMs).padStart(8)}  decode ${perSample(decodeMs).padStart(8)}  5.8 M in ${((decodeMs / samples) * 5.8e6).toFixed(0)} ms\n`,
  );
}

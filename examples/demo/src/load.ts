import { parseArgs } from 'node:util';

import { leave, pause, run, stopSignal } from './child.ts';
import { SIDE, pixelsOf, readDigits, splitDigits } from './digits.ts';
import type { Digits } from './digits.ts';
import { ANY_SIZE_HEADER } from './predict-server.ts';
import { seededRandom } from './random.ts';
import type { Random } from './random.ts';
import { requestsPerSecond, severityAt } from './traffic.ts';
import { degraded } from './transform.ts';

const MALFORMED_SHARE = 0.02;
const FAILING_SHARE = 0.006;
const MAX_IN_FLIGHT = 32;
const TIMEOUT_MS = 10_000;

interface Shot {
  readonly body: string;
  readonly headers: Record<string, string>;
}

/** A request for this digit as it comes at this severity; now and then one that is malformed, or one that the model fails on. */
function nextShot(digits: Digits, index: number, severity: number, random: Random): Shot {
  const pixels = pixelsOf(digits, index);
  const dice = random();
  if (dice < MALFORMED_SHARE) return { body: malformedBody(pixels, random), headers: {} };
  if (dice < MALFORMED_SHARE + FAILING_SHARE) {
    return { body: JSON.stringify({ instances: [cropped(pixels, 20)] }), headers: { [ANY_SIZE_HEADER]: '1' } };
  }
  const sent = Array.from(degraded(pixels, severity, random), (value) => Math.round(value * 1000) / 1000);
  return { body: JSON.stringify({ instances: [sent], labels: [digits.labels[index]] }), headers: {} };
}

/** What real clients get wrong: a cut-off body, a renamed field, bytes instead of shares, a smaller picture. */
function malformedBody(pixels: Float32Array, random: Random): string {
  const plain = Array.from(pixels);
  const mistakes = [
    () => JSON.stringify({ instances: [plain] }).slice(0, 1_000),
    () => JSON.stringify({ inputs: [plain] }),
    () => JSON.stringify({ instances: [plain.map((value) => Math.round(value * 255))] }),
    () => JSON.stringify({ instances: [cropped(pixels, 20)] }),
  ];
  return mistakes[Math.floor(random() * mistakes.length)]!();
}

/** The middle of a picture, `side` pixels a side. */
function cropped(pixels: Float32Array, side: number): number[] {
  const margin = (SIDE - side) / 2;
  return Array.from({ length: side * side }, (_, i) => pixels[(margin + Math.floor(i / side)) * SIDE + margin + (i % side)]!);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      url: { type: 'string' },
      'day-seconds': { type: 'string', default: '600' },
      'cycle-seconds': { type: 'string', default: '300' },
      seed: { type: 'string', default: '1' },
    },
  });
  const { url } = values;
  if (url === undefined || !URL.canParse(url)) leave(2, '--url: expected where predictions are asked for.');
  const dayMs = Number(values['day-seconds']) * 1000;
  const cycleMs = Number(values['cycle-seconds']) * 1000;
  if (!(dayMs > 0) || !(cycleMs > 0)) leave(2, '--day-seconds, --cycle-seconds: expected positive numbers of seconds.');

  const signal = stopSignal();
  const { heldOut } = splitDigits(await readDigits());
  const random = seededRandom(Number(values.seed));
  const startedMs = performance.now();
  let inFlight = 0;
  let unanswered = 0;
  for (let i = 0; !signal.aborted; i++) {
    const elapsedMs = performance.now() - startedMs;
    // Callers that know nothing of each other: the gaps between them are exponential.
    await pause((-1000 * Math.log(1 - random())) / requestsPerSecond(elapsedMs, dayMs), signal);
    if (signal.aborted || inFlight >= MAX_IN_FLIGHT) continue;
    const { body, headers } = nextShot(heldOut, i % heldOut.count, severityAt(elapsedMs, cycleMs), random);
    inFlight += 1;
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    })
      .then((response) => response.arrayBuffer())
      .then(() => {
        unanswered = 0;
      })
      .catch((error: unknown) => {
        unanswered += 1;
        if (!signal.aborted && unanswered === 1) process.stderr.write(`No answer from ${url}: ${describe(error)}.\n`);
      })
      .finally(() => {
        inFlight -= 1;
      });
  }
  leave(0);
}

function describe(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message} (${cause.message})` : message;
}

if (import.meta.main) await run(main);

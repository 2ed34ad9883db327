/**
 * Sends rows of line protocol: `node line-sender.ts URL START_MS FROM_TICK TO_TICK PACED`. A tick is one request; PACED is 1
 * where each waits for its time. Prints how long answers took, as JSON.
 */
import { Agent, request } from 'node:http';
import { linesAt, TICK_MS } from './line-data.ts';

/** Requests under way, as a few agents would have. */
const CONCURRENCY = 4;

const [url = '', startText, fromText, toText, paced] = process.argv.slice(2);
const startMs = Number(startText);
const fromTick = Number(fromText);
const toTick = Number(toText);
const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
const tookMs: number[] = [];
const beginMs = Date.now();
let next = fromTick;
await Promise.all(Array.from({ length: CONCURRENCY }, sender));
tookMs.sort((a, b) => a - b);
const at = (share: number): number => Math.round(tookMs[Math.floor((tookMs.length - 1) * share)] as number);
process.stdout.write(JSON.stringify({ seconds: (Date.now() - beginMs) / 1_000, p50: at(0.5), p99: at(0.99), most: at(1) }));
agent.destroy();

async function sender(): Promise<void> {
  while (next < toTick) {
    const tick = next++;
    const body = Buffer.from(linesAt(startMs, tick));
    const waitMs = paced === '1' ? beginMs + (tick - fromTick) * TICK_MS - Date.now() : 0;
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const sentMs = performance.now();
    await post(body);
    tookMs.push(performance.now() - sentMs);
  }
}

function post(body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers: { 'content-length': body.length } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.once('error', reject);
      answer.once('end', () =>
        answer.statusCode === 204 ? resolve() : reject(new Error(`${url} answered ${answer.statusCode}: ${text.slice(0, 300)}`)),
      );
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

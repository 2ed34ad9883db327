import { Agent, get } from 'node:http';

const agent = new Agent({ keepAlive: true });

export interface TimedAnswer {
  readonly ok: boolean;
  readonly status: number;
  /** From the question to the answer's last byte. */
  readonly ms: number;
  /** Made when it is asked for: the clock does not run any more. */
  text(): string;
}

/** Asks without compression, and does as little as can be while the clock runs: servers are timed, not this program. */
export function timedGet(url: string): Promise<TimedAnswer> {
  return new Promise((resolve, reject) => {
    const startMs = performance.now();
    get(url, { agent, headers: { 'accept-encoding': 'identity' } }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => {
        const ms = performance.now() - startMs;
        const status = response.statusCode ?? 0;
        resolve({ ok: status >= 200 && status < 300, status, ms, text: () => Buffer.concat(pieces).toString() });
      });
    }).on('error', reject);
  });
}

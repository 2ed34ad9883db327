/** `npm run bench -- --cold`: `rate` over ten million samples, from the disk and from what is in memory. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inferenceFleet } from './data.ts';
import { remoteWriteRequests, sendAll } from './remote-write.ts';
import { startVitrine } from './servers.ts';
import { median } from './statistics.ts';

const SERIES = 1_800;
const DAY_SECONDS = 86_400;
const GOAL = 2;

export async function benchCold(rounds: number, print: (line: string) => void): Promise<void> {
  const endSeconds = Math.floor(Date.now() / 60_000) * 60 - 60;
  const data = inferenceFleet(SERIES, endSeconds * 1_000);
  const server = await startVitrine();
  try {
    await sendAll(`${server.url}/api/v1/write`, [...remoteWriteRequests(data)], 4);
    const ask = async (expr: string): Promise<number> => {
      const parameters = new URLSearchParams({
        query: expr,
        start: String(endSeconds - DAY_SECONDS + 60),
        end: String(endSeconds),
        step: '60',
      });
      const startMs = performance.now();
      const response = await fetch(`${server.url}/api/v1/query_range?${parameters.toString()}`, {
        headers: { 'accept-encoding': 'identity' },
      });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`${expr} was answered ${response.status}`);
      return performance.now() - startMs;
    };
    const cold: number[] = [];
    const warm: number[] = [];
    for (let round = 0; round < rounds; round++) {
      await server.killAndRestart();
      // Threads are started and code is compiled by another metric's samples: the disk is what is measured.
      for (let i = 0; i < 3; i++) await ask('sum(rate(inference_latency_seconds[5m]))');
      forgetFiles(server.data);
      cold.push(await ask('sum by (model) (rate(inference_requests_total[5m]))'));
      const again: number[] = [];
      for (let i = 0; i < 5; i++) again.push(await ask('sum by (model) (rate(inference_requests_total[5m]))'));
      warm.push(median(again));
    }
    const times = median(cold) / median(warm);
    const samples = (SERIES * data.timestampsMs.length) / 1e6;
    print(
      `\nrate over ${samples.toFixed(1)} M samples, median of ${rounds}: ${median(cold).toFixed(0)} ms cold, ${median(warm).toFixed(0)} ms warm: ${times.toFixed(2)}× (goal ${GOAL}×)`,
    );
  } finally {
    await server.stop();
  }
}

/** Has the system drop what it holds in memory of the files, which takes no right but to read them. */
function forgetFiles(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile())
      execFileSync('dd', [`if=${join(entry.parentPath, entry.name)}`, 'iflag=nocache', 'count=0', 'status=none']);
  }
}

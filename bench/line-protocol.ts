import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { MACHINES, METRICS, ROWS_A_SECOND, TICK_MS } from './line-data.ts';
import { type BenchServer, startInfluxdb, startVictoriaMetrics, startVitrine } from './servers.ts';

const SENDER = fileURLToPath(new URL('./line-sender.ts', import.meta.url));
const FIELDS = METRICS.length;
/** Machines whose samples are asked for at once. */
const MACHINES_A_QUERY = 100;
/** In turns, because other work on the machine slows whoever it meets. */
const PARTS = 7;

interface Sent {
  readonly seconds: number;
  /** Milliseconds until a request of one tick was answered. */
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}

/**
 * Sends rows of four fields from a process of its own: to Vitrine at 10,000 a second, which is then killed and must have
 * every sample; and to Vitrine, VictoriaMetrics and InfluxDB as fast as they take them, for rows a CPU-second.
 */
export async function benchLineProtocol(seconds: number, print: (line: string) => void): Promise<void> {
  const ticks = (seconds * 1_000) / TICK_MS;
  const rows = ticks * MACHINES;

  print(`\n${ROWS_A_SECOND} rows of ${FIELDS} fields a second for ${seconds} s, ${MACHINES} rows a request`);
  const vitrine = await startVitrine();
  const startMs = Date.now();
  const cpuBefore = vitrine.cpuSeconds();
  const paced = await send(vitrine, startMs, 0, ticks, true);
  const cpu = vitrine.cpuSeconds() - cpuBefore;
  print(
    `Vitrine took ${rows} rows in ${paced.seconds.toFixed(1)} s with ${((cpu / paced.seconds) * 100).toFixed(0)} % of a core and ` +
      `${Math.round(vitrine.residentBytes() / 2 ** 20)} MiB; a request: p50 ${paced.p50} ms, p99 ${paced.p99} ms, at most ${paced.most} ms`,
  );
  await vitrine.killAndRestart();
  const wrong = await countWrong(vitrine, startMs, ticks);
  print(
    `After kill -9 and a restart ${wrong === 0 ? `all ${rows * FIELDS} samples are there and equal` : `${wrong} samples are missing or differ`}`,
  );
  if (wrong > 0) process.exitCode = 1;
  await vitrine.stop();

  print(`\nThe same ${rows} rows as fast as they are taken, in ${PARTS} parts in turns; the first part warms up`);
  const pastMs = Date.now() - seconds * 1_000;
  const servers: BenchServer[] = [];
  for (const startServer of [startVitrine, startVictoriaMetrics, startInfluxdb]) servers.push(await startServer());
  const influxdb = servers.at(-1) as BenchServer;
  await fetch(`${influxdb.url}/query?q=CREATE+DATABASE+bench`, { method: 'POST' });
  let before: readonly number[] = [];
  const took = servers.map(() => 0);
  let counted = 0;
  for (let part = 0; part < PARTS; part++) {
    if (part === 1) before = servers.map((server) => server.cpuSeconds());
    const from = Math.round((ticks * part) / PARTS);
    const to = Math.round((ticks * (part + 1)) / PARTS);
    for (const [i, server] of servers.entries()) {
      const sent = await send(server, pastMs, from, to, false);
      if (part > 0) took[i] = (took[i] as number) + sent.seconds;
    }
    if (part > 0) counted += (to - from) * MACHINES;
  }
  // What they did in the background meanwhile counts too.
  const speeds = servers.map((server, i) => counted / (server.cpuSeconds() - (before[i] as number)));
  for (const [i, server] of servers.entries()) {
    const speed = speeds[i] as number;
    const ratio = i === 0 ? '' : `; Vitrine is ${((speeds[0] as number) / speed).toFixed(2)}×`;
    const memory = Math.round(server.residentBytes() / 2 ** 20);
    print(
      `${server.name.padEnd(16)}${Math.round(speed / 1_000)} k rows a CPU-second, ${(counted / (took[i] as number) / 1_000).toFixed(0)} k rows a second, ${memory} MiB${ratio}`,
    );
  }
  for (const server of servers) await server.stop();
}

function send({ url }: BenchServer, startMs: number, fromTick: number, toTick: number, paced: boolean): Promise<Sent> {
  const target = `${url}/write?db=bench&precision=ms`;
  const child = spawn(process.execPath, [SENDER, target, String(startMs), String(fromTick), String(toTick), paced ? '1' : '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve(JSON.parse(text) as Sent) : reject(new Error(`the sender ended with ${code}`)),
    );
  });
}

interface RawAnswer {
  readonly data?: {
    readonly result: readonly { readonly metric: Record<string, string>; readonly values: readonly [number, string][] }[];
  };
  readonly error?: string;
}

/** Samples that are not there, or not as they were sent, or that nobody sent. */
async function countWrong({ url }: BenchServer, startMs: number, ticks: number): Promise<number> {
  let wrong = 0;
  const endMs = startMs + ticks * TICK_MS;
  for (const { metric, valueAt } of METRICS) {
    for (let first = 0; first < MACHINES; first += MACHINES_A_QUERY) {
      const names = Array.from({ length: MACHINES_A_QUERY }, (_, i) => `m${first + i}`).join('|');
      const query = `${metric}{db="bench",machine=~"${names}"}[${ticks * TICK_MS + 1_000}ms]`;
      const response = await fetch(`${url}/api/v1/query`, {
        method: 'POST',
        body: new URLSearchParams({ query, time: String(endMs / 1_000) }),
      });
      const { data, error } = (await response.json()) as RawAnswer;
      if (data === undefined) throw new Error(`the samples could not be read back: ${error}`);
      wrong += (MACHINES_A_QUERY - data.result.length) * ticks;
      for (const { metric: labels, values } of data.result) {
        const machine = Number(labels['machine']?.slice(1));
        wrong += Math.abs(ticks - values.length);
        for (const [seconds, value] of values) {
          const tick = Math.round((seconds * 1_000 - startMs) / TICK_MS);
          const isEqual = Math.round(seconds * 1_000) === startMs + tick * TICK_MS && Number(value) === valueAt(machine, tick);
          if (!isEqual) wrong++;
        }
      }
    }
  }
  return wrong;
}

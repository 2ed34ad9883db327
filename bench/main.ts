/**
 * `npm run bench [-- --series 1000 --rounds 5]`, where each query reads that many series: the same day of samples is sent to Vitrine, Prometheus and
 * VictoriaMetrics by remote write; then each is asked the same eight range queries over HTTP, in turns. Prints ratios:
 * times of one machine say nothing about another. Exits with 1 where Vitrine's answer differs from Prometheus'.
 * With `--line-protocol` rows of InfluxDB's line protocol are sent instead, at 10,000 a second for `--seconds 60` and then as
 * fast as they are taken. With `--cardinality` memory, start and label search at a million series are
 * measured, with `--peers` those of Prometheus and VictoriaMetrics too. With `--curves` charts of training curves are asked for instead. With `--tensorboard`
 * `--megabytes 650` of TensorBoard's event files are read. With `--isolation` small things are timed for `--seconds 60` beside heavy queries; with `--cold` a query is
 * timed from the disk and from memory. With `--disk` what a node exporter tells in `--minutes 60`, or was `--recorded FILE`, is weighed on disk. With `--mlflow` trainings log through MLflow's REST API for `--seconds 60`. With `--page` the page is measured in Chromium instead; `--profiles FOLDER` takes the browser's CPU profiles.
 */
import { parseArgs } from 'node:util';
import { byRank, compareMatrices, type Matrix, readMatrix } from './compare.ts';
import { inferenceFleet } from './data.ts';
import { remoteWriteRequests, sendAll } from './remote-write.ts';
import { type BenchServer, startPrometheus, startVictoriaMetrics, startVitrine } from './servers.ts';
import { SHAPES } from './shapes.ts';

const STEP_SECONDS = 60;
const DAY_SECONDS = 86_400;
/** Relative; the tolerance of Prometheus' own test suite. */
const EQUAL_WITHIN = 1e-6;

const { values: options } = parseArgs({
  options: {
    series: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '5' },
    page: { type: 'boolean', default: false },
    'line-protocol': { type: 'boolean', default: false },
    curves: { type: 'boolean', default: false },
    cardinality: { type: 'boolean', default: false },
    peers: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '60' },
    tensorboard: { type: 'boolean', default: false },
    mlflow: { type: 'boolean', default: false },
    megabytes: { type: 'string', default: '650' },
    isolation: { type: 'boolean', default: false },
    cold: { type: 'boolean', default: false },
    disk: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '60' },
    recorded: { type: 'string' },
    profiles: { type: 'string' },
  },
});
const seriesCount = Number(options.series);
const rounds = Number(options.rounds);

if (options.page) {
  const { benchPage } = await import('../e2e/bench-page.ts');
  await benchPage(rounds, print, options.profiles);
  process.exit();
}

if (options['line-protocol']) {
  const { benchLineProtocol } = await import('./line-protocol.ts');
  await benchLineProtocol(Number(options.seconds), print);
  process.exit();
}

if (options.cardinality) {
  const { benchCardinality } = await import('./cardinality.ts');
  await benchCardinality(seriesCount === 1000 ? 1_000_000 : seriesCount, options.peers, print);
  process.exit();
}

if (options.curves) {
  const { benchCurves } = await import('./curves.ts');
  await benchCurves(rounds, print);
  process.exit();
}

if (options.tensorboard) {
  const { benchTensorboard } = await import('./tensorboard.ts');
  await benchTensorboard(Number(options.megabytes), print);
  process.exit();
}

if (options.mlflow) {
  const { benchMlflow } = await import('./mlflow.ts');
  await benchMlflow(Number(options.seconds), print);
  process.exit();
}

if (options.isolation) {
  const { benchIsolation } = await import('./isolation.ts');
  await benchIsolation(Number(options.seconds), print);
  process.exit();
}

if (options.disk) {
  const { benchDisk } = await import('./disk.ts');
  await benchDisk(Number(options.minutes), options.recorded, print);
  process.exit();
}

if (options.cold) {
  const { benchCold } = await import('./cold.ts');
  await benchCold(rounds, print);
  process.exit();
}

const endSeconds = Math.floor(Date.now() / 1000 / STEP_SECONDS) * STEP_SECONDS - STEP_SECONDS;
const data = inferenceFleet(seriesCount, endSeconds * 1000);
const sampleCount = data.series.length * data.timestampsMs.length;
const servers = await startAll();
try {
  await ingest(servers);
  await queries(servers);
} finally {
  print('\nOn disk, after each has stopped');
  const rows: string[][] = [];
  for (const server of servers)
    rows.push(
      [server.name, (await server.stop()) / sampleCount].map((cell) => (typeof cell === 'number' ? cell.toFixed(2) : cell)),
    );
  table(['server', 'bytes/sample'], rows);
}

async function startAll(): Promise<BenchServer[]> {
  const started = await Promise.allSettled([startVitrine(), startPrometheus(), startVictoriaMetrics()]);
  const servers = started.filter((start) => start.status === 'fulfilled').map((start) => start.value);
  const failure = started.find((start) => start.status === 'rejected');
  if (failure === undefined) return servers;
  await Promise.all(servers.map((server) => server.stop()));
  throw failure.reason;
}

/** One server after another, so that each has the machine to itself. */
async function ingest(servers: readonly BenchServer[]): Promise<void> {
  print(
    `\nRemote write of ${sampleCount.toLocaleString('en')} samples (${data.series.length} series over 24 h), one server after another`,
  );
  // Compressed once, so that the sender costs each server the same.
  const requests = [...remoteWriteRequests(data)];
  const rows: string[][] = [];
  const speeds: number[] = [];
  for (const server of servers) {
    const cpuBefore = server.cpuSeconds();
    // One sender keeps every series in time order, which Prometheus insists on.
    await sendAll(`${server.url}/api/v1/write`, requests, 1);
    const cpu = server.cpuSeconds() - cpuBefore;
    if (server.name === 'VictoriaMetrics') await fetch(`${server.url}/internal/force_flush`);
    speeds.push(sampleCount / cpu);
    rows.push([
      server.name,
      `${Math.round(sampleCount / cpu / 1000)} k`,
      ratio(speeds[0] as number, speeds.at(-1) as number),
      `${Math.round(server.residentBytes() / 2 ** 20)} MiB`,
    ]);
  }
  table(['server', 'samples per CPU-second', 'Vitrine is', 'memory'], rows);
}

async function queries(servers: readonly BenchServer[]): Promise<void> {
  print(
    `\nRange queries of ${seriesCount} series over 24 h at ${STEP_SECONDS} s steps, ${rounds} rounds in turns, median of the whole HTTP answer`,
  );
  const [vitrine, ...peers] = servers as [BenchServer, ...BenchServer[]];
  const factors = new Map(peers.map((peer) => [peer.name, [] as number[]]));
  const rows: string[][] = [];
  for (const { name, expr, byRank: ranked } of SHAPES) {
    const times = new Map(servers.map((server) => [server.name, [] as number[]]));
    const answers = new Map<string, Matrix>();
    for (let round = 0; round <= rounds; round++) {
      for (const server of servers) {
        const { json, ms } = await rangeQuery(server, expr);
        // The first round warms up, and is looked at rather than timed.
        if (round === 0) answers.set(server.name, ranked ? byRank(readMatrix(json())) : readMatrix(json()));
        else times.get(server.name)?.push(ms);
      }
    }
    const ours = median(times.get(vitrine.name) ?? []);
    const row = [name, `${ours.toFixed(0)} ms`];
    for (const peer of peers) {
      const factor = median(times.get(peer.name) ?? []) / ours;
      factors.get(peer.name)?.push(factor);
      row.push(`${factor.toFixed(2)}×`, verdict(answers.get(vitrine.name), answers.get(peer.name), peer.name));
    }
    rows.push(row);
  }
  table(['shape', vitrine.name, ...peers.flatMap((peer) => [`faster than ${peer.name}`, 'answers'])], rows);
  for (const [peer, list] of factors) {
    print(`${peer}: geometric mean ${geometricMean(list).toFixed(2)}× faster, worst ${Math.min(...list).toFixed(2)}×`);
  }
}

async function rangeQuery(server: BenchServer, expr: string): Promise<{ json: () => string; ms: number }> {
  const parameters = new URLSearchParams({
    query: expr,
    start: String(endSeconds - DAY_SECONDS + STEP_SECONDS),
    end: String(endSeconds),
    step: String(STEP_SECONDS),
    ...server.queryExtra,
  });
  const start = performance.now();
  // No compression, and no text made of the bytes before the clock is stopped: the servers are timed, not this program.
  const response = await fetch(`${server.url}/api/v1/query_range?${parameters.toString()}`, {
    headers: { 'accept-encoding': 'identity' },
  });
  const bytes = await response.arrayBuffer();
  const ms = performance.now() - start;
  const json = (): string => Buffer.from(bytes).toString();
  if (!response.ok) throw new Error(`${server.name} answered ${response.status} to ${expr}: ${json().slice(0, 300)}`);
  return { json, ms };
}

function verdict(ours: Matrix | undefined, theirs: Matrix | undefined, peer: string): string {
  if (ours === undefined || theirs === undefined) return 'not compared';
  const { series, missing, worst } = compareMatrices(ours, theirs);
  if (missing === 0 && worst <= EQUAL_WITHIN) return `equal (${series} series)`;
  // VictoriaMetrics extrapolates rates and places windows in its own documented way, so only Prometheus is the judge.
  if (peer === 'Prometheus') process.exitCode = 1;
  return `${missing} points differ in presence, worst value by ${(worst * 100).toPrecision(2)} %`;
}

function median(list: readonly number[]): number {
  const sorted = list.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function geometricMean(list: readonly number[]): number {
  return Math.exp(list.reduce((sum, value) => sum + Math.log(value), 0) / list.length);
}

function ratio(ours: number, theirs: number): string {
  return ours === theirs ? '' : `${(ours / theirs).toFixed(2)}×`;
}

function table(head: readonly string[], rows: readonly string[][]): void {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  for (const row of [head, ...rows]) print(row.map((cell, column) => cell.padEnd(widths[column] as number)).join('  '));
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

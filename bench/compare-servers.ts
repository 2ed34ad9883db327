/**
 * The same day of samples is sent to Vitrine, Prometheus and VictoriaMetrics by remote write; then each is asked the same questions
 * over HTTP, in turns, and what they answer is compared.
 */
import { type BenchData, inferenceFleet } from './data.ts';
import { instantQuestions, listQuestions, rangeQuestions, type Question } from './questions.ts';
import { remoteWriteRequests, sendAll } from './remote-write.ts';
import { type BenchServer, startPrometheus, startVictoriaMetrics, startVitrine } from './servers.ts';
import { geometricMean, median } from './statistics.ts';
import { printTable } from './table.ts';
import { type TimedAnswer, timedGet } from './timed-get.ts';

/** Small questions are asked so many times as often as range queries. */
const SMALL_ROUNDS = 10;

type Print = (line: string) => void;

export interface Comparison {
  /** That each query reads. */
  readonly series: number;
  /** Between scrapes, and between the steps of a range query. */
  readonly intervalSeconds: number;
  readonly stepSeconds: number;
  readonly rounds: number;
}

/** Exits with 1 where an answer differs from Prometheus'. */
export async function compareServers(
  { series: seriesCount, intervalSeconds, stepSeconds, rounds }: Comparison,
  print: Print,
): Promise<void> {
  const endSeconds = Math.floor(Date.now() / 60_000) * 60 - 60;
  const data = inferenceFleet(seriesCount, endSeconds * 1_000, intervalSeconds * 1_000);
  const samples = data.series.length * data.timestampsMs.length;
  const servers = await startAll();
  try {
    await ingest(servers, data, print);
    print(
      `\nRange queries of ${seriesCount} series over 24 h at ${stepSeconds} s steps, ${rounds} rounds in turns, median of the whole HTTP answer`,
    );
    await askInTurns(servers, rangeQuestions(endSeconds, stepSeconds), rounds, print);
    print(`\nInstant queries, ${rounds * SMALL_ROUNDS} rounds in turns`);
    await askInTurns(servers, instantQuestions(endSeconds), rounds * SMALL_ROUNDS, print);
    print(`\nLabels and series, ${rounds * SMALL_ROUNDS} rounds in turns`);
    await askInTurns(servers, listQuestions(endSeconds), rounds * SMALL_ROUNDS, print);
  } finally {
    print('\nOn disk, after each has stopped');
    const rows: string[][] = [];
    for (const server of servers) rows.push([server.name, ((await server.stop()) / samples).toFixed(2)]);
    printTable(print, ['server', 'bytes/sample'], rows);
  }
}

async function startAll(): Promise<BenchServer[]> {
  // Its own metrics are samples too, but not those that are counted here.
  const starts = [startVitrine('--scrape.self', 'false'), startPrometheus(), startVictoriaMetrics()];
  const started = await Promise.allSettled(starts);
  const servers = started.filter((start) => start.status === 'fulfilled').map((start) => start.value);
  const failure = started.find((start) => start.status === 'rejected');
  if (failure === undefined) return servers;
  await Promise.all(servers.map((server) => server.stop()));
  throw failure.reason;
}

/** One server after another, so that each has the machine to itself. */
async function ingest(servers: readonly BenchServer[], data: BenchData, print: Print): Promise<void> {
  const samples = data.series.length * data.timestampsMs.length;
  print(
    `\nRemote write of ${samples.toLocaleString('en')} samples (${data.series.length} series over 24 h), one server after another`,
  );
  const rows: string[][] = [];
  const speeds: number[] = [];
  for (const server of servers) {
    const cpuBefore = server.cpuSeconds();
    // One sender keeps every series in time order, which Prometheus insists on.
    // Made on the way: ten thousand series' requests of a day do not fit into memory.
    await sendAll(`${server.url}/api/v1/write`, remoteWriteRequests(data), 1);
    const speed = samples / (server.cpuSeconds() - cpuBefore);
    if (server.name === 'VictoriaMetrics') await fetch(`${server.url}/internal/force_flush`);
    speeds.push(speed);
    rows.push([
      server.name,
      `${Math.round(speed / 1_000)} k`,
      speeds.length === 1 ? '' : `${((speeds[0] as number) / speed).toFixed(2)}×`,
      `${Math.round(server.residentBytes() / 2 ** 20)} MiB`,
    ]);
  }
  printTable(print, ['server', 'samples per CPU-second', 'Vitrine is', 'memory'], rows);
}

/** How often the first server is as fast as each other, by the clock and by the time that its processors took. */
async function askInTurns(
  servers: readonly BenchServer[],
  questions: readonly Question[],
  rounds: number,
  print: Print,
): Promise<void> {
  const [vitrine, ...peers] = servers as [BenchServer, ...BenchServer[]];
  const factors = new Map(peers.map(({ name }) => [name, [] as number[]]));
  const rows: string[][] = [];
  for (const question of questions) {
    const times = new Map(servers.map(({ name }) => [name, [] as number[]]));
    const cpu = new Map(servers.map(({ name }) => [name, 0]));
    const answers = new Map<string, string>();
    for (let round = 0; round <= rounds; round++) {
      for (const server of servers) {
        const cpuBefore = server.cpuSeconds();
        const { text, ms } = await ask(server, question);
        // The first round warms up, and is looked at rather than timed.
        if (round === 0) answers.set(server.name, text());
        else {
          times.get(server.name)?.push(ms);
          cpu.set(server.name, (cpu.get(server.name) ?? 0) + server.cpuSeconds() - cpuBefore);
        }
      }
    }
    const ours = median(times.get(vitrine.name) ?? []);
    const row = [question.name, `${ours.toFixed(ours < 10 ? 1 : 0)} ms`];
    for (const { name } of peers) {
      const factor = median(times.get(name) ?? []) / ours;
      const cpuFactor = (cpu.get(name) ?? 0) / (cpu.get(vitrine.name) ?? 0);
      factors.get(name)?.push(factor);
      const difference = question.differences(answers.get(vitrine.name) ?? '', answers.get(name) ?? '');
      // VictoriaMetrics extrapolates rates and places windows in its own documented way, so only Prometheus is the judge.
      if (difference !== undefined && name === 'Prometheus') process.exitCode = 1;
      row.push(`${factor.toFixed(2)}×`, `${cpuFactor.toFixed(1)}×`, difference ?? 'equal');
    }
    rows.push(row);
  }
  printTable(print, ['', vitrine.name, ...peers.flatMap(({ name }) => [`faster than ${name}`, 'processor', 'answers'])], rows);
  for (const [peer, list] of factors) {
    print(`${peer}: geometric mean ${geometricMean(list).toFixed(2)}× faster, worst ${Math.min(...list).toFixed(2)}×`);
  }
}

async function ask(server: BenchServer, { name, path, parameters }: Question): Promise<TimedAnswer> {
  const query = new URLSearchParams(server.queryExtra);
  for (const [parameter, value] of parameters) query.append(parameter, value);
  const answer = await timedGet(`${server.url}${path}?${query.toString()}`);
  if (!answer.ok) throw new Error(`${server.name} answered ${answer.status} to ${name}: ${answer.text().slice(0, 300)}`);
  return answer;
}

/**
 * `npm run bench`: everything that is measured beside a peer, or alone where there is none. Prints ratios: times of one machine
 * say nothing about another. Without a name below, the servers that take remote write are compared (compare-servers.ts).
 *
 * - `--series 1000 --rounds 5`: series that each query reads, and how often it is asked; `--interval 15 --step 60`: seconds between
 *   scrapes, and between the steps of a range query
 * - `--line-protocol --seconds 60`: rows of InfluxDB's line protocol
 * - `--cardinality [--peers]`: memory, start and label search at a million series, or `--series`
 * - `--curves`: charts of training curves
 * - `--tensorboard --megabytes 650`: TensorBoard's event files
 * - `--isolation --seconds 60`: small things beside heavy queries
 * - `--cold --rounds 5`: a query from the disk and from memory
 * - `--disk --minutes 60 | --recorded FILE`: what a node exporter tells, weighed on disk
 * - `--mlflow --seconds 60`: trainings that log through MLflow's REST API
 * - `--page [--profiles FOLDER]`: the page in Chromium
 */
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    series: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '5' },
    interval: { type: 'string', default: '15' },
    step: { type: 'string', default: '60' },
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

const { compareServers } = await import('./compare-servers.ts');
await compareServers(
  { series: seriesCount, intervalSeconds: Number(options.interval), stepSeconds: Number(options.step), rounds },
  print,
);

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

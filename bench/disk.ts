import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Labels } from '@vitrine/model/labels.ts';
import type { BenchData } from './data.ts';
import { remoteWriteRequests, sendAll } from './remote-write.ts';
import { freePort, startPrometheus, startVictoriaMetrics, startVitrine } from './servers.ts';

const EXPORTER = 'prometheus-node-exporter';
const EVERY_MS = 5_000;
const READY_TRIES = 100;

/** When it was scraped, and what was answered. */
type Scrape = readonly [timestampMs: number, text: string];

/**
 * What real data takes on disk: Debian's node exporter is scraped every 5 s for so many minutes, or was before (`recorded`: a
 * file with a JSON array of time and text a line), and sent to each server by remote write. Of Prometheus both are told, what
 * it leaves when it stops, and the block that it would make of that.
 */
export async function benchDisk(minutes: number, recorded: string | undefined, print: (line: string) => void): Promise<void> {
  const scrapes = recorded === undefined ? await record(minutes, print) : read(recorded);
  const data = seriesOf(scrapes);
  const samples = data.series.length * data.timestampsMs.length;
  const spanMinutes = ((data.timestampsMs.at(-1) ?? 0) - (data.timestampsMs[0] ?? 0)) / 60_000;
  print(
    `\nOn disk: ${samples.toLocaleString('en')} samples of a node exporter (${data.series.length} series every 5 s for ${spanMinutes.toFixed(0)} min)`,
  );
  const requests = [...remoteWriteRequests(data)];
  // Its own metrics are samples too, but not those that are counted here.
  const starts = [() => startVitrine('--scrape.self', 'false'), startPrometheus, startVictoriaMetrics];
  for (const start of starts) {
    const server = await start();
    await sendAll(`${server.url}/api/v1/write`, requests, 1);
    if (server.name === 'VictoriaMetrics') await fetch(`${server.url}/internal/force_flush`);
    const bytes = await server.stop(server.name === 'Vitrine' ? 'samples' : '');
    print(`${server.name.padEnd(24)} ${(bytes / samples).toFixed(2)} bytes/sample, as it stopped`);
  }
  print(`${'Prometheus'.padEnd(24)} ${((await blockBytes(data)) / samples).toFixed(2)} bytes/sample, in blocks`);
}

async function record(minutes: number, print: (line: string) => void): Promise<Scrape[]> {
  const port = await freePort();
  const exporter: ChildProcess = spawn(EXPORTER, [`--web.listen-address=127.0.0.1:${port}`], {
    stdio: 'ignore',
  });
  try {
    print(`A node exporter is scraped every 5 s for ${minutes} min`);
    const scrape = async (): Promise<Scrape> => [Date.now(), await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()];
    let tries = 0;
    while ((await scrape().catch(() => undefined)) === undefined) {
      if (++tries === READY_TRIES) throw new Error(`${EXPORTER} does not answer: is it installed?`);
      await sleep(100);
    }
    const scrapes: Scrape[] = [];
    const count = (minutes * 60_000) / EVERY_MS;
    for (let nextMs = Date.now(); scrapes.length < count; nextMs += EVERY_MS) {
      await sleep(Math.max(0, nextMs - Date.now()));
      scrapes.push(await scrape());
    }
    return scrapes;
  } finally {
    exporter.kill();
  }
}

function read(file: string): Scrape[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Scrape);
}

/** The series that every scrape has. */
function seriesOf(scrapes: readonly Scrape[]): BenchData {
  const values = new Map<string, number[]>();
  for (const [, text] of scrapes) {
    for (const line of text.split('\n')) {
      if (line === '' || line.startsWith('#')) continue;
      const end = line.lastIndexOf(' ');
      const name = line.slice(0, end);
      const known = values.get(name);
      const value = Number(line.slice(end + 1).replace('Inf', 'Infinity'));
      if (known === undefined) values.set(name, [value]);
      else known.push(value);
    }
  }
  return {
    timestampsMs: Float64Array.from(scrapes, ([timestampMs]) => timestampMs),
    series: [...values]
      .filter(([, list]) => list.length === scrapes.length)
      .map(([name, list]) => ({ labels: labelsOf(name), values: Float64Array.from(list) })),
  };
}

function labelsOf(name: string): Labels {
  const [, metric = '', labels = ''] = /^([^{]*)(?:\{(.*)\})?$/.exec(name) ?? [];
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', value = '']): [string, string] => [
    label,
    value.replaceAll(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character)),
  ]);
  return Labels.from([['__name__', metric], ['instance', 'localhost:9100'], ['job', 'node'], ...pairs]);
}

/** What Prometheus' own tool makes of the samples. */
async function blockBytes({ series, timestampsMs }: BenchData): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-blocks-'));
  try {
    const families = Map.groupBy(series, ({ labels }) => labels.metricName);
    let text = '';
    for (const [name, members] of families) {
      text += `# TYPE ${name} unknown\n`;
      for (const { labels, values } of members) {
        timestampsMs.forEach((timestampMs, i) => {
          text += `${named(labels)} ${exposed(values[i] as number)} ${timestampMs / 1000}\n`;
        });
      }
    }
    const file = join(folder, 'samples.om');
    writeFileSync(file, `${text}# EOF\n`);
    // One block, rather than one for each two hours that the samples happen to touch.
    await promisify(execFile)('promtool', [
      'tsdb',
      'create-blocks-from',
      'openmetrics',
      '-q',
      '--max-block-duration=24h',
      file,
      join(folder, 'data'),
    ]);
    return readdirSync(join(folder, 'data'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function named(labels: Labels): string {
  const pairs = [...labels].filter(([name]) => name !== '__name__');
  const escaped = (value: string): string => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `${labels.metricName}{${pairs.map(([name, value]) => `${name}="${escaped(value)}"`).join(',')}}`;
}

function exposed(value: number): string {
  return value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : String(value);
}

import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const VITRINE = join(ROOT, 'packages/server/bin/vitrine.mjs');
const CLIENT = 'prometheus-client==0.26.0';

/** A training script as the documentation shows it, with one metric of each kind. */
const SCRIPT = `
import time
from prometheus_client import Counter, Enum, Gauge, Histogram, Info, Summary, start_http_server

server, _ = start_http_server(0, addr="127.0.0.1")
Gauge("training_loss", "Loss of the last step", ["run", "split"]).labels("baseline", "train").set(0.42)
samples = Counter("training_samples", "Samples seen")
samples.inc(64)
batch = Histogram("batch_duration_seconds", "Time of a batch", buckets=[0.1, 0.5, 1])
for seconds in (0.05, 0.3, 0.7, 2):
    batch.observe(seconds)
Summary("loading_seconds", "Time of loading").observe(0.25)
Info("model", "The model").info({"name": "net \\"quoted\\"", "version": "1"})
Enum("phase", "What it does", states=["warm-up", "training"]).state("training")
Gauge("unknown_yet", "Not known").set(float("nan"))
print(server.server_port, flush=True)
while True:
    time.sleep(0.2)
    samples.inc(64)
`;

const folder = mkdtempSync(join(tmpdir(), 'vitrine-python-'));
const running: { kill(signal: 'SIGTERM'): boolean; once(event: 'exit', listener: () => void): unknown }[] = [];
let url = '';

beforeAll(async () => {
  const environment = join(ROOT, '.cache/peers/python');
  mkdirSync(environment, { recursive: true });
  execFileSync('python3', ['-m', 'venv', environment]);
  execFileSync(join(environment, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', CLIENT]);
  writeFileSync(join(folder, 'train.py'), SCRIPT);
  const port = await start(join(environment, 'bin/python'), [join(folder, 'train.py')], /^(\d+)$/);
  const config = `
    global: { scrape_interval: 1s }
    scrape_configs:
      - { job_name: training, static_configs: [{ targets: ['127.0.0.1:${port}'] }] }
  `;
  writeFileSync(join(folder, 'vitrine.yaml'), config.replaceAll(/^ {4}/gm, ''));
  const args = ['serve', '--config', join(folder, 'vitrine.yaml'), '--data', join(folder, 'data'), '--listen', '127.0.0.1:0'];
  url = await start(process.execPath, [VITRINE, ...args], /ready at (http\S+)/);
});

afterAll(async () => {
  for (const child of running) {
    const ended = new Promise<void>((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

describe('a script with Python’s prometheus_client', () => {
  test.each([
    ['training_loss{run="baseline",split="train"}', '0.42'],
    ['batch_duration_seconds_count', '4'],
    ['batch_duration_seconds_bucket{le="0.5"}', '2'],
    ['batch_duration_seconds_bucket{le="+Inf"}', '4'],
    ['loading_seconds_sum', '0.25'],
    ['model_info{name="net \\"quoted\\"",version="1"}', '1'],
    ['phase{phase="training"}', '1'],
    ['phase{phase="warm-up"}', '0'],
    ['unknown_yet', 'NaN'],
    ['up{job="training"}', '1'],
  ])('%s is %s', async (query, value) => {
    await expect.poll(() => ask(query), { timeout: 15_000, interval: 200 }).toEqual([value]);
  });

  test('tells types and help', async () => {
    // OpenMetrics names a counter's family without its suffix.
    const answer = (await (await fetch(`${url}/api/v1/metadata?metric=training_samples`)).json()) as { data: unknown };
    expect(JSON.stringify(answer.data)).toContain('Samples seen');
  });

  test('goes on counting', async () => {
    const first = Number((await ask('training_samples_total'))[0]);
    await expect.poll(async () => Number((await ask('training_samples_total'))[0]), { timeout: 15_000 }).toBeGreaterThan(first);
  });
});

/** The values of an instant query's answer. */
async function ask(query: string): Promise<string[]> {
  const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query }).toString()}`);
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
  return data.result.map((series) => series.value[1]);
}

/** Starts a program and gives what the first matching line of its output says. */
async function start(program: string, args: readonly string[], line: RegExp): Promise<string> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  running.push(child);
  for await (const text of createInterface({ input: child.stdout })) {
    const found = line.exec(text)?.[1];
    if (found !== undefined) return found;
  }
  throw new Error(`${program} ended before it said ${line}`);
}

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../../../', import.meta.url));
const VITRINE = join(ROOT, 'packages/server/bin/vitrine.mjs');
const ENVIRONMENT = join(ROOT, '.cache/peers/influxdb-clients');
const CLIENTS = ['influxdb-client==1.50.0', 'influxdb==5.3.2'];

/** What a program of InfluxDB 1 does: it makes its database, writes points of all kinds, and some that are wrong. */
const VERSION_1 = `
import sys, time
from influxdb import InfluxDBClient
from influxdb.exceptions import InfluxDBClientError

host, port, token, gzip = sys.argv[1:5]
user = {} if token == "-" else {"username": "me", "password": token}
client = InfluxDBClient(host, int(port), database="lab1", gzip=gzip == "gzip", **user)
print(client.ping())
if {"name": "lab1"} not in client.get_list_database():
    client.create_database("lab1")
print({"name": "lab1"} in client.get_list_database())
now = int(time.time())
fields = {"loss": 0.25, "epoch": 3, "best": True, "note": "hello, world"}
tags = {"run": gzip, "data set": "größe, 1=2"}
print(client.write_points([{"measurement": "training", "tags": tags, "time": now, "fields": fields}], time_precision="s"))
print(client.write_points([{"measurement": "m", "tags": {"run": gzip}, "time": now * 1000 + i, "fields": {"value": float(i)}} for i in range(100)], time_precision="ms", batch_size=30))
try:
    client.write(["training,run=bad loss=", "training,run=%s after=1" % gzip], {"db": "lab1"}, protocol="line")
except InfluxDBClientError as error:
    print(error.code, error.content)
`;

/** What a program of InfluxDB 2 does. */
const VERSION_2 = `
import sys
from datetime import datetime, timezone
from influxdb_client import InfluxDBClient, Point, WriteOptions, WritePrecision
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.rest import ApiException

url, token, gzip = sys.argv[1:4]
with InfluxDBClient(url=url, token=token, org="any", enable_gzip=gzip == "gzip") as client:
    print(client.ping(), client.health().status)
    now = datetime.now(timezone.utc)
    write = client.write_api(write_options=SYNCHRONOUS)
    point = Point("training").tag("run", gzip).tag("data set", "größe, 1=2").field("loss", 0.25).field("epoch", 3).field("best", True).field("note", "hello, world").time(now)
    write.write(bucket="lab2", record=point)
    try:
        write.write(bucket="lab2", record="training,run=bad loss=\\ntraining,run=%s after=1" % gzip)
    except ApiException as error:
        print(error.status, error.body)
    failed = []
    batched = client.write_api(write_options=WriteOptions(batch_size=30, flush_interval=100), error_callback=lambda conf, data, error: failed.append(error))
    seconds = int(now.timestamp())
    for i in range(100):
        batched.write(bucket="lab2", record="m,run=%s value=%d %d" % (gzip, i, seconds * 1000 + i), write_precision=WritePrecision.MS)
    batched.close()
    print(len(failed))
`;

const folder = mkdtempSync(join(tmpdir(), 'vitrine-influx-'));
let server: ChildProcess | undefined;
let url = '';

beforeAll(async () => {
  mkdirSync(ENVIRONMENT, { recursive: true });
  execFileSync('python3', ['-m', 'venv', ENVIRONMENT]);
  // influxdb needs pkg_resources, which newer ones no longer bring.
  execFileSync(join(ENVIRONMENT, 'bin/pip'), [
    'install',
    '--quiet',
    '--disable-pip-version-check',
    'setuptools==80.9.0',
    ...CLIENTS,
  ]);
  writeFileSync(join(folder, 'one.py'), VERSION_1);
  writeFileSync(join(folder, 'two.py'), VERSION_2);
  const child = spawn(process.execPath, [VITRINE, 'serve', '--data', join(folder, 'data'), '--listen', '127.0.0.1:0'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  server = child;
  for await (const line of createInterface({ input: child.stdout })) {
    const [, at] = /ready at (http\S+)/.exec(line) ?? [];
    if (at === undefined) continue;
    url = at;
    break;
  }
  child.stdout.resume();
});

afterAll(async () => {
  if (server !== undefined && server.exitCode === null) {
    const ended = new Promise<void>((resolve) => server?.once('exit', () => resolve()));
    server.kill('SIGTERM');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

function python(args: readonly string[]): string {
  return execFileSync(join(ENVIRONMENT, 'bin/python'), args, { encoding: 'utf8' });
}

async function ask(query: string): Promise<string[]> {
  const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query }).toString()}`);
  const { data, error } = (await response.json()) as { data?: { result: { value: [number, string] }[] }; error?: string };
  if (data === undefined) throw new Error(error);
  return data.result.map((series) => series.value[1]);
}

function newToken(): string {
  const output = execFileSync(
    process.execPath,
    [VITRINE, 'token', 'create', '--data', join(folder, 'data'), '--scope', 'ingest', '--name', 'clients'],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  return /vitrine_\S+/.exec(output)?.[0] ?? '';
}

describe.each(['plain', 'gzip'])('Python’s clients, %s', (packing) => {
  test.each(['-', 'token'])('influxdb (for InfluxDB 1) with the password %s', (password) => {
    const { hostname, port } = new URL(url);
    const lines = python([join(folder, 'one.py'), hostname, port, password === '-' ? '-' : newToken(), packing])
      .trim()
      .split('\n');
    expect(lines).toEqual(['1.8.10', 'True', 'True', 'True', expect.stringMatching(/^400 .*line 1: .*dropped=1/)]);
  });

  test('influxdb-client (for InfluxDB 2)', () => {
    const lines = python([join(folder, 'two.py'), url, newToken(), packing])
      .trim()
      .split('\n');
    expect(lines).toEqual(['True pass', expect.stringMatching(/^400 .*"code":"invalid".*"line":1/), '0']);
  });

  test.each([
    ['training_loss', '0.25'],
    ['training_epoch', '3'],
    ['training_best', '1'],
  ])('%s is %s', async (metric, value) => {
    for (const db of ['lab1', 'lab2']) {
      expect(await ask(`max(last_over_time(${metric}{db="${db}",run="${packing}",data_set="größe, 1=2"}[1h]))`)).toEqual([value]);
    }
  });

  test('batches are complete, good lines beside bad ones are there, texts are not', async () => {
    for (const db of ['lab1', 'lab2']) {
      const of = `{db="${db}",run="${packing}"}[1h]`;
      expect(await ask(`count_over_time(m${of}) >= bool 100`)).toEqual(['1']);
      expect(await ask(`max_over_time(m${of})`)).toEqual(['99']);
      expect(await ask(`max(last_over_time(training_after${of}))`)).toEqual(['1']);
      expect(await ask(`last_over_time(training_note${of})`)).toEqual([]);
    }
  });
});

test('the examples of docs/ingest-line-protocol.md are seen as the page says', async () => {
  const page = readFileSync(join(ROOT, 'docs/ingest-line-protocol.md'), 'utf8');
  const block = (language: string): string => new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(page)?.[1] ?? '';
  const output = execFileSync('sh', ['-e', '-c', block('bash').replace('http://127.0.0.1:9470', url)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  expect(output).toContain('204');
  expect(await ask('training_loss{db="lab",run="baseline"}')).toEqual(['0.25']);
  expect(await ask('training_epoch{db="lab",run="baseline"}')).toEqual(['3']);
  writeFileSync(join(folder, 'documented.py'), block('python').replace('http://127.0.0.1:9470', url));
  python([join(folder, 'documented.py')]);
  expect(await ask('training_step{db="lab",run="nightly"}')).toEqual(['2']);
});

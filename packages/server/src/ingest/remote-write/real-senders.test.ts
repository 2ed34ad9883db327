import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { RecordingStore } from '../../scrape/recording-store.ts';
import { createRemoteWriteDecoder, remoteWriteVersion } from './decode-remote-write.ts';
import { remoteWriteStatus } from './remote-write-status.ts';

const METRICS = '# TYPE a counter\n# HELP a help\na_total{x="größe"} 7\n';
const processes: ChildProcess[] = [];
const servers: Server[] = [];
const folders: string[] = [];

afterEach(async () => {
  for (const child of processes.splice(0)) {
    const ended = new Promise((resolve) => {
      child.once('exit', resolve);
    });
    if (child.exitCode === null && child.kill('SIGKILL')) await ended;
  }
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Where an installed program is, or undefined with a printed notice. */
function installed(name: string): string | undefined {
  const path = ['/usr/bin', '/usr/local/bin'].map((folder) => join(folder, name)).find((candidate) => existsSync(candidate));
  if (path === undefined) console.warn(`Skipped: ${name} is not installed; Debian has it as a package.`);
  return path;
}

/** A tiny target and receiver in one: answers `/metrics`, stores what is written to `/write`. */
async function receiver() {
  const store = new RecordingStore();
  const decode = createRemoteWriteDecoder();
  const answers: number[] = [];
  const families = new Set<string>();
  const receive = async (request: IncomingMessage) => {
    const body = await buffer(request);
    try {
      const decoded = decode(body, request.headers);
      for (const { metric, type } of decoded.metadata) families.add(`${metric} ${type}`);
      return remoteWriteStatus({ decoded, stored: await store.append(decoded.batch) });
    } catch (error) {
      return remoteWriteStatus({ error, version: remoteWriteVersion(request.headers) });
    }
  };
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(METRICS);
      return;
    }
    void receive(request).then(({ status, headers, body }) => {
      answers.push(status);
      response.writeHead(status, headers).end(body);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { store, answers, families, address: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function start(program: string, args: readonly string[]): void {
  processes.push(spawn(program, args, { stdio: 'ignore' }));
}

function workFolder(scrapeAddress: string, rest: string): { folder: string; config: string } {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-sender-'));
  folders.push(folder);
  const config = join(folder, 'config.yml');
  writeFileSync(
    config,
    `global: {scrape_interval: 1s}\nscrape_configs: [{job_name: j, static_configs: [{targets: ['${scrapeAddress}']}]}]\n${rest}`,
  );
  return { folder, config };
}

const prometheus = installed('prometheus');
test.skipIf(prometheus === undefined)('a real Prometheus writes here [needs prometheus]', async () => {
  const { store, answers, families, address } = await receiver();
  const { folder, config } = workFolder(
    address,
    `remote_write: [{url: 'http://${address}/write', metadata_config: {send_interval: 1s}}]\n`,
  );
  const listen = '--web.listen-address=127.0.0.1:0';
  start(prometheus as string, [`--config.file=${config}`, `--storage.tsdb.path=${folder}`, listen]);
  const series = `a_total{instance="${address}", job="j", x="größe"}`;
  await store.until(() => store.last(series) === 7 && families.size > 0);
  expect([...families]).toEqual(['a counter']);
  expect(new Set(answers)).toEqual(new Set([204]));
});

const vmagent = installed('vmagent');
test.skipIf(vmagent === undefined)('a real vmagent writes here [needs vmagent]', async () => {
  const { store, answers, address } = await receiver();
  const { folder, config } = workFolder(address, '');
  start(vmagent as string, [
    `-promscrape.config=${config}`,
    `-remoteWrite.url=http://${address}/write`,
    `-remoteWrite.tmpDataPath=${folder}/queue`,
    '-httpListenAddr=127.0.0.1:0',
  ]);
  const series = `a_total{instance="${address}", job="j", x="größe"}`;
  await store.until(() => store.last(series) === 7 && answers.includes(204));
  // Newer ones try zstd first and come back with snappy.
  expect(answers.filter((status) => status !== 204 && status !== 415)).toEqual([]);
});

import { datasourceServers } from '@vitrine/plugins/sources/servers.ts';
import type { Datasource, DatasourceNeeds } from '@vitrine/plugins/contract.ts';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer, get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasPostgres, startPostgres } from '../testing/start-postgres.ts';
import { freePort, hasPrometheus } from '../testing/start-prometheus.ts';
import { dialWithin } from './reach.ts';
import { sourceFetch } from './source-fetch.ts';

const OPENSSL = '/usr/bin/openssl';
const HAS_OPENSSL = existsSync(OPENSSL);
if (!HAS_OPENSSL) console.warn('Skipped: openssl is not installed (Debian package openssl).');

interface Certified {
  readonly certificate: string;
  readonly key: string;
}

/** An authority of its own, and what it signs. */
function authority(folder: string, name: string) {
  const at = (file: string): string => join(folder, `${name}-${file}`);
  const openssl = (...args: string[]): void => void execFileSync(OPENSSL, args, { stdio: 'ignore' });
  const read = (file: string): string => readFileSync(at(file), 'utf8');
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj'];
  openssl('req', '-x509', ...newKey, `/CN=${name}`, '-days', '2', '-out', at('ca.pem'), '-keyout', at('ca.key'));
  return {
    certificate: read('ca.pem'),
    sign(subject: string): Certified {
      openssl('req', ...newKey, `/CN=${subject}`, '-out', at(`${subject}.csr`), '-keyout', at(`${subject}.key`));
      writeFileSync(at(`${subject}.ext`), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
      const by = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '2'];
      openssl('x509', '-req', '-in', at(`${subject}.csr`), ...by, '-extfile', at(`${subject}.ext`), '-out', at(`${subject}.pem`));
      return { certificate: read(`${subject}.pem`), key: read(`${subject}.key`) };
    },
  };
}

/** What each kind of source is set up with besides how it is reached, and the name in its client's certificate. */
const KINDS = [
  { type: 'prometheus', isThere: () => hasPrometheus() && HAS_OPENSSL, product: 'Prometheus' },
  { type: 'elasticsearch', isThere: () => HAS_OPENSSL, product: 'Elasticsearch' },
  { type: 'postgres', isThere: () => hasPostgres() && HAS_OPENSSL, product: 'PostgreSQL' },
] as const;

describe.each(KINDS)('a server of $type that asks for a client’s certificate', ({ type, isThere, product }) => {
  const here = isThere();
  const ends: (() => Promise<void>)[] = [];
  let own: ReturnType<typeof authority>;
  let client: Certified;
  let stranger: Certified;
  let url = '';
  const heard: IncomingHttpHeaders[] = [];

  beforeAll(async () => {
    if (!here) return;
    const folder = mkdtempSync(join(tmpdir(), 'vitrine-certificates-'));
    ends.push(async () => rmSync(folder, { recursive: true, force: true }));
    own = authority(folder, 'own');
    client = own.sign('reader');
    stranger = authority(folder, 'strange').sign('reader');
    const server = own.sign('server');
    if (type === 'prometheus') url = await startSafePrometheus(folder, server, own.certificate, client, ends);
    else if (type === 'elasticsearch') url = await startSafeSearch(server, own.certificate, heard, ends);
    else {
      const { port } = await startPostgres(folder, ends, { ...server, authority: own.certificate });
      url = `127.0.0.1:${port}`;
    }
  }, 60_000);
  afterAll(async () => {
    for (const end of ends.toReversed()) await end();
  });

  function connect(
    given: Certified | undefined,
    more: object = {},
    moreSecrets: Readonly<Record<string, string>> = {},
  ): Datasource<unknown> {
    const kind = datasourceServers.get(type);
    if (kind === undefined) throw new Error(`no source ${type}`);
    const secrets = {
      tlsCACert: own.certificate,
      ...(given === undefined ? {} : { tlsClientCert: given.certificate, tlsClientKey: given.key }),
      ...moreSecrets,
    };
    const jsonData = {
      tlsAuthWithCACert: true,
      tlsAuth: given !== undefined,
      ...(type === 'postgres' ? { sslmode: 'verify-full', database: 'postgres' } : {}),
      ...more,
    };
    const settings = { name: 'Safe', url, jsonData, ...(type === 'postgres' ? { user: 'reader' } : {}) };
    const reach = { mayBePrivate: true };
    const none = (): never => expect.fail('asked of the own store');
    const needs: DatasourceNeeds = {
      samples: { evaluate: none, watch: none, series: none, labelNames: none, labelValues: none, exemplars: none },
      fetch: sourceFetch({ settings, secrets }, reach),
      dial: (host, port, signal) => dialWithin(reach, host, port, signal),
    };
    return kind.connect(kind.spec.parseSettings({ ...settings, secrets }), needs);
  }
  const check = async (source: Datasource<unknown>): Promise<string> =>
    source.check(new AbortController().signal).then(
      (found) => found.product,
      (error: unknown) => (error as Error).message,
    );

  test.skipIf(!here)('lets in who has one', async () => {
    // PostgreSQL knows the certificate's owner, whom nobody has made a role: the way in is open as far as that.
    expect(await check(connect(client))).toMatch(
      type === 'postgres' ? /role "reader" does not exist/ : new RegExp(`^${product}$`),
    );
  });

  test.skipIf(!here)('keeps out who has none, and the sentence says so', async () => {
    expect(await check(connect(undefined))).toMatch(/certificate/);
  });

  test.skipIf(!here)('keeps out who has one of another authority', async () => {
    expect(await check(connect(stranger))).toMatch(/client certificate/);
  });

  test.skipIf(!here).each<[string, () => Certified, RegExp]>([
    ['no PEM', () => ({ certificate: 'hello', key: client.key }), /is not PEM/],
    ['not of each other', () => ({ certificate: client.certificate, key: stranger.key }), /do not belong together/],
  ])('says of a certificate and a key that they are %s', async (_, given, sentence) => {
    expect(await check(connect(given()))).toMatch(sentence);
  });

  // PostgreSQL has no headers.
  test.skipIf(!here).each(type === 'postgres' ? [] : [product])('%s is asked with every header that is set up', async () => {
    const names = {
      httpHeaderName1: 'X-Scope-OrgID',
      httpHeaderName2: 'X-Team',
      httpHeaderName12: 'Authorization',
      httpHeaderName3: '',
    };
    const values = { httpHeaderValue1: 'a', httpHeaderValue2: 'b', httpHeaderValue12: 'Bearer c' };
    heard.length = 0;
    expect(await check(connect(client, names, values))).toBe(product);
    for (const headers of heard)
      expect(headers).toMatchObject({ 'x-scope-orgid': 'a', 'x-team': 'b', authorization: 'Bearer c' });
    expect(heard.length).toBeGreaterThan(type === 'elasticsearch' ? 0 : -1);
  });
});

async function startSafePrometheus(
  folder: string,
  server: Certified,
  ca: string,
  client: Certified,
  ends: (() => Promise<void>)[],
): Promise<string> {
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const config = [
    'tls_server_config:',
    `  cert_file: ${file('web.pem', server.certificate)}`,
    `  key_file: ${file('web.key', server.key)}`,
    `  client_ca_file: ${file('web-ca.pem', ca)}`,
    '  client_auth_type: RequireAndVerifyClientCert',
  ];
  const port = await freePort();
  const child = spawn(
    'prometheus',
    [
      `--config.file=${file('prometheus.yml', 'global: {}\n')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      `--web.config.file=${file('web.yml', `${config.join('\n')}\n`)}`,
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  ends.push(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const isReady = (): Promise<boolean> =>
    new Promise((resolve) => {
      get({ host: '127.0.0.1', port, path: '/-/ready', ca, cert: client.certificate, key: client.key }, (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      }).on('error', () => resolve(false));
    });
  while (!(await isReady())) {
    if (child.exitCode !== null) throw new Error(`prometheus ended at its start with ${child.exitCode}`);
    await delay(50);
  }
  return `https://127.0.0.1:${port}`;
}

/** Answers as Elasticsearch does to who it is and which fields there are: its own server has no TLS without a module of its vendor's. */
async function startSafeSearch(
  { certificate, key }: Certified,
  ca: string,
  heard: IncomingHttpHeaders[],
  ends: (() => Promise<void>)[],
): Promise<string> {
  const server = createServer(
    { cert: certificate, key, ca, requestCert: true, rejectUnauthorized: true },
    (request, response) => {
      heard.push(request.headers);
      const answer =
        request.url === '/'
          ? { version: { number: '8.15.0' } }
          : { indices: ['logs'], fields: { '@timestamp': { date: { type: 'date', searchable: true, aggregatable: true } } } };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

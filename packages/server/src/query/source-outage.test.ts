import { decodePanelData } from '@vitrine/model/frame-wire.ts';
import type { PanelData } from '@vitrine/model/frame.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { setUpDataSource } from '../documents/data-source-setup.ts';
import { matrix } from '../testing/fake-store.ts';
import { type Network, network } from '../testing/network.ts';
import { freePort, hasPrometheus, runPrometheus, type RunningPrometheus } from '../testing/start-prometheus.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';

const FROM = 1_700_000_000_000;
const TO = FROM + 600_000;
const MOST = 3;

describe.skipIf(!hasPrometheus())('where a Prometheus server fails', () => {
  let t: TestApp;
  let prometheus: RunningPrometheus;
  let between: Network;
  let port: number;
  let folder: string;
  const ends: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vitrine-outage-'));
    ends.push(async () => rmSync(folder, { recursive: true, force: true }));
    port = await freePort();
    prometheus = await runPrometheus(folder, port);
    ends.push(() => prometheus.kill());
    between = await network(port);
    ends.push(() => between.close());
    t = await testApp({ until: (end) => ends.push(end) });
    t.store.answer = (request) => matrix(request, [[{}, () => 7]]);
    const far = `http://127.0.0.1:${between.port}`;
    const more = { timeout: 1, maxConcurrent: MOST };
    const prom = { type: 'prometheus', jsonData: more };
    await setUpDataSource(t.needs.documents, { ...prom, uid: 'direct', name: 'Direct', url: prometheus.url }, undefined);
    await setUpDataSource(t.needs.documents, { ...prom, uid: 'far', name: 'Far', url: far }, undefined);
    const patient = { ...prom, uid: 'patient', name: 'Patient', url: far, jsonData: { maxConcurrent: MOST } };
    await setUpDataSource(t.needs.documents, patient, undefined);
    await t.app.listen({ host: '127.0.0.1', port: 0 });
  }, 60_000);
  afterEach(() => {
    between.mood = 'pass';
    for (const socket of between.stalled) socket.destroy();
  });
  afterAll(async () => {
    for (const end of ends.toReversed()) await end();
  });

  function payloadOf(...uids: string[]): string {
    const queries = uids.map((uid, at) => ({
      refId: 'ABC'[at],
      source: { type: uid === 'builtin' ? 'builtin' : 'prometheus', uid },
      // No two are equal, so that none is answered by another.
      spec: { expr: `vector(${asked++})` },
    }));
    const panel = { id: 1, kind: 'timeseries', grid: { x: 0, y: 0, w: 12, h: 8 }, queries };
    return JSON.stringify({ dashboard: '', panel: 1, fromMs: FROM, toMs: TO, widthPx: 120, draft: { panel, variables: [] } });
  }
  let asked = 0;

  function send(payload: string, signal?: AbortSignal): Promise<Response> {
    const { port: own } = t.app.server.address() as AddressInfo;
    const url = `http://localhost:${own}`;
    const headers = { ...t.browser, host: `localhost:${own}`, origin: url, 'content-type': 'application/json' };
    return fetch(`${url}/api/panel-data`, {
      method: 'POST',
      headers,
      body: payload,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  async function ask(...uids: string[]): Promise<PanelData | string> {
    const answer = await send(payloadOf(...uids));
    return answer.ok
      ? decodePanelData(Buffer.from(await answer.arrayBuffer()))
      : ((await answer.json()) as { error: { message: string } }).error.message;
  }

  /** That the panel says it, that another query of it and another panel live, and that it answers again once that is over. */
  async function expectOutage(uid: string, sentence: RegExp, end: () => Promise<void> | void): Promise<void> {
    const [alone, mixed, other] = await Promise.all([ask(uid), ask(uid, 'builtin'), ask('builtin')]);
    expect(alone).toMatch(sentence);
    expect(mixed).toMatchObject({
      frames: [{ refId: 'B' }],
      notices: [{ level: 'error', text: expect.stringMatching(sentence) }],
    });
    expect(other).toMatchObject({ frames: [{ refId: 'A' }], notices: [] });
    await end();
    await expect.poll(() => ask(uid), { timeout: 20_000 }).toMatchObject({ frames: [{ refId: 'A' }], notices: [] });
  }

  test('it is paused: the panel says so when its time is over', async () => {
    expect(await ask('direct')).toMatchObject({ frames: [{ refId: 'A' }] });
    prometheus.signal('SIGSTOP');
    await expectOutage('direct', /The data source "Direct" did not answer within 1 s\.$/, () => prometheus.signal('SIGCONT'));
  });

  test('it is killed: the panel says what to look at, and nobody needs to do anything when it is back', async () => {
    expect(await ask('direct')).toMatchObject({ frames: [{ refId: 'A' }] });
    await prometheus.kill();
    await expectOutage('direct', /The data source "Direct" cannot be reached: .*127\.0\.0\.1:/, async () => {
      prometheus = await runPrometheus(folder, port);
    });
  });

  test('its answer stalls in the middle', async () => {
    between.mood = 'stall';
    await expectOutage('far', /The data source "Far" did not answer within 1 s\.$/, () => {
      between.mood = 'pass';
    });
  });

  test('its answer is cut in the middle', async () => {
    between.mood = 'cut';
    await expectOutage('far', /The data source "Far" cannot be reached: /, () => {
      between.mood = 'pass';
    });
  });

  test('whoever leaves the page stops the question', async () => {
    between.mood = 'stall';
    const page = new AbortController();
    const answer = send(payloadOf('patient'), page.signal);
    await expect.poll(() => between.stalled.size).toBe(1);
    page.abort();
    await expect(answer).rejects.toThrow(/abort/i);
    await expect.poll(() => between.stalled.size).toBe(0);
  });

  test(`no more than ${MOST} questions are under way, and the others get their turn`, async () => {
    between.mood = 'stall';
    const pages = Array.from({ length: MOST }, () => new AbortController());
    const first = pages.map((page) => send(payloadOf('patient'), page.signal));
    await expect.poll(() => between.stalled.size).toBe(MOST);
    between.mood = 'pass';
    const next = Array.from({ length: 3 }, () => ask('patient'));
    // Another source at the same server has places of its own.
    expect(await ask('far')).toMatchObject({ frames: [{ refId: 'A' }] });
    const early = await Promise.race([...next, ask('builtin').then(() => 'none')]);
    expect(early).toBe('none');
    for (const page of pages) page.abort();
    for (const answer of first) await expect(answer).rejects.toThrow(/abort/i);
    for (const answer of next) expect(await answer).toMatchObject({ frames: [{ refId: 'A' }] });
  });

  test('what happened is counted and kept', async () => {
    const counted = await t.needs.metrics.registry.metrics();
    for (const outcome of ['ok', 'query_timeout', 'query_failed'])
      expect(counted).toMatch(
        new RegExp(
          `vitrine_source_question_duration_seconds_count\\{source="(Direct|Far)",question="query",outcome="${outcome}"\\} [1-9]`,
        ),
      );
    expect(counted).toMatch(/source="Patient",question="query",outcome="client_gone"\} [1-9]/);
    const answer = await t.app.inject({ url: '/api/datasources/uid/far', headers: t.browser });
    expect(answer.json().health).toMatchObject({
      answeredMs: expect.any(Number),
      silentMs: expect.any(Number),
      sentence: expect.stringMatching(/"Far"/),
    });
  });
});

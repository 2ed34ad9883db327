import { logLines } from '@vitrine/compute/log-lines.ts';
import { decodePanelData } from '@vitrine/model/frame-wire.ts';
import type { AnnotationEvent, Frame, PanelData } from '@vitrine/model/frame.ts';
import { Labels } from '@vitrine/model/labels.ts';
import { openStore } from '@vitrine/tsdb/open-store.ts';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEPLOYED, END, LATENCIES, LINES, MODELS, SERIES, START, STEP, TIMES, VERSION } from '../testing/matrix-data.ts';
import { type Peer, PEERS, type PeerSettings } from '../testing/matrix-peers.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';

const DOCUMENT = fileURLToPath(new URL('../../../../docs/sources-matrix.md', import.meta.url));
const CAPABILITIES = ['query', 'variable', 'annotation', 'explore', 'logs', 'alert-ready'] as const;
type Capability = (typeof CAPABILITIES)[number];

const HEAD = `# What was proven of each data source

\`npm run test:peers\` writes this page (\`packages/server/src/query/sources-matrix.peer.test.ts\`), and fails where it says more than that
run proved. Every server holds the same hour of an inference service; each cell is one test that asks for it over Vitrine's own HTTP API and compares
the answer with what was written. A version is what the server itself said in “Save and test”.

- **query**: curves of two models, every value and every time equal
- **variable**: the values of a label, tag, field or column
- **annotation**: a deployment, at its time and with its title
- **explore**: what was typed, of no dashboard, is answered; the editor's completion comes from the server
- **logs**: lines of one level, with their time, level and labels
- **alert-ready**: a query that becomes one number for each model, and a threshold over them, as a rule asks

| source | server | ${CAPABILITIES.join(' | ')} |
|---|---|${CAPABILITIES.map(() => '---').join('|')}|
`;
const FOOT = `
“replayed” is an answer in the format that the server's makers document, from a server of the test: no server of that version can be run there.
“–” is what such a server has not: those of metrics hold no lines.

Mimir and Thanos speak Prometheus' API and are not run.
`;

/** What stands in a line of the matrix, by capability. */
interface Row {
  readonly source: string;
  readonly server: string;
  readonly cells: Readonly<Record<Capability, string>>;
}

/** By peer. */
const proven = new Map<Peer, Row>();
/** Servers that cannot be run here: what the page says of them stays. */
const absent = new Set<Peer>();

const OWN: Peer = {
  ...(PEERS[0] as Peer),
  name: "Vitrine's own store",
  product: 'Vitrine',
  type: 'builtin',
  missing: () => undefined,
  completion: ['', 'latency_seconds'],
};

const ALL: readonly Peer[] = [OWN, ...PEERS];

describe.each(ALL.map((peer) => ({ title: `${peer.name}: ${peer.product}`, peer })))('$title', ({ peer }) => {
  const missing = peer.missing();
  const isOwn = peer.type === 'builtin';
  const uid = isOwn ? 'builtin' : 'peer';
  const source = { type: peer.type, uid };
  const word = peer.isReplay === true ? 'replayed' : 'proven';
  const cells: Partial<Record<Capability, string>> = {};
  const stops: (() => Promise<void>)[] = [];
  let made: TestApp;
  let server = '';

  beforeAll(async () => {
    if (missing !== undefined) {
      absent.add(peer);
      return;
    }
    const folder = mkdtempSync(join(tmpdir(), 'vitrine-matrix-'));
    stops.push(async () => rmSync(folder, { recursive: true, force: true }));
    const annotations = [{ name: 'Deployments', source, enable: true, spec: peer.annotation }];
    const panels = [{ id: 1, kind: 'timeseries', grid: { x: 0, y: 0, w: 12, h: 8 }, queries: [] }];
    const dashboard = { version: 2, uid: 'marks', title: 'Marks', panels, annotations };
    const more = { dashboards: [dashboard], until: (end: () => Promise<void>) => stops.push(end) };
    if (isOwn) {
      const samples = await openStore({
        folder: join(folder, 'own'),
        retention: { timeMs: 0, sizeBytes: 0 },
        maxSeries: 1_000,
      });
      stops.push(() => samples.close());
      const all = SERIES.flatMap(({ samples: own }, at) => own.map(([value, timeMs]) => ({ at, value, timeMs })));
      await samples.append({
        seriesKeys: SERIES.map(({ labels }) => Labels.from(labels).key),
        seriesIndex: Uint32Array.from(all, ({ at }) => at),
        timestampsMs: Float64Array.from(all, ({ timeMs }) => timeMs),
        values: Float64Array.from(all, ({ value }) => value),
      });
      made = await testApp({ ...more, samples });
    } else {
      const reached: PeerSettings = await peer.start(folder, stops);
      made = await testApp(more);
      const { url, settings, secrets = {} } = reached;
      await made.needs.documents.dataSources.save({
        uid,
        name: peer.name,
        type: peer.type,
        url,
        settings,
        secrets,
        isDefault: false,
        readOnly: false,
        updatedMs: 1,
        onlyTheseSecrets: true,
      });
    }
  }, 300_000);

  afterAll(async () => {
    if (missing === undefined && server !== '')
      proven.set(peer, {
        source: peer.name,
        server,
        cells: Object.fromEntries(
          CAPABILITIES.map((it) => [it, cells[it] ?? (it === 'logs' && peer.logs === undefined ? '–' : 'fails')]),
        ) as Row['cells'],
      });
    for (const stop of stops.toReversed()) await stop();
  });

  async function ask(queries: readonly object[], kind = 'timeseries'): Promise<PanelData> {
    const panel = {
      id: 1,
      kind,
      grid: { x: 0, y: 0, w: 12, h: 8 },
      queries,
      queryOptions: { minInterval: `${STEP / 1_000}s` },
    };
    const payload = {
      dashboard: '',
      panel: 1,
      fromMs: START,
      toMs: END,
      widthPx: 1_000,
      draft: { panel, variables: [] },
    };
    const answer = await made.app.inject({ method: 'POST', url: '/api/panel-data', headers: made.browser, payload });
    if (answer.statusCode !== 200) throw new Error(answer.body);
    return decodePanelData(answer.rawPayload);
  }

  describe.skipIf(missing !== undefined)('is asked for', () => {
    test('what it is', async () => {
      const answer = await made.app.inject({ url: `/api/datasources/uid/${uid}/health`, headers: made.browser });
      expect(answer.json()).toMatchObject({ status: 'OK' });
      const { product, version } = answer.json<{ details: { product: string; version: string } }>().details;
      if (peer.isReplay !== true) expect(product).toBe(peer.product);
      server = peer.isReplay === true ? peer.product : `${product} ${version}`.trim();
    });

    test('query', async () => {
      expect(valuesByModel((await ask([{ refId: 'A', source, spec: peer.latency }])).frames)).toEqual(LATENCIES);
      cells.query = word;
    });

    test('variable', async () => {
      const drafts = [{ kind: 'query', name: 'model', source, spec: peer.variable }];
      const payload = { dashboard: '', variable: 'model', fromMs: START, toMs: END, drafts };
      const answer = await made.app.inject({ method: 'POST', url: '/api/variable-options', headers: made.browser, payload });
      const { options } = answer.json<{ options: { value: string }[] }>();
      expect(options.map(({ value }) => value).toSorted()).toEqual(MODELS);
      cells.variable = word;
    });

    test('annotation', async () => {
      const payload = { dashboard: 'marks', fromMs: START, toMs: END };
      const answer = await made.app.inject({ method: 'POST', url: '/api/annotation-events', headers: made.browser, payload });
      const { events, notices } = answer.json<{ events: AnnotationEvent[]; notices: unknown[] }>();
      expect(notices).toEqual([]);
      expect(events).toMatchObject([{ timeMs: DEPLOYED, query: 'Deployments' }]);
      expect(`${events[0]?.title} ${events[0]?.text}`).toContain(VERSION);
      cells.annotation = word;
    });

    test('explore', async () => {
      const data = await ask([{ refId: 'A', source, spec: peer.latency }]);
      expect(data).toMatchObject({ notices: [], traces: [{ refId: 'A', executed: expect.stringMatching(/\S/) as unknown }] });
      const [path, name] = peer.completion;
      const url = isOwn ? '/api/v1/label/__name__/values' : `/api/datasources/uid/${uid}/suggest${path}`;
      const answer = await made.app.inject({ url, headers: made.browser });
      expect(answer.statusCode).toBe(200);
      expect(answer.body).toContain(`"${name}"`);
      cells.explore = word;
    });

    test.skipIf(peer.logs === undefined)('logs', async () => {
      const { frames } = await ask([{ refId: 'A', source, spec: peer.logs }], 'logs');
      const lines = logLines(frames);
      const found = Array.from({ length: lines.length }, (_, row) => ({
        timeMs: lines.times[row] as number,
        level: lines.levelAt(row),
        model: lines.labelsAt(row)['model'],
        message: lines.bodies[row],
      }));
      expect(found.toSorted((a, b) => a.timeMs - b.timeMs)).toEqual(LINES.filter(({ level }) => level === 'error'));
      cells.logs = word;
    });

    test('alert-ready', async () => {
      const expression = { type: '__expr__', uid: '__expr__' };
      const { frames } = await ask([
        { refId: 'A', source, hidden: true, spec: peer.instant },
        { refId: 'B', source: expression, hidden: true, spec: { type: 'reduce', expression: 'A', reducer: 'last' } },
        {
          refId: 'C',
          source: expression,
          spec: { type: 'threshold', expression: 'B', conditions: [{ evaluator: { type: 'gt', params: [5] } }] },
        },
      ]);
      const firing = frames.flatMap(({ fields }) =>
        fields.slice(1).map((field) => ({ type: field.type, model: field.labels?.['model'], value: Number(field.values[0]) })),
      );
      expect(firing).toEqual([
        { type: 'number', model: 'bert', value: 0 },
        { type: 'number', model: 'llama', value: 1 },
      ]);
      cells['alert-ready'] = word;
    });
  });
});

test('docs/sources-matrix.md says what was proven, and no more', () => {
  const committed = readRows(readFileSync(DOCUMENT, { encoding: 'utf8', flag: 'a+' }));
  const rows = ALL.flatMap((peer): Row[] => {
    const said = committed.find(({ source, server }) => source === peer.name && server.startsWith(peer.product));
    const row = proven.get(peer) ?? (absent.has(peer) ? said : undefined);
    const cells = row?.cells;
    const missing = CAPABILITIES.filter(
      (it) => cells?.[it] === 'fails' || (said?.cells[it] === 'proven' && cells?.[it] !== 'proven'),
    );
    expect.soft(missing, `what of ${peer.name} with ${peer.product} was not proven`).toEqual([]);
    return row === undefined ? [] : [row];
  });
  // Nothing is written of a run that failed, or that was only in part.
  if (ALL.some((peer) => !proven.has(peer) && !absent.has(peer)) || rows.some(({ cells }) => hasFailed(cells))) return;
  const lines = rows.map(
    ({ source, server, cells }) => `| ${[source, server, ...CAPABILITIES.map((it) => cells[it])].join(' | ')} |`,
  );
  writeFileSync(DOCUMENT, `${HEAD}${lines.join('\n')}\n${FOOT}`);
});

function hasFailed(cells: Row['cells']): boolean {
  return Object.values(cells).includes('fails');
}

/** The lines of the matrix as they are committed, in their order. */
function readRows(text: string): Row[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| source'))
    .map((line) => {
      const [source = '', server = '', ...cells] = line.slice(2, -2).split(' | ');
      return { source, server, cells: Object.fromEntries(CAPABILITIES.map((it, i) => [it, cells[i]])) as Row['cells'] };
    });
}

/** The values of each model at each time that was written; a time that is lacking is undefined. */
function valuesByModel(frames: readonly Frame[]): Record<string, unknown[]> {
  const found: Record<string, unknown[]> = {};
  for (const { fields, length } of frames) {
    const times = fields[0]?.values as Float64Array;
    for (const field of fields.slice(1)) {
      const byTime = new Map(
        Array.from({ length }, (_, row) => [times[row], field.present?.[row] === 0 ? undefined : field.values[row]]),
      );
      found[field.labels?.['model'] ?? field.name] = TIMES.map((timeMs) => byTime.get(timeMs));
    }
  }
  return found;
}

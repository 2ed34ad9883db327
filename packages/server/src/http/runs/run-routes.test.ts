import type { RunsGrowth } from '@vitrine/model/run-api.ts';
import { readRunJson } from '@vitrine/model/run-json.ts';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type TestApp, testApp } from '../../testing/test-app.ts';

let made: TestApp;
beforeAll(async () => {
  made = await testApp({ until: (end) => afterAll(end) });
});

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';

/** What the signed-in page is answered, read as runs' JSON where it is JSON. */
async function ask(method: Method, url: string, body?: unknown, headers: Record<string, string> = {}) {
  const isText = typeof body === 'string' || Buffer.isBuffer(body);
  const answer = await made.app.inject({
    method,
    url,
    headers: {
      ...made.browser,
      ...(body === undefined ? {} : { 'content-type': isText ? 'application/octet-stream' : 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { payload: isText ? body : JSON.stringify(body) }),
  });
  const isJson = String(answer.headers['content-type']).startsWith('application/json');
  return { status: answer.statusCode, headers: answer.headers, body: isJson ? readRunJson(answer.payload) : answer.payload };
}

async function newRun(given: object = {}): Promise<string> {
  const { body } = await ask('POST', '/api/runs', given);
  return (body as { run: { id: string } }).run.id;
}

async function tokenFor(scope: 'ingest' | 'read', labels: Record<string, string> = {}): Promise<{ authorization: string }> {
  const { Labels } = await import('@vitrine/model/labels.ts');
  const { token } = await made.needs.tokens.create({
    name: 'script',
    scopes: [scope],
    labels: Labels.from(labels),
    expiresMs: undefined,
  });
  return { authorization: `Bearer ${token}` };
}

test('a script makes a run, logs to it and ends it, and the page sees all of it', async () => {
  const headers = await tokenFor('ingest', { team: 'vision' });
  const { status, body } = await ask(
    'POST',
    '/api/runs',
    { id: 'r1', name: 'first', project: 'digits', params: { lr: 0.1, deep: true } },
    headers,
  );
  expect(status).toBe(201);
  expect(body).toMatchObject({
    run: {
      id: 'r1',
      project: 'digits',
      params: { lr: '0.1', deep: 'true' },
      labels: { team: 'vision' },
      user: 'script',
      source: 'api',
    },
  });
  const points = [
    { step: 0, loss: 2, acc: 0.1 },
    { step: 1, epoch: 0.5, loss: 'NaN', acc: null },
    { step: 2, loss: 0.5, time: 7_000 },
  ];
  expect((await ask('POST', '/api/runs/r1/points', points, headers)).body).toEqual({ points: 4 });
  expect((await ask('POST', '/api/runs/r1/finish', { endedMs: 9e15 }, headers)).status).toBe(400);
  expect((await ask('POST', '/api/runs/r1/finish', {}, headers)).body).toMatchObject({ run: { status: 'finished' } });
  const seen = await ask('GET', '/api/runs/r1');
  expect(seen.body).toMatchObject({
    run: { name: 'first', status: 'finished' },
    children: [],
    metrics: [
      { metric: 'acc', points: 1, best: { step: 0, value: 0.1 } },
      { metric: 'loss', points: 3, nonFinite: 1, best: { step: 2, value: 0.5, timeMs: 7_000 }, last: { value: 0.5 } },
    ],
    findings: [],
    items: [],
  });
});

test('a token with labels writes to its own runs alone', async () => {
  const id = await newRun();
  const vision = await tokenFor('ingest', { team: 'vision' });
  for (const [method, url, body] of [
    ['POST', `/api/runs/${id}/points`, [{ step: 0, loss: 1 }]],
    ['POST', `/api/runs/${id}/finish`, {}],
    ['PUT', `/api/runs/${id}/artifacts/file?path=a`, 'a'],
  ] as const) {
    const { status, body: answer } = await ask(method, url, body, vision);
    expect([url, status]).toEqual([url, 403]);
    expect(answer).toMatchObject({ error: { message: expect.stringMatching(/team="vision"/) } });
  }
});

test.each<[Method, string]>([
  ['GET', ''],
  ['PATCH', ''],
  ['POST', '/finish'],
  ['POST', '/points'],
  ['GET', '/items'],
  ['GET', '/item-rows?kind=histogram&tag=a'],
  ['GET', '/artifacts'],
  ['GET', '/artifacts/file?path=a'],
  ['PUT', '/artifacts/file?path=a'],
  ['DELETE', '/artifacts/file?path=a'],
])('%s /api/runs/none%s is not found, in a sentence', async (method, rest) => {
  const { status, body } = await ask(method, `/api/runs/none${rest}`, ['PATCH', 'POST'].includes(method) ? {} : undefined);
  expect(status).toBe(404);
  expect(body).toMatchObject({ error: { code: 'no_such_run', message: 'There is no run "none".' } });
});

test('an editor changes what people say of a run', async () => {
  const id = await newRun({ tags: { keep: 'a', drop: 'b' } });
  const { body } = await ask('PATCH', `/api/runs/${id}`, { name: 'best', notes: '# Why', tags: { drop: null, more: 'c' } });
  expect(body).toMatchObject({ run: { name: 'best', notes: '# Why', tags: { keep: 'a', more: 'c' } } });
  expect((await ask('PATCH', `/api/runs/${id}`, { status: 'unheard' })).status).toBe(400);
  expect((await ask('PATCH', `/api/runs/${id}`, { nane: 'x' })).status).toBe(400);
});

test('many runs are tagged, grouped, deleted, restored and erased at once', async () => {
  const runs = [await newRun(), await newRun()];
  const bulk = async (action: string, more: object = {}) =>
    (await ask('POST', '/api/runs/bulk', { runs: [...runs, 'none'], action, ...more })).body;
  expect(await bulk('tag', { tags: { sweep: '7' } })).toEqual({ changed: 2 });
  expect(await bulk('group', { group: 'seeds' })).toEqual({ changed: 2 });
  expect(await bulk('delete')).toEqual({ changed: 2 });
  expect((await ask('GET', `/api/runs/${runs[0]}`)).body).toMatchObject({
    run: { group: 'seeds', tags: { sweep: '7' }, deletedMs: expect.any(Number) },
  });
  expect(await bulk('restore')).toEqual({ changed: 2 });
  expect(await bulk('restore')).toEqual({ changed: 0 });
  expect(await bulk('erase')).toEqual({ changed: 2 });
  expect((await ask('GET', `/api/runs/${runs[0]}`)).status).toBe(404);
});

test('a run tells of its parent and children', async () => {
  const parent = await newRun({ name: 'sweep' });
  const child = await newRun({ name: 'trial', parentId: parent });
  expect((await ask('GET', `/api/runs/${parent}`)).body).toMatchObject({
    children: [{ id: child, name: 'trial', status: 'running' }],
  });
  expect((await ask('GET', `/api/runs/${child}`)).body).toMatchObject({ parent: { id: parent, name: 'sweep' } });
});

test('projects are listed with their runs, renamed, and put into the bin', async () => {
  await newRun({ project: 'sorted' });
  const of = async (query = '') =>
    ((await ask('GET', `/api/runs/projects${query}`)).body as { projects: { id: number; name: string; runs: number }[] })
      .projects;
  const project = (await of()).find(({ name }) => name === 'sorted');
  expect(project).toMatchObject({ runs: 1 });
  expect((await ask('PATCH', `/api/runs/projects/${project?.id}`, { name: 'renamed' })).body).toMatchObject({ name: 'renamed' });
  expect((await ask('PATCH', `/api/runs/projects/${project?.id}`, { name: 'Default' })).status).toBe(409);
  expect((await ask('PATCH', '/api/runs/projects/12345', { name: 'x' })).status).toBe(404);
  await ask('PATCH', `/api/runs/projects/${project?.id}`, { deleted: true });
  expect((await of()).map(({ name }) => name)).not.toContain('renamed');
  expect((await of('?deleted=true')).map(({ name }) => name)).toEqual(['renamed']);
});

test('a view that somebody saved meanwhile is not saved over', async () => {
  const save = (body: object) => ask('PUT', '/api/runs/views/mine', { name: 'Mine', state: { filter: 'lr > 0.1' }, ...body });
  const first = (await save({})).body as { updatedMs: number };
  const second = (await save({ baseUpdatedMs: first.updatedMs, name: 'Ours' })).body as { updatedMs: number };
  expect(await save({ baseUpdatedMs: first.updatedMs })).toMatchObject({
    status: 409,
    body: { error: { message: 'owner saved the view "Ours" meanwhile.' } },
  });
  expect((await ask('GET', '/api/runs/views')).body).toEqual({
    views: [
      { uid: 'mine', name: 'Ours', project: '', state: { filter: 'lr > 0.1' }, updatedMs: second.updatedMs, updatedBy: 'owner' },
    ],
  });
  expect((await save({ state: { long: 'x'.repeat(100_000) } })).status).toBe(400);
  expect((await ask('DELETE', '/api/runs/views/mine')).status).toBe(204);
  expect((await ask('DELETE', '/api/runs/views/mine')).status).toBe(404);
});

test.each<[string, string, RegExp]>([
  ['application/json', '[{"step": 0, "loss": 1}, {"loss": 1}]', /^\[1\]: step: is missing/],
  ['application/json', '{"step": 0, "loss": "much"}', /^loss: "much" is no number/],
  ['application/json', '{"step": 0, "loss": {"a": 1}}', /^loss: \{"a":1\} is no number/],
  ['application/json', '{"step": 0.5, "loss": 1}', /^step: 0.5 is no whole number/],
  ['application/json', '{"step": 9223372036854775808, "loss": 1}', /^step: .* is no whole number within/],
  ['application/json', '{"step": 0, "time": "yesterday", "loss": 1}', /^time: "yesterday" is no number/],
  ['application/json', '{"step": 0, "time": 1e300, "loss": 1}', /^time: 1e\+300 is no time/],
  ['application/json', '[1]', /^\[0\]: is no object/],
  ['application/json', '{', /^body: is not JSON/],
  ['application/json', Buffer.from([0x7b, 0xff]).toString('latin1'), /^body: is not/],
  ['application/x-ndjson', '{"step":0,"loss":1}\n\n{"step":1,"loss":', /^line 3: is not JSON/],
  [
    'application/x-ndjson',
    '{"run":"a","metric":"l","step":0,"value":1}\n{"run":"b","metric":"l","step":0,"value":1}',
    /^line 2: run: is another run/,
  ],
  ['text/csv', 'step,loss\n0,1\n1,much', /^row 3: loss: "much" is no number/],
  ['application/json', JSON.stringify({ step: 0, ['x'.repeat(1_001)]: 1 }), /^metric: "x+" is no name of a metric/],
  ['text/plain', 'loss 1', /content type "text\/plain" is not taken/],
])('points in %s that cannot be read, %j, are refused whole', async (type, body, sentence) => {
  const id = await newRun();
  const { status, body: answer } = await ask('POST', `/api/runs/${id}/points`, Buffer.from(body), { 'content-type': type });
  expect(status).toBe(type === 'text/plain' ? 415 : 400);
  expect((answer as { error: { message: string } }).error.message).toMatch(sentence);
  expect((await made.needs.runs.curves.summaries({ runs: [id] })).length).toBe(0);
});

test('points that are sent again are kept once where the sender says so', async () => {
  const id = await newRun();
  const send = async (query: string) =>
    (await ask('POST', `/api/runs/${id}/points${query}`, [{ step: 0, loss: 1, time: 1_000 }])).body;
  expect([await send(''), await send('?once=true'), await send('')]).toEqual([{ points: 1 }, { points: 0 }, { points: 1 }]);
});

test('what was refused stands in the book of arrivals', async () => {
  const id = await newRun();
  await ask('POST', `/api/runs/${id}/points`, '{', { 'content-type': 'application/json' });
  const { body } = await ask('GET', '/api/ingest/arrivals');
  const [arrival] = (body as { arrivals: { door: string; reasons: unknown[] }[] }).arrivals.filter(({ door }) => door === 'runs');
  expect(arrival).toMatchObject({ reasons: [{ reason: 'not readable', sentence: expect.stringMatching(/^body: is not JSON/) }] });
});

/** Logs something that is no number. */
async function log(
  run: string,
  kind: 'image' | 'text' | 'histogram' | 'pr_curve',
  data: Uint8Array,
  mediaType = '',
  step = 1,
): Promise<void> {
  await made.needs.runs.curves.append({
    curves: [],
    curveIndex: new Uint32Array(),
    steps: new Float64Array(),
    timesMs: new Float64Array(),
    values: new Float64Array(),
    items: [{ run, tag: 'a/é "x"', kind, step, timeMs: 5, index: 0, mediaType, data }],
  });
}

test.each([
  ['image', 'image/png', 'image/png', 'inline'],
  ['image', 'image/svg+xml', 'image/svg+xml', 'inline'],
  ['image', 'text/html', 'application/octet-stream', 'attachment'],
  ['text', 'text/html', 'text/plain; charset=utf-8', 'inline'],
] as const)('%s logged as %s is sent as %s and never run', async (kind, logged, type, disposition) => {
  const id = await newRun();
  await log(id, kind, Buffer.from('<script>alert(1)</script>'), logged);
  const { body } = await ask('GET', `/api/runs/${id}/items`);
  const [item] = (body as { items: { id: number }[] }).items;
  expect(item).toMatchObject({ run: id, kind, tag: 'a/é "x"', step: 1, bytes: 25 });
  const { headers, body: text } = await ask('GET', `/api/runs/items/${item?.id}`);
  expect(text).toBe('<script>alert(1)</script>');
  expect(headers['content-type']).toBe(type);
  expect(headers['content-disposition']).toMatch(
    new RegExp(`^${disposition}; filename="a__ _x_-1.*"; filename\\*=UTF-8''a_%C3%A9%20%22x%22-1`),
  );
  expect(headers['content-security-policy']).toMatch(/^default-src 'none'(; style-src 'unsafe-inline')?; sandbox/);
  expect(headers['x-content-type-options']).toBe('nosniff');
});

test('histograms and PR curves are sent as numbers, many at once', async () => {
  const id = await newRun();
  for (let step = 0; step < 10; step++)
    await log(id, 'histogram', new Uint8Array(Float64Array.of(0, 1, step, 1, Infinity, 3).buffer), '', step);
  const { body } = await ask('GET', `/api/runs/${id}/item-rows?kind=histogram&tag=${encodeURIComponent('a/é "x"')}&most=3`);
  expect(body).toMatchObject({
    total: 10,
    isCut: false,
    items: [0, 5, 9].map((step) => ({
      step,
      rows: [
        [0, 1],
        [1, Infinity],
        [step, 3],
      ],
    })),
  });
  const [{ id: item }] = (body as { items: [{ id: number }] }).items;
  expect((await ask('GET', `/api/runs/items/${item}`)).body).toEqual({
    rows: [
      [0, 1],
      [1, Infinity],
      [0, 3],
    ],
  });
  expect((await ask('GET', `/api/runs/${id}`)).body).toMatchObject({
    items: [{ kind: 'histogram', count: 10, minStep: 0, maxStep: 9 }],
  });
  await log(id, 'pr_curve', new Uint8Array(Float64Array.from({ length: 12 }, (_, i) => i).buffer));
  expect((await ask('GET', `/api/runs/${id}/item-rows?kind=pr_curve&tag=${encodeURIComponent('a/é "x"')}`)).body).toMatchObject({
    items: [
      {
        rows: [
          [0, 1],
          [2, 3],
          [4, 5],
          [6, 7],
          [8, 9],
          [10, 11],
        ],
      },
    ],
  });
  expect((await ask('GET', '/api/runs/items/99999')).status).toBe(404);
});

test('a file of a run is kept, listed, sent in parts and removed', async () => {
  const id = await newRun();
  const at = (path: string) => `/api/runs/${id}/artifacts/file?path=${encodeURIComponent(path)}`;
  expect((await ask('PUT', at('modèle/🎉 w.bin'), '0123456789')).body).toEqual({ path: 'modèle/🎉 w.bin', bytes: 10 });
  expect((await ask('PUT', at('empty.txt'))).body).toEqual({ path: 'empty.txt', bytes: 0 });
  expect((await ask('GET', `/api/runs/${id}/artifacts`)).body).toEqual({
    files: [
      { path: 'modèle', isFolder: true, bytes: 0 },
      { path: 'empty.txt', isFolder: false, bytes: 0 },
    ],
  });
  const whole = await ask('GET', at('modèle/🎉 w.bin'));
  expect(whole.body).toBe('0123456789');
  expect(whole.headers).toMatchObject({
    'content-type': 'application/octet-stream',
    'content-length': '10',
    'content-disposition': `attachment; filename="__ w.bin"; filename*=UTF-8''%F0%9F%8E%89%20w.bin`,
  });
  expect((await ask('GET', at('modèle/🎉 w.bin'), undefined, { 'if-none-match': String(whole.headers['etag']) })).status).toBe(
    304,
  );
  expect((await ask('HEAD', at('modèle/🎉 w.bin'))).headers['content-length']).toBe('10');
  expect((await ask('GET', at('empty.txt'))).body).toBe('');
  expect((await ask('DELETE', at('modèle'))).status).toBe(204);
  expect((await ask('GET', at('modèle/🎉 w.bin'))).status).toBe(404);
});

test.each([
  ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
  ['bytes=7-', 206, '789', 'bytes 7-9/10'],
  ['bytes=-3', 206, '789', 'bytes 7-9/10'],
  ['bytes=-30', 206, '0123456789', 'bytes 0-9/10'],
  ['bytes=9-99', 206, '9', 'bytes 9-9/10'],
  ['bytes=10-', 416, '', 'bytes */10'],
  ['bytes=-0', 416, '', 'bytes */10'],
  ['bytes=4-2', 200, '0123456789', undefined],
  ['bytes=0-1,3-4', 200, '0123456789', undefined],
  ['lines=1-2', 200, '0123456789', undefined],
])('the range "%s" of 10 bytes is answered %i "%s"', async (range, status, text, contentRange) => {
  const id = await newRun();
  await ask('PUT', `/api/runs/${id}/artifacts/file?path=a.bin`, '0123456789');
  const answer = await ask('GET', `/api/runs/${id}/artifacts/file?path=a.bin`, undefined, { range });
  expect([answer.status, answer.body, answer.headers['content-range']]).toEqual([status, text, contentRange]);
});

test.each([
  ['plot.svg', 'image/svg+xml', 'inline'],
  ['page.html', 'text/plain; charset=utf-8', 'inline'],
  ['model/MLmodel', 'text/plain; charset=utf-8', 'inline'],
  ['weights.pt', 'application/octet-stream', 'attachment'],
])('the file %s is sent as %s, %s', async (path, type, disposition) => {
  const id = await newRun();
  await ask('PUT', `/api/runs/${id}/artifacts/file?path=${path}`, '<script>');
  const { headers } = await ask('GET', `/api/runs/${id}/artifacts/file?path=${path}`);
  expect(headers['content-type']).toBe(type);
  expect(headers['content-disposition']).toMatch(new RegExp(`^${disposition};`));
  expect(headers['content-security-policy']).toMatch(/sandbox/);
});

test.each(['../secret', '/etc/passwd', 'a/../../b', 'a\0b', '..\\b'])('no file is at %j', async (path) => {
  const id = await newRun();
  for (const method of ['GET', 'PUT', 'DELETE'] as const) {
    const { status, body } = await ask(
      method,
      `/api/runs/${id}/artifacts/file?path=${encodeURIComponent(path)}`,
      method === 'PUT' ? 'x' : undefined,
    );
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { field: 'path' } });
  }
});

test('a file over the limit is refused, and nothing of it stays', async () => {
  const id = await newRun();
  const { status, body } = await ask('PUT', `/api/runs/${id}/artifacts/file?path=big`, Buffer.alloc(1_000_001));
  expect(status).toBe(413);
  expect(body).toMatchObject({
    error: { message: expect.stringMatching(/larger than 1000000 bytes.*limits\.ingest\.artifact/) },
  });
  expect((await ask('GET', `/api/runs/${id}/artifacts`)).body).toEqual({ files: [] });
});

test('says which runs ran at a time, and on which host', async () => {
  const early = await newRun({ name: 'early', startedMs: 1_000, hosts: ['gpu-07'] });
  await ask('POST', `/api/runs/${early}/finish`, { endedMs: 2_000 });
  const at = async (query: string) =>
    ((await ask('GET', `/api/runs/at?${query}`)).body as { runs: { id: string }[] }).runs.map(({ id }) => id);
  expect(await at('fromMs=1500&toMs=1600')).toEqual([early]);
  expect(await at('fromMs=1500&toMs=1600&host=gpu-07:9400')).toEqual([early]);
  expect(await at('fromMs=1500&toMs=1600&host=gpu-0')).toEqual([]);
  expect(await at('fromMs=2001&toMs=2500')).toEqual([]);
  expect(await at('fromMs=0&toMs=1000')).toEqual([]);
  expect((await ask('GET', '/api/runs/at?fromMs=5&toMs=5')).status).toBe(400);
});

test('a viewer’s token reads, and changes nothing', async () => {
  const id = await newRun();
  const headers = await tokenFor('read');
  expect((await ask('GET', `/api/runs/${id}`, undefined, headers)).status).toBe(200);
  for (const [method, url, body] of [
    ['PATCH', `/api/runs/${id}`, { name: 'x' }],
    ['POST', '/api/runs/bulk', { runs: [id], action: 'erase' }],
    ['POST', '/api/runs', {}],
    ['POST', `/api/runs/${id}/points`, []],
    ['PUT', '/api/runs/views/x', { name: 'x', state: {} }],
    ['DELETE', `/api/runs/${id}/artifacts/file?path=a`, undefined],
  ] as const) {
    expect([url, (await ask(method, url, body, headers)).status]).toEqual([url, 403]);
  }
});

test('all points, or the table of runs, are sent as files', async () => {
  const id = await newRun({ name: 'one', project: 'exported', startedMs: 0, params: { lr: 0.1 }, tags: { a: 'x, y' } });
  await ask('POST', `/api/runs/${id}/points`, [
    { step: 0, loss: 2, acc: 0.5, time: 1_000 },
    { step: 1, loss: 'NaN', time: 1_500, epoch: 0.5 },
  ]);
  await ask('POST', `/api/runs/${id}/finish`, { endedMs: 2_000 });
  const csv = await ask('GET', `/api/runs/export?runs=${id}&metrics=loss`);
  expect(csv.headers).toMatchObject({
    'content-type': 'text/csv; charset=utf-8; header=present',
    'content-disposition': `attachment; filename="run-${id}.csv"`,
  });
  expect(csv.body).toBe(
    `run,run_name,project,metric,step,epoch,time,value\n${id},one,exported,loss,0,,1000,2\n${id},one,exported,loss,1,0.5,1500,NaN\n`,
  );
  expect((await ask('GET', '/api/runs/export?projects=exported&format=json')).body).toEqual([
    { run: id, run_name: 'one', project: 'exported', metric: 'acc', step: 0, epoch: null, time: 1_000, value: 0.5 },
    { run: id, run_name: 'one', project: 'exported', metric: 'loss', step: 0, epoch: null, time: 1_000, value: 2 },
    { run: id, run_name: 'one', project: 'exported', metric: 'loss', step: 1, epoch: 0.5, time: 1_500, value: 'NaN' },
  ]);
  expect((await ask('POST', '/api/runs/export', { runs: [id], format: 'parquet' })).body).toMatch(/^PAR1[^]*PAR1$/);
  expect((await ask('GET', '/api/runs/export?what=runs&projects=exported')).body).toBe(
    [
      'run,run_name,project,group,status,started,ended,source,user,parent,hosts,notes,params.lr,tags.a,metrics.acc.points,metrics.acc.last,metrics.acc.min,metrics.acc.max,metrics.acc.best,metrics.loss.points,metrics.loss.last,metrics.loss.min,metrics.loss.max,metrics.loss.best',
      `${id},one,exported,,finished,1970-01-01T00:00:00.000Z,1970-01-01T00:00:02.000Z,api,owner,,,,0.1,"x, y",1,0.5,0.5,0.5,0.5,2,NaN,2,2,2`,
      '',
    ].join('\n'),
  );
  expect((await ask('GET', `/api/runs/export?what=runs&runs=${id}&format=json&metrics=loss`)).body).toMatchObject([
    {
      run: id,
      params: { lr: '0.1' },
      ended: '1970-01-01T00:00:02.000Z',
      metrics: { loss: { points: 2, last: { step: 1, time: 1_500, value: 'NaN' } } },
    },
  ]);
});

test.each([
  ['', 400, /^runs: names none/],
  ['?runs=none', 404, /^There is no run "none"/],
  ['?projects=none', 404, /^There is no project "none"/],
  ['?runs=r1&format=xlsx', 400, /format/],
  ['?runs=r1&what=runs&format=parquet', 400, /^format: the table of runs is exported as csv or json/],
])('the export "%s" is refused with %i and a sentence', async (query, status, sentence) => {
  const answer = await ask('GET', `/api/runs/export${query}`);
  expect(answer.status).toBe(status);
  expect((answer.body as { error: { message: string } }).error.message).toMatch(sentence);
});

test('what is kept of runs stands among the server’s own metrics', async () => {
  const id = await newRun({ status: 'killed' });
  await ask('POST', `/api/runs/${id}/points`, [{ step: 0, counted: 1 }]);
  const { body } = await ask('GET', '/metrics');
  const value = (series: string) => Number(new RegExp(`^${series} (.*)$`, 'm').exec(String(body))?.[1]);
  expect(value('vitrine_runs\\{status="killed"\\}')).toBe(1);
  const { curves, points } = await made.needs.runs.curves.stats();
  expect([value('vitrine_run_curves'), value('vitrine_run_points')]).toEqual([curves, points]);
});

test('every address of runs is told of in OpenAPI, with a summary', async () => {
  const { body } = await ask('GET', '/api/openapi.json');
  const { paths } = body as { paths: Record<string, Record<string, { summary?: string; tags?: string[] }>> };
  const told = Object.entries(paths).filter(([path]) => path.startsWith('/api/runs'));
  expect(told.length).toBeGreaterThan(20);
  for (const [path, methods] of told) {
    for (const [method, { summary, tags }] of Object.entries(methods)) {
      expect([path, method, typeof summary, tags]).toEqual([path, method, 'string', ['runs']]);
    }
  }
});

/** Its port, once it listens. */
async function listen(): Promise<number> {
  if (!made.app.server.listening) await made.app.listen({ host: '127.0.0.1', port: 0 });
  return (made.app.server.address() as { port: number }).port;
}

test('the page’s address may name 500 runs that are selected, and as many that are hidden', async () => {
  const port = await listen();
  const search = new URLSearchParams();
  for (let i = 0; i < 500; i++) search.append('run', crypto.randomUUID());
  for (let i = 0; i < 500; i++) search.append('hide', crypto.randomUUID());
  const { status } = await fetch(`http://127.0.0.1:${port}/api/runs/logdirs?${search.toString()}`);
  expect(status).toBe(401);
});

test('a page is told live of runs that grow and change, and of no others', { timeout: 20_000 }, async () => {
  const [watched, other] = [await newRun(), await newRun()];
  const port = await listen();
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  const response = await fetch(`http://127.0.0.1:${port}/api/runs/live?run=${watched}`, {
    headers: { cookie: made.browser.cookie },
    signal: controller.signal,
  });
  const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const told = async (isThere: (all: RunsGrowth[]) => boolean): Promise<RunsGrowth[]> => {
    for (;;) {
      const all = [...text.matchAll(/event: runs\ndata: (.*)\n\n/g)].map(([, json]) => JSON.parse(json as string) as RunsGrowth);
      if (isThere(all)) return all;
      const { done, value } = await reader.read();
      if (done) throw new Error(`the stream ended after: ${text}`);
      text += value;
    }
  };
  await ask('POST', `/api/runs/${other}/points`, [{ step: 0, loss: 1 }]);
  await ask('POST', `/api/runs/${watched}/points`, [{ step: 0, loss: 1, acc: 0 }]);
  await ask('PATCH', `/api/runs/${watched}`, { name: 'seen' });
  const all = await told((some) => some.some(({ changed }) => changed.length > 0) && some.some(({ grown }) => watched in grown));
  expect(all.flatMap(({ grown, changed }) => [...Object.keys(grown), ...changed])).not.toContain(other);
  expect(all.find(({ grown }) => watched in grown)?.grown).toEqual({ [watched]: { metrics: ['loss', 'acc'], items: false } });
});

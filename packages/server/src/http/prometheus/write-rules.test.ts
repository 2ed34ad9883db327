import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  encodeWriteRequestV2,
  packSnappy,
  type SentSample,
  type SentSeries,
} from '../../ingest/remote-write/encode-remote-write.ts';
import { openReceiver, type Receiver, V2 } from '../../testing/write-receiver.ts';

// What the specifications and Prometheus' own receiver say of remote write, each rule with what is there afterwards.

const NOW = Date.now();
const MINUTE = 60_000;

let receiver: Receiver;
const ends: (() => Promise<void>)[] = [];
beforeAll(async () => {
  receiver = await openReceiver((end) => ends.push(end));
});
afterAll(async () => {
  for (const end of ends.toReversed()) await end();
});

const of = (name: string, ...samples: SentSample[]): SentSeries => ({ labels: [['__name__', name]], samples });

async function valueAt(labels: SentSeries['labels'] | string, atMs: number): Promise<number | undefined> {
  const series = await receiver.at(typeof labels === 'string' ? [['__name__', labels]] : labels, atMs);
  return series?.values[0];
}

describe.each([1, 2] as const)('remote write %i.0', (version) => {
  const send = (...series: SentSeries[]) => (version === 1 ? receiver.send1(series) : receiver.send2(series));
  /** A name that only one version writes to. */
  const own = (name: string): string => `${name}_v${version}`;
  const counts = (...written: number[]): readonly (number | undefined)[] =>
    version === 1 ? [undefined, undefined, undefined] : written;

  test('a sample sent again is taken again; another value for its time is a duplicate', async () => {
    const name = own('again');
    expect(await send(of(name, [1, NOW]))).toMatchObject({ status: 204, written: counts(1, 0, 0) });
    expect(await send(of(name, [1, NOW]))).toMatchObject({ status: 204, written: counts(1, 0, 0) });
    const { status, body, written } = await send(of(name, [2, NOW]), of(own('beside'), [3, NOW]));
    expect([status, body, written]).toEqual([
      400,
      expect.stringContaining(`1 samples of ${name} were refused: duplicate (the series has another value at `),
      counts(1, 0, 0),
    ]);
    expect([await valueAt(name, NOW), await valueAt(own('beside'), NOW)]).toEqual([1, 3]);
  });

  test('a histogram sent again is taken again; another one for its time is a duplicate', async () => {
    const histogram = (sum: number): SentSeries => ({
      labels: [['__name__', own('again_hist')]],
      histograms: [{ timestampMs: NOW, count: 1, sum, positive: { spans: [[0, 1]], counts: [1] } }],
    });
    expect(await send(histogram(1))).toMatchObject({ status: 204, written: counts(0, 1, 0) });
    expect(await send(histogram(1))).toMatchObject({ status: 204, written: counts(0, 1, 0) });
    expect(await send(histogram(2))).toMatchObject({ status: 400, written: counts(0, 0, 0) });
    expect((await receiver.at([['__name__', own('again_hist')]], NOW))?.histograms?.[0]?.sum).toBe(1);
  });

  test('a histogram that ends its series and is refused is not counted for a sample that is kept', async () => {
    const ends = (atMs: number): SentSeries => ({
      labels: [['__name__', own('refused_end')]],
      histograms: [{ timestampMs: atMs, count: 0, sum: 0x7ff0000000000002n }],
    });
    const late = await send(ends(NOW + 20 * MINUTE), of(own('beside_end'), [1, NOW]));
    expect([late.status, late.written]).toEqual([400, counts(1, 0, 0)]);
    expect((await send(ends(NOW), of(own('beside_end'), [1, NOW]))).written).toEqual(counts(1, 1, 0));
  });

  test('what is more than ten minutes ahead is refused, and the rest kept', async () => {
    const name = own('ahead');
    const { status, body, written } = await send(of(name, [1, NOW], [2, NOW + 9 * MINUTE], [3, NOW + 20 * MINUTE]));
    expect([status, written]).toEqual([400, counts(2, 0, 0)]);
    expect(body).toContain(`1 samples of ${name} were refused: too far in the future (`);
    expect([await valueAt(name, NOW + 9 * MINUTE), await valueAt(name, NOW + 20 * MINUTE)]).toEqual([2, undefined]);
  });

  test('samples older than what is kept are refused', async () => {
    const { status, body } = await send(of(own('old'), [1, NOW - 40 * 86_400_000]));
    expect([status, body]).toEqual([400, expect.stringContaining('raise retention.time first).')]);
  });

  test('samples in any order are kept, in one request and over several', async () => {
    const name = own('order');
    expect((await send(of(name, [3, NOW], [1, NOW - 2 * MINUTE]))).status).toBe(204);
    expect((await send(of(name, [2, NOW - MINUTE]))).status).toBe(204);
    expect(await Promise.all([0, 1, 2].map((minutes) => valueAt(name, NOW - minutes * MINUTE)))).toEqual([3, 2, 1]);
  });

  test('one series may stand in a request many times', async () => {
    const name = own('parts');
    expect(await send(of(name, [1, NOW - 1]), of(name, [2, NOW]))).toMatchObject({ status: 204, written: counts(2, 0, 0) });
    expect([await valueAt(name, NOW - 1), await valueAt(name, NOW)]).toEqual([1, 2]);
  });

  test('labels in any order are one series; an empty one is none', async () => {
    const labels = [['__name__', own('labels')] as const, ['b', '1'] as const, ['a', '2'] as const, ['c', ''] as const];
    expect((await send({ labels, samples: [[1, NOW]] })).status).toBe(204);
    expect(await valueAt([labels[0] as [string, string], ['a', '2'], ['b', '1']], NOW)).toBe(1);
  });

  test.each<[why: string, labels: SentSeries['labels'], problem: RegExp]>([
    [
      'a label twice',
      [
        ['__name__', 'x'],
        ['a', '1'],
        ['a', '2'],
      ],
      /the label a stands twice/,
    ],
    ['no name', [['a', '1']], /the label __name__ is missing or empty/],
    [
      'an empty label name',
      [
        ['__name__', 'x'],
        ['', '1'],
      ],
      /a label has an empty name/,
    ],
  ])('a series with %s is refused with all that is in it, and the others are written', async (_, labels, problem) => {
    const atMs = NOW - Math.round(Math.random() * 1e6);
    const bad: SentSeries = { labels, samples: [[1, atMs]], exemplars: [{ labels: [], value: 1, timestampMs: atMs }] };
    const { status, body, written } = await send(bad, of(own('good'), [2, atMs]));
    expect([status, body, written]).toEqual([400, expect.stringMatching(problem), counts(1, 0, 0)]);
    expect(await valueAt(own('good'), atMs)).toBe(2);
  });

  test('a marker ends a series, of numbers and of histograms', async () => {
    const [numbers, histograms] = [own('ends'), own('ends_hist')];
    const marker = 0x7ff0000000000002n;
    const of1 = (timestampMs: number, sum: number | bigint, count: number): SentSeries => ({
      labels: [['__name__', histograms]],
      histograms: [{ timestampMs, sum, count, zeroCount: count }],
    });
    expect((await send(of(numbers, [1, NOW - 1000]), of1(NOW - 1000, 1, 1))).status).toBe(204);
    const either = `count({__name__=~"${numbers}|${histograms}"})`;
    expect(await receiver.query(either, NOW)).toEqual([2]);
    expect(await send(of(numbers, [marker, NOW]), of1(NOW, marker, 0))).toMatchObject({ status: 204, written: counts(1, 1, 0) });
    expect(await receiver.query(either, NOW)).toEqual([]);
  });

  test('exemplars are kept where their series is known', async () => {
    const name = own('exemplars');
    const exemplar = (value: number, timestampMs: number) => ({
      labels: [['trace_id', `t${value}`]] as const,
      value,
      timestampMs,
    });
    const alone = (...exemplars: ReturnType<typeof exemplar>[]): SentSeries => ({ labels: [['__name__', name]], exemplars });
    // Before there is a sample nobody knows the series. In 1.0 exemplars never fail a request.
    expect(await send(alone(exemplar(1, NOW)))).toMatchObject({ status: version === 1 ? 204 : 400, written: counts(0, 0, 0) });
    expect((await send(of(name, [1, NOW]))).status).toBe(204);
    expect(await send(alone(exemplar(1, NOW)))).toMatchObject({ status: 204, written: counts(0, 0, 1) });
    expect(await send(alone(exemplar(1, NOW)))).toMatchObject({ status: 204, written: counts(0, 0, 1) });
    const late = await send(alone(exemplar(2, NOW - 1)), of(name, [2, NOW + 1]));
    expect(late).toMatchObject({ status: version === 1 ? 204 : 400, written: counts(1, 0, 0) });
    if (version === 2) expect(late.body).toBe(`1 exemplars of ${name} were refused: out of order.\n`);
    const long = { labels: [['trace_id', 'x'.repeat(200)]] as const, value: 1, timestampMs: NOW + 1 };
    expect((await send({ ...alone(), exemplars: [long] })).status).toBe(version === 1 ? 204 : 400);
    expect((await receiver.exemplars([['__name__', name]])).map(({ value }) => value)).toEqual([1]);
  });
});

describe('remote write 1.0', () => {
  test('metadata comes by itself', async () => {
    const sent = await receiver.send1([], [{ type: 1, metric: 'said_total', help: 'Said.', unit: '' }]);
    expect(sent.status).toBe(204);
    expect(await receiver.metadata('said_total')).toEqual([{ type: 'counter', help: 'Said.', unit: '' }]);
  });

  test('nothing at all is no error', async () => {
    expect((await receiver.send1([])).status).toBe(204);
  });
});

describe('remote write 2.0', () => {
  test('since when samples and histograms count is kept, and rate() counts from there', async () => {
    const from = NOW - 5 * MINUTE;
    const samples: SentSample[] = [30, 60].map((value, i) => [value, from + (i + 1) * MINUTE, from]);
    const histograms = [10, 20].map((count, i) => ({
      timestampMs: from + (i + 1) * MINUTE,
      startMs: from,
      count,
      sum: count,
      zeroCount: count,
    }));
    const series: SentSeries[] = [
      { labels: [['__name__', 'since_total']], samples },
      { labels: [['__name__', 'since_hist']], histograms },
    ];
    expect(await receiver.send2(series)).toMatchObject({ status: 204, written: [2, 2, 0] });
    const at = from + 2 * MINUTE;
    expect((await receiver.at([['__name__', 'since_total']], at))?.startsMs?.[0]).toBe(from);
    expect((await receiver.at([['__name__', 'since_hist']], at))?.startsMs?.[0]).toBe(from);
    // Both samples count in full: without the start only what lies between them would.
    expect(await receiver.query('increase(since_total[2m])', at)).toEqual([60]);
    expect(await receiver.query('histogram_count(increase(since_hist[2m]))', at)).toEqual([20]);
  });

  test('quantiles of histograms come out of PromQL', async () => {
    const positive = { spans: [[1, 2]] as const, counts: [10, 10] };
    const sent = { timestampMs: NOW, count: 20, sum: 50, positive };
    const custom = {
      timestampMs: NOW,
      count: 20,
      sum: 9,
      schema: -53,
      customValues: [1, 2],
      positive: { ...positive, spans: [[0, 2]] as const },
    };
    expect(
      (
        await receiver.send2([
          { labels: [['__name__', 'q']], histograms: [sent] },
          { labels: [['__name__', 'c']], histograms: [custom] },
        ])
      ).status,
    ).toBe(204);
    expect(await receiver.query('histogram_quantile(1, q)', NOW)).toEqual([4]);
    expect(await receiver.query('histogram_quantile(0.5, c)', NOW)).toEqual([1]);
    expect(await receiver.query('histogram_sum(c)', NOW)).toEqual([9]);
  });

  test.each<[why: string, bytes: number[], problem: string]>([
    // {"", "__name__", "x"}, and a series with the references given and a sample.
    ['beyond the symbols', [1, 9], 'A series refers to symbol 9; the request has 3.'],
    ['without a partner', [1], 'A series has an odd number of label references.'],
  ])('references %s refuse the series', async (_, refs, problem) => {
    const text = (value: string): number[] => [0x22, value.length, ...Buffer.from(value)];
    const series = [0x0a, refs.length, ...refs, 0x12, 0x02, 0x10, 0x01];
    const body = Buffer.from([...text(''), ...text('__name__'), ...text('x'), 0x2a, series.length, ...series]);
    const { status, body: said, written } = await receiver.send(packSnappy(body), V2);
    expect([status, said, written]).toEqual([400, `${problem} 1 samples were refused for that.\n`, [0, 0, 0]]);
  });

  test('symbols that do not begin with the empty text refuse the request', async () => {
    const body = packSnappy(Buffer.from([0x22, 0x01, 0x61]));
    expect(await receiver.send(body, V2)).toMatchObject({ status: 400, body: 'The first symbol must be the empty text.\n' });
  });

  test('an old message under the new type, and the new one under the old, write nothing', async () => {
    const body = packSnappy(encodeWriteRequestV2([of('confused', [1, NOW])]));
    expect((await receiver.send(body, { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' })).status).toBe(
      204,
    );
    expect(await valueAt('confused', NOW)).toBeUndefined();
  });

  test('the version header decides nothing', async () => {
    const body = packSnappy(encodeWriteRequestV2([of('header', [1, NOW])]));
    expect(await receiver.send(body, { ...V2, 'x-prometheus-remote-write-version': '0.1.0' })).toMatchObject({ status: 204 });
    expect(await valueAt('header', NOW)).toBe(1);
  });
});

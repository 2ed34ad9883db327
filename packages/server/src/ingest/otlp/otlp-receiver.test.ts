import { formatHistogram } from '@vitrine/promql/histogram/format.ts';
import { Labels } from '@vitrine/model/labels.ts';
import { type AppendResult, type MetricMetadata, type SampleBatch, StoreBusy } from '@vitrine/model/sample-store.ts';
import { isStaleAt, wordsOf } from '@vitrine/model/stale-nan.ts';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { corpusFolder } from '../../testing/corpus-folder.ts';
import { encodeOtlp, type Sent } from './encode-otlp.ts';
import { createIntake, type IntakeNeeds } from '../intake.ts';
import { senderAt } from '../sender.ts';
import { createOtlpReceiver, type OtlpReceiverNeeds } from './otlp-receiver.ts';
import { readMetricsJson } from './read-json.ts';
import { readMetricsProtobuf } from './read-protobuf.ts';

const T0 = 1_700_000_000_000;
const DELTA = { aggregationTemporality: 1 };
const CUMULATIVE = { aggregationTemporality: 2 };

/** A point's times, in seconds after T0. */
const SENDER = senderAt('127.0.0.1');

function at(seconds: number, startSeconds?: number): Sent {
  const nanos = (offset: number): string => `${T0 + offset * 1_000}000000`;
  return { timeUnixNano: nanos(seconds), ...(startSeconds === undefined ? {} : { startTimeUnixNano: nanos(startSeconds) }) };
}

function attributes(values: Readonly<Record<string, string>>): Sent[] {
  return Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

function request(metrics: readonly Sent[], resource: Readonly<Record<string, string>> = {}): Sent {
  return { resourceMetrics: [{ resource: { attributes: attributes(resource) }, scopeMetrics: [{ metrics }] }] };
}

/** A receiver, and what it stored: "seconds value" by series. */
function receiver({ append, ...needs }: Partial<OtlpReceiverNeeds & Pick<IntakeNeeds, 'append'>> = {}) {
  const stored = new Map<string, string[]>();
  const metadata: MetricMetadata[] = [];
  const registry = new Registry();
  const otlp = createOtlpReceiver({
    intake: createIntake({
      append: append ?? ((batch) => Promise.resolve(keep(batch, stored))),
      metrics: { registry: new Registry() },
      samplesPerSecond: 0,
    }),
    onMetadata: (told) => metadata.push(...told),
    metrics: { registry },
    scopeLabels: false,
    ...needs,
  });
  const send = (sent: Sent) => otlp.receive(SENDER, 'metrics', encodeOtlp(sent), 'protobuf');
  return {
    otlp,
    send,
    stored,
    metadata,
    registry,
    all: () => Object.fromEntries([...stored].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function keep(batch: SampleBatch, stored: Map<string, string[]>): AppendResult {
  const words = wordsOf(batch.values);
  for (const [i, value] of batch.values.entries()) {
    const series = String(Labels.fromKey(batch.seriesKeys[batch.seriesIndex[i] as number] as string));
    const histogram = batch.histograms?.get(i);
    const shown = histogram === undefined ? (isStaleAt(words, i) ? 'stale' : value) : formatHistogram(histogram);
    const line = `${((batch.timestampsMs[i] as number) - T0) / 1_000} ${shown}`;
    stored.set(series, [...(stored.get(series) ?? []), line]);
  }
  return { accepted: batch.values.length, rejected: [], rejectedCount: 0 };
}

describe('a point', () => {
  test.each<[string, Sent, Record<string, string[]>]>([
    [
      'gauge',
      { name: 'gpu.temp', unit: 'Cel', gauge: { dataPoints: [{ ...at(1), asDouble: 71.5 }] } },
      { gpu_temp_celsius: ['1 71.5'] },
    ],
    ['gauge of whole numbers', { name: 'a', gauge: { dataPoints: [{ ...at(1), asInt: '-7' }] } }, { a: ['1 -7'] }],
    ['ratio', { name: 'a', unit: '1', gauge: { dataPoints: [{ ...at(1), asDouble: 0.5 }] } }, { a_ratio: ['1 0.5'] }],
    [
      'counter',
      { name: 'a', sum: { ...CUMULATIVE, isMonotonic: true, dataPoints: [{ ...at(1, 0), asInt: '3' }] } },
      { a_total: ['1 3'] },
    ],
    ['sum that falls', { name: 'a', sum: { ...CUMULATIVE, dataPoints: [{ ...at(1), asInt: '3' }] } }, { a: ['1 3'] }],
    ['gauge that ended', { name: 'a', gauge: { dataPoints: [{ ...at(1), flags: 1 }] } }, { a: ['1 stale'] }],
    [
      'histogram',
      {
        name: 'a',
        unit: 's',
        histogram: {
          ...CUMULATIVE,
          dataPoints: [{ ...at(1), count: '6', sum: 9.5, explicitBounds: [1e-7, 0.5], bucketCounts: ['1', '2', '3'] }],
        },
      },
      {
        a_seconds_count: ['1 6'],
        a_seconds_sum: ['1 9.5'],
        'a_seconds_bucket{le="0.0000001"}': ['1 1'],
        'a_seconds_bucket{le="0.5"}': ['1 3'],
        'a_seconds_bucket{le="+Inf"}': ['1 6'],
      },
    ],
    [
      'histogram without buckets and sum',
      { name: 'a', histogram: { ...CUMULATIVE, dataPoints: [{ ...at(1), count: '6' }] } },
      { a_count: ['1 6'], 'a_bucket{le="+Inf"}': ['1 6'] },
    ],
    [
      'histogram that ended',
      { name: 'a', histogram: { ...CUMULATIVE, dataPoints: [{ ...at(1), flags: 1, explicitBounds: [5] }] } },
      { a_count: ['1 stale'], a_sum: ['1 stale'], 'a_bucket{le="5"}': ['1 stale'], 'a_bucket{le="+Inf"}': ['1 stale'] },
    ],
    [
      'summary',
      {
        name: 'a',
        summary: {
          dataPoints: [
            {
              ...at(1),
              count: '4',
              sum: 10,
              quantileValues: [
                { quantile: 0.5, value: 2 },
                { quantile: 1, value: 4 },
              ],
            },
          ],
        },
      },
      { a_count: ['1 4'], a_sum: ['1 10'], 'a{quantile="0.5"}': ['1 2'], 'a{quantile="1"}': ['1 4'] },
    ],
    [
      'exponential histogram',
      {
        name: 'a',
        exponentialHistogram: {
          ...CUMULATIVE,
          dataPoints: [
            { ...at(1), count: '10', sum: 20, scale: 0, zeroCount: '1', positive: { offset: 0, bucketCounts: ['4', '5'] } },
          ],
        },
      },
      { a: ['1 {count:10, sum:20, [-1e-128,1e-128]:1, (1,2]:4, (2,4]:5}'] },
    ],
    [
      'exponential histogram of negative values',
      {
        name: 'a',
        exponentialHistogram: {
          ...CUMULATIVE,
          dataPoints: [{ ...at(1), count: '3', scale: 0, negative: { offset: 1, bucketCounts: ['2', '1'] } }],
        },
      },
      { a: ['1 {count:3, sum:NaN, [-8,-4):1, [-4,-2):2}'] },
    ],
  ])('%s is stored as Prometheus has it', async (_, metric, wanted) => {
    const { send, all } = receiver();
    expect(await send(request([metric]))).toEqual({ rejected: 0, message: '' });
    expect(all()).toEqual(Object.fromEntries(Object.entries(wanted).toSorted(([a], [b]) => (a < b ? -1 : 1))));
  });

  test.each<[string, Sent, RegExp]>([
    ['time', { name: 'a', gauge: { dataPoints: [{ asDouble: 1 }] } }, /has no time/],
    ['value', { name: 'a', gauge: { dataPoints: [at(1)] } }, /has no value/],
    ['name', { name: '平均', gauge: { dataPoints: [{ ...at(1), asDouble: 1 }] } }, /no letter or digit/],
    [
      'labels',
      { name: 'a', gauge: { dataPoints: [{ ...at(1), asDouble: 1, attributes: attributes({ '…': 'x' }) }] } },
      /attribute "…"/,
    ],
    ['temporality', { name: 'a', sum: { dataPoints: [{ ...at(1), asDouble: 1 }] } }, /delta or cumulative/],
    [
      'buckets',
      {
        name: 'a',
        histogram: { ...CUMULATIVE, dataPoints: [{ ...at(1), count: '1', explicitBounds: [1], bucketCounts: ['1'] }] },
      },
      /one count more/,
    ],
    [
      'buckets',
      {
        name: 'a',
        histogram: {
          ...CUMULATIVE,
          dataPoints: [{ ...at(1), count: '1', explicitBounds: [2, 1], bucketCounts: ['1', '0', '0'] }],
        },
      },
      /do not ascend/,
    ],
    [
      'duplicate',
      {
        name: 'a',
        gauge: {
          dataPoints: [
            { ...at(1), asDouble: 1 },
            { ...at(1), asDouble: 2 },
          ],
        },
      },
      /have one time/,
    ],
  ])('with something wrong (%s) is refused, counted and told of; the others are stored', async (reason, metric, sentence) => {
    const { send, stored, registry } = receiver();
    const fine = { name: 'fine', gauge: { dataPoints: [{ ...at(1), asDouble: 1 }] } };
    const outcome = await send(request([metric, fine]));
    expect(outcome).toEqual({ rejected: 1, message: expect.stringMatching(sentence) });
    expect(stored.get('fine')).toEqual(['1 1']);
    expect(await registry.getSingleMetricAsString('vitrine_otlp_refused_total')).toContain(
      `{signal="metrics",reason="${reason}"} 1`,
    );
    expect(await registry.getSingleMetricAsString('vitrine_otlp_points_accepted_total')).toContain('_total ');
  });
});

describe('a resource', () => {
  const gauge = {
    name: 'a',
    gauge: {
      dataPoints: [{ ...at(1), asDouble: 1, attributes: attributes({ 'http.route': '/', http_route: '/x', '0day': 'y' }) }],
    },
  };

  test('is job, instance and target_info', async () => {
    const { send, all } = receiver();
    await send(
      request([gauge], { 'service.name': 'api', 'service.namespace': 'shop', 'service.instance.id': 'pod-1', 'host.name': 'h' }),
    );
    expect(all()).toEqual({
      'a{http_route="/;/x", instance="pod-1", job="shop/api", key_0day="y"}': ['1 1'],
      'target_info{host_name="h", instance="pod-1", job="shop/api"}': ['1 1'],
    });
  });

  test.each<[string, Record<string, string>]>([
    ['with nothing more to say', { 'service.name': 'api' }],
    ['nobody', { 'host.name': 'h' }],
  ])('that is %s has no target_info', async (_, resource) => {
    const { send, stored } = receiver();
    await send(request([gauge], resource));
    expect([...stored.keys()].some((series) => series.startsWith('target_info'))).toBe(false);
  });

  test('says types, help and units', async () => {
    const { send, metadata } = receiver();
    await send(
      request([
        {
          name: 'b.c',
          unit: 'By/s',
          description: 'Read',
          sum: { ...CUMULATIVE, isMonotonic: true, dataPoints: [{ ...at(1), asInt: '1' }] },
        },
      ]),
    );
    expect(metadata).toEqual([{ metric: 'b_c_bytes_per_second_total', type: 'counter', help: 'Read', unit: 'bytes_per_second' }]);
  });

  test('gets labels of its scopes where they are asked for', async () => {
    const { otlp, stored } = receiver({ scopeLabels: true });
    const scopeMetrics = ['x', 'y'].map((name) => ({
      scope: { name, version: '1', attributes: attributes({ team: 't', name: 'dropped' }) },
      metrics: [{ name: 'a', gauge: { dataPoints: [{ ...at(1), asDouble: 1 }] } }],
    }));
    await otlp.receive(SENDER, 'metrics', encodeOtlp({ resourceMetrics: [{ scopeMetrics }] }), 'protobuf');
    expect([...stored.keys()]).toEqual(
      ['x', 'y'].map((name) => `a{otel_scope_name="${name}", otel_scope_team="t", otel_scope_version="1"}`),
    );
  });
});

describe('deltas', () => {
  const sum = (point: Sent): Sent => request([{ name: 'a', sum: { ...DELTA, isMonotonic: true, dataPoints: [point] } }]);

  test('are added up, from 0 at the start of the first', async () => {
    const { send, all } = receiver();
    for (const [from, value] of [
      [0, 5],
      [10, 0],
      [20, 7],
    ] as const)
      await send(sum({ ...at(from + 10, from), asInt: String(value) }));
    expect(all()).toEqual({ a_total: ['0.001 0', '10 5', '20 5', '30 12'] });
  });

  test('that come again count once', async () => {
    const { send, all } = receiver();
    for (let i = 0; i < 2; i++) expect(await send(sum({ ...at(10), asInt: '5' }))).toMatchObject({ rejected: 0 });
    expect(all()).toEqual({ a_total: ['10 5', '10 5'] });
  });

  test('that come too late are refused with a sentence', async () => {
    const { send, all } = receiver();
    await send(sum({ ...at(10), asInt: '5' }));
    expect(await send(sum({ ...at(9), asInt: '5' }))).toEqual({
      rejected: 1,
      message: expect.stringMatching(/ends before one that was added up/),
    });
    expect(all()).toEqual({ a_total: ['10 5'] });
  });

  test('that the store did not take count when they are sent again', async () => {
    const stored = new Map<string, string[]>();
    let busy = true;
    const { send } = receiver({
      append: (batch) => (busy ? Promise.reject(new StoreBusy('wait', 1)) : Promise.resolve(keep(batch, stored))),
    });
    await expect(send(sum({ ...at(10, 0), asInt: '5' }))).rejects.toThrow(StoreBusy);
    busy = false;
    await send(sum({ ...at(10, 0), asInt: '5' }));
    expect([...stored.values()]).toEqual([['0.001 0', '10 5']]);
  });

  test('of a series that was silent for an hour begin anew', async () => {
    let nowMs = T0;
    const { send, all } = receiver({ now: () => nowMs });
    await send(sum({ ...at(10), asInt: '5' }));
    nowMs += 3_600_001;
    await send(sum({ ...at(4_000), asInt: '2' }));
    expect(all()).toEqual({ a_total: ['10 5', '4000 2'] });
  });

  test('of histograms are added up bucket by bucket, and begin anew with other bounds', async () => {
    const { send, all } = receiver();
    const histogram = (seconds: number, bound: number): Sent =>
      request([
        {
          name: 'a',
          histogram: {
            ...DELTA,
            dataPoints: [{ ...at(seconds), count: '3', sum: 4, explicitBounds: [bound], bucketCounts: ['1', '2'] }],
          },
        },
      ]);
    for (const sent of [histogram(10, 1), histogram(20, 1), histogram(30, 2)]) await send(sent);
    expect(all()).toEqual({
      'a_bucket{le="+Inf"}': ['10 3', '20 6', '30 3'],
      'a_bucket{le="1"}': ['10 1', '20 2'],
      'a_bucket{le="2"}': ['30 1'],
      a_count: ['10 3', '20 6', '30 3'],
      a_sum: ['10 4', '20 8', '30 4'],
    });
  });

  test.each([1, 2, 3])('in any cut (seed %i) end at their sum', async (seed) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(1_000), { minLength: 1, maxLength: 20 }), async (values) => {
        const { send, stored } = receiver();
        for (const [i, value] of values.entries()) await send(sum({ ...at(i + 1, i), asInt: String(value) }));
        expect(stored.get('a_total')?.at(-1)).toBe(`${values.length} ${values.reduce((total, value) => total + value, 0)}`);
      }),
      { seed, numRuns: 30 },
    );
  });
});

describe('exponential histograms', () => {
  const point = (
    seconds: number,
    scale: number,
    offset: number,
    bucketCounts: readonly number[],
    temporality = CUMULATIVE,
  ): Sent =>
    request([
      {
        name: 'a',
        exponentialHistogram: {
          ...temporality,
          dataPoints: [
            {
              ...at(seconds),
              count: String(bucketCounts.reduce((sum, own) => sum + own, 0)),
              scale,
              positive: { offset, bucketCounts: bucketCounts.map(String) },
            },
          ],
        },
      },
    ]);

  test('are finer than is asked for: they are merged', async () => {
    const { send, stored } = receiver();
    await send(point(10, 10, 0, [1, 1, 1, 1, 3]));
    const [, merged] = /, (.*)\}/.exec(stored.get('a')?.[0] ?? '') ?? [];
    expect(merged?.match(/:\d/g)).toEqual([':4', ':3']);
  });

  test.each<[what: string, own: Sent, problem: RegExp]>([
    ['coarser than can be kept', { scale: -5, count: '1', positive: { bucketCounts: ['1'] } }, /schema is -5; known are -4 to 8/],
    [
      'with more in its buckets than it counts',
      { scale: 0, count: '1', positive: { bucketCounts: ['2'] } },
      /hold 2 obs.* count is 1/,
    ],
    ['beyond all numbers', { scale: 0, positive: { offset: 2 ** 31 - 1, bucketCounts: ['0'] } }, /reach further than numbers/],
  ])('%s are refused with a sentence', async (_, own, problem) => {
    const { send, stored } = receiver();
    const exponentialHistogram = { ...CUMULATIVE, dataPoints: [{ ...at(1), ...own }] };
    const answer = await send(request([{ name: 'a', exponentialHistogram }]));
    expect([answer.rejected, answer.message, stored.size]).toEqual([1, expect.stringMatching(problem), 0]);
  });

  test('say how wide their zero bucket is, and when they end', async () => {
    const { send, stored } = receiver();
    const dataPoints = [
      { ...at(1), count: '2', zeroCount: '2', zeroThreshold: 0.5, scale: 0 },
      { ...at(2), flags: 1, scale: 0 },
    ];
    await send(request([{ name: 'a', exponentialHistogram: { ...CUMULATIVE, dataPoints } }]));
    expect(stored.get('a')).toEqual(['1 {count:2, sum:NaN, [-0.5,0.5]:2}', '2 stale']);
  });

  test('as deltas are added up across scales', async () => {
    const { send, stored } = receiver();
    await send(point(10, 3, 0, [1, 1, 1, 1, 1, 1, 1, 1], DELTA));
    await send(point(20, 0, 1, [5], DELTA));
    await send(point(30, 3, 0, [2], DELTA));
    expect(stored.get('a')?.slice(1)).toEqual([
      '20 {count:13, sum:NaN, (1,2]:8, (2,4]:5}',
      '30 {count:15, sum:NaN, (1,2]:10, (2,4]:5}',
    ]);
  });

  test('as deltas never count in more than 320 buckets, and lose no observation, whatever they say', async () => {
    const sides = fc.record({
      offset: fc.integer({ min: -2000, max: 2000 }),
      counts: fc.array(fc.nat(5), { maxLength: 300 }),
      scale: fc.integer({ min: -4, max: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(sides, { minLength: 1, maxLength: 4 }), async (points) => {
        const batches: SampleBatch[] = [];
        const { send } = receiver({
          append: (batch) => (batches.push(batch), Promise.resolve({ accepted: 0, rejected: [], rejectedCount: 0 })),
        });
        for (const [i, { offset, counts, scale }] of points.entries()) await send(point(i + 1, scale, offset, counts, DELTA));
        const last = [...(batches.at(-1)?.histograms?.values() ?? [])].at(-1);
        const sent = points.flatMap(({ counts }) => counts).reduce((sum, own) => sum + own, 0);
        expect(last?.positiveBuckets.length).toBeLessThanOrEqual(320);
        expect([last?.count, last?.positiveBuckets.reduce((sum, own) => sum + own, 0)]).toEqual([sent, sent]);
      }),
      { seed: 7, numRuns: 60 },
    );
  });
});

test('types and units are labels where that is asked for', async () => {
  const { send, all } = receiver({ typeAndUnitLabels: true });
  await send(
    request([{ name: 'a', unit: 's', sum: { ...CUMULATIVE, isMonotonic: true, dataPoints: [{ ...at(1), asDouble: 1 }] } }]),
  );
  await send(request([{ name: 'h', histogram: { ...CUMULATIVE, dataPoints: [{ ...at(1), count: '1' }] } }]));
  expect(Object.keys(all())).toEqual([
    'a_seconds_total{__type__="counter", __unit__="seconds"}',
    'h_bucket{__type__="histogram", le="+Inf"}',
    'h_count{__type__="histogram"}',
  ]);
});

describe('what else points say', () => {
  const IDS = { traceId: '0AF7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
  const nanos = (seconds: number): string => String(BigInt(T0 + seconds * 1000) * 1_000_000n);
  const kept = async (metric: Sent) => {
    const batches: SampleBatch[] = [];
    const { send, registry } = receiver({
      append: (batch) => (batches.push(batch), Promise.resolve({ accepted: 0, rejected: [], rejectedCount: 0 })),
    });
    await send(request([metric]));
    const [batch] = batches as [SampleBatch];
    const name = (series: number): string => String(Labels.fromKey(batch.seriesKeys[series] as string));
    return { batch, name, registry };
  };

  test('exemplars stand by the series that counts them', async () => {
    const exemplars = [
      { ...IDS, timeUnixNano: nanos(0.5), asDouble: 3 },
      { timeUnixNano: nanos(0.25), asInt: '1', filteredAttributes: attributes({ 'user.id': 'u' }) },
      { asDouble: 1 },
    ];
    const histogram = {
      ...CUMULATIVE,
      dataPoints: [{ ...at(1), count: '2', explicitBounds: [1], bucketCounts: ['1', '1'], exemplars }],
    };
    const { batch, name, registry } = await kept({ name: 'h', histogram });
    expect(
      batch.exemplars?.map(({ seriesIndex, exemplar }) => [
        name(seriesIndex),
        String(exemplar.labels),
        exemplar.value,
        exemplar.timestampMs - T0,
      ]),
    ).toEqual([
      ['h_bucket{le="1"}', '{user_id="u"}', 1, 250],
      ['h_bucket{le="+Inf"}', `{span_id="${IDS.spanId}", trace_id="${IDS.traceId.toLowerCase()}"}`, 3, 500],
    ]);
    expect(await registry.getSingleMetricAsString('vitrine_otlp_exemplars_dropped_total')).toMatch(/ 1$/);
  });

  test.each<[kind: string, metric: Sent, series: string | undefined]>([
    ['a sum', { sum: { ...CUMULATIVE, isMonotonic: true, dataPoints: [{ ...at(1), asDouble: 1 }] } }, 'm_total'],
    ['an exponential histogram', { exponentialHistogram: { ...CUMULATIVE, dataPoints: [{ ...at(1), scale: 0 }] } }, 'm'],
    ['a gauge, which counts nothing', { gauge: { dataPoints: [{ ...at(1), asDouble: 1 }] } }, undefined],
  ])('the exemplars of %s', async (_, metric, series) => {
    const [[kind, data] = ['', {}]] = Object.entries(metric) as [string, { dataPoints: Sent[] }][];
    const exemplars = [{ ...IDS, timeUnixNano: nanos(1), asDouble: 1 }];
    const dataPoints = (data as { dataPoints: Sent[] }).dataPoints.map((own) => ({ ...own, exemplars }));
    const { batch, name } = await kept({ name: 'm', [kind]: { ...data, dataPoints } });
    expect(batch.exemplars?.map(({ seriesIndex }) => name(seriesIndex))).toEqual(series === undefined ? undefined : [series]);
  });

  test('attributes that are too long for an exemplar are left out, its trace is not', async () => {
    const exemplars = [
      { ...IDS, timeUnixNano: nanos(1), asDouble: 1, filteredAttributes: attributes({ long: 'x'.repeat(100) }) },
    ];
    const sum = { ...CUMULATIVE, isMonotonic: true, dataPoints: [{ ...at(1), asDouble: 1, exemplars }] };
    const { batch } = await kept({ name: 'm', sum });
    expect([...(batch.exemplars?.[0]?.exemplar.labels.names ?? [])]).toEqual(['span_id', 'trace_id']);
  });

  test.each<[what: string, metric: Sent, starts: (number | undefined)[] | undefined]>([
    ['a counter', { sum: { ...CUMULATIVE, isMonotonic: true, dataPoints: [{ ...at(9, 5), asDouble: 1 }] } }, [5]],
    ['an up-down counter', { sum: { ...CUMULATIVE, dataPoints: [{ ...at(9, 5), asDouble: 1 }] } }, undefined],
    [
      'a delta, which begins with a zero',
      { sum: { ...DELTA, isMonotonic: true, dataPoints: [{ ...at(9, 5), asDouble: 1 }] } },
      undefined,
    ],
    ['a gauge', { gauge: { dataPoints: [{ ...at(9, 5), asDouble: 1 }] } }, undefined],
    ['a histogram', { histogram: { ...CUMULATIVE, dataPoints: [{ ...at(9, 5), count: '1', sum: 1 }] } }, [5, 5, 5]],
    ['an exponential histogram', { exponentialHistogram: { ...CUMULATIVE, dataPoints: [{ ...at(9, 5), scale: 0 }] } }, [5]],
    ['a summary', { summary: { dataPoints: [{ ...at(9, 5), count: '1', sum: 1 }] } }, [5, 5]],
  ])('since when %s counts', async (_, metric, starts) => {
    const { batch } = await kept({ name: 'm', ...metric });
    const seconds = batch.startsMs === undefined ? undefined : [...batch.startsMs].map((ms) => (ms - T0) / 1000);
    expect(seconds).toEqual(starts);
  });
});

describe('the two formats', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 12 });
  const nanos = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String);
  const value = fc.letrec<{ any: Sent }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      text.map((stringValue) => ({ stringValue })),
      fc.boolean().map((boolValue) => ({ boolValue })),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((intValue) => ({ intValue: String(intValue) })),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((doubleValue) => ({ doubleValue: doubleValue + 0 })),
      fc.uint8Array({ maxLength: 8 }).map((bytes) => ({ bytesValue: Buffer.from(bytes).toString('base64') })),
      fc.array(tie('any'), { maxLength: 3 }).map((values) => ({ arrayValue: { values } })),
    ),
  })).any;
  const attribute = fc.record({ key: text, value });
  const number = fc.record({
    attributes: fc.array(attribute, { maxLength: 3 }),
    timeUnixNano: nanos,
    startTimeUnixNano: nanos,
    asDouble: fc.double({ noNaN: true, noDefaultInfinity: true }),
    flags: fc.nat(3),
  });

  test('of any request say the same', () => {
    fc.assert(
      fc.property(text, text, fc.array(number, { maxLength: 5 }), (name, unit, dataPoints) => {
        const sent = request([{ name, unit, sum: { ...DELTA, isMonotonic: true, dataPoints } }], { 'service.name': 'x' });
        expect(readMetricsProtobuf(encodeOtlp(sent))).toEqual(readMetricsJson(Buffer.from(JSON.stringify(sent))));
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  const corpus = corpusFolder('otlp');
  test.skipIf(corpus === undefined)('of the published example say the same and are stored', async () => {
    const sent = JSON.parse(readFileSync(join(corpus as string, 'examples/metrics.json'), 'utf8')) as Sent;
    expect(readMetricsProtobuf(encodeOtlp(sent))).toEqual(readMetricsJson(Buffer.from(JSON.stringify(sent))));
    const { send, stored } = receiver();
    expect(await send(sent)).toEqual({ rejected: 0, message: '' });
    expect(Object.fromEntries([...stored].map(([series, lines]) => [series, lines.at(-1)?.split(' ')[1]]))).toMatchObject({
      'my_counter_total{job="my.service", my_counter_attr="some value"}': '5',
      'my_gauge_ratio{job="my.service", my_gauge_attr="some value"}': '10',
      'my_histogram_bucket{job="my.service", le="1", my_histogram_attr="some value"}': '1',
    });
    expect(stored.get('my_exponential_histogram{job="my.service", my_exponential_histogram_attr="some value"}')?.[0]).toMatch(
      /count:3, sum:10, \[-1e-128,1e-128\]:1, /,
    );
  });

  test.each(['traces', 'logs'] as const)('count what %s hold, which is refused', async (signal) => {
    const { otlp, registry } = receiver();
    const sent =
      signal === 'traces'
        ? { resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'a' }, { name: 'b' }] }] }] }
        : { resourceLogs: [{ scopeLogs: [{ logRecords: [{}, {}] }] }] };
    for (const [bytes, format] of [
      [encodeOtlp(sent), 'protobuf'],
      [Buffer.from(JSON.stringify(sent)), 'json'],
    ] as const) {
      expect(await otlp.receive(SENDER, signal, bytes, format)).toEqual({
        rejected: 2,
        message: expect.stringMatching(/does not keep (traces|logs) yet/),
      });
    }
    expect(await registry.getSingleMetricAsString('vitrine_otlp_refused_total')).toContain(
      `{signal="${signal}",reason="no store"} 4`,
    );
    expect(await otlp.receive(SENDER, signal, Buffer.alloc(0), 'protobuf')).toEqual({ rejected: 0, message: '' });
  });
});

describe('what is hostile', () => {
  test('is refused or read, never anything else, whatever its bytes', async () => {
    const { otlp } = receiver();
    const good = encodeOtlp(
      request([
        {
          name: 'a',
          histogram: { ...DELTA, dataPoints: [{ ...at(1), count: '6', explicitBounds: [1], bucketCounts: ['1', '5'] }] },
        },
      ]),
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), async (index, byte, length) => {
        const bytes = Buffer.from(good);
        bytes[index] = byte;
        await otlp
          .receive(SENDER, 'metrics', bytes.subarray(0, length), 'protobuf')
          .catch((error: Error) => expect(error.name).toBe('BodyRefused'));
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  const nested = (depth: number): Sent => (depth === 0 ? { stringValue: 'x' } : { arrayValue: { values: [nested(depth - 1)] } });
  const deep = request([
    { name: 'a', gauge: { dataPoints: [{ ...at(1), asDouble: 1, attributes: [{ key: 'k', value: nested(500) }] }] } },
  ]);
  const wide = Buffer.from(`{"resourceMetrics":[${'{},'.repeat(1_000_001)}{}]}`);
  const long = 'x'.repeat(60_000);
  const unfolding = request(
    [
      {
        name: 'a',
        gauge: {
          dataPoints: Array.from({ length: 2_000 }, (_, i) => ({
            ...at(1),
            asInt: '1',
            attributes: attributes({ i: String(i) }),
          })),
        },
      },
    ],
    { 'service.name': long },
  );
  test.each<[string, Uint8Array, 'protobuf' | 'json', RegExp]>([
    ['attributes nested too deep', encodeOtlp(deep), 'protobuf', /deeper than 16/],
    ['attributes nested too deep, as JSON', Buffer.from(JSON.stringify(deep)), 'json', /deeper than 16/],
    ['too many parts', Buffer.alloc(2_100_000, Buffer.from([0x0a, 0x00])), 'protobuf', /more than 1000000 points/],
    ['too many parts, as JSON', wide, 'json', /more than 1000000 points/],
    ['a resource that unfolds to gigabytes', encodeOtlp(unfolding), 'protobuf', /more than 64 MiB/],
    ['no JSON', Buffer.from('{'), 'json', /is not JSON/],
    ['no object', Buffer.from('[]'), 'json', /body is not an object/],
    ['a number for a list', Buffer.from('{"resourceMetrics":7}'), 'json', /resourceMetrics is not a list/],
    [
      'a text for a number',
      Buffer.from(JSON.stringify(request([{ name: 'a', gauge: { dataPoints: [{ asDouble: 'x' }] } }]))),
      'json',
      /dataPoints\[0\].asDouble is not a number/,
    ],
    ['no UTF-8', Buffer.from([0xff]), 'json', /not UTF-8/],
  ])('with %s is refused with a sentence', async (_, bytes, format, sentence) => {
    const { otlp, stored } = receiver();
    await expect(otlp.receive(SENDER, 'metrics', bytes, format)).rejects.toThrow(sentence);
    expect(stored.size).toBe(0);
  });
});

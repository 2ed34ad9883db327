import { Labels } from '@vitrine/model/labels.ts';
import type { MetricMetadata } from '@vitrine/model/sample-store.ts';
import { isStaleAt, wordsOf } from '@vitrine/model/stale-nan.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_MAPPINGS, parseMappings } from '../lines/mappings.ts';
import { senderAt, senderOfToken } from '../sender.ts';
import { readStatsdLine } from './read-statsd-line.ts';
import { StatsdTotals, type TotalsLimits } from './statsd-totals.ts';

const START = 1_700_000_000_000;
const A = senderAt('10.0.0.1');
const B = senderAt('10.0.0.2');

function totals({ rules = '', limits = {} }: { rules?: string; limits?: Partial<TotalsLimits> } = {}) {
  const metadata: MetricMetadata[] = [];
  const mappings = rules === '' ? NO_MAPPINGS : parseMappings('rules.yml', rules);
  const kept = new StatsdTotals(mappings, (told) => metadata.push(...told), START, limits);
  let nowMs = START;
  return {
    metadata,
    /** Gives the reasons of what was refused. */
    send(lines: string, sender = A): string[] {
      return lines.split(' ').flatMap((line) => {
        const read = readStatsdLine(line);
        const refused = 'reason' in read ? read : kept.add(sender, read, nowMs);
        return refused === undefined ? [] : [refused.reason];
      });
    },
    /** `series value @seconds`, of what a flush so many seconds later writes. */
    flush(seconds = 10, stored = true): string[] {
      nowMs += seconds * 1_000;
      const told: string[] = [];
      for (const { batch, stored: done } of kept.flush(nowMs)) {
        const words = wordsOf(batch.values);
        for (const [i, value] of batch.values.entries()) {
          const labels = Labels.fromKey(batch.seriesKeys[batch.seriesIndex[i]!]!).toString();
          told.push(`${labels} ${isStaleAt(words, i) ? 'stale' : value} @${(batch.timestampsMs[i]! - START) / 1_000}`);
        }
        if (stored) done();
      }
      return told;
    },
    senders: (): string[] => [...kept.flush((nowMs += 10_000))].map(({ sender }) => sender.address),
  };
}

describe('totals of StatsD', () => {
  test('counters rise, from 0, at their sample rate', () => {
    const { send, flush } = totals();
    expect(send('hits:1|c hits:2|c|@0.1 hits:3:4|c hits:1|c|#env:prod')).toEqual([]);
    expect(flush()).toEqual(['hits 0 @0.001', 'hits 28 @10', 'hits{env="prod"} 0 @0.001', 'hits{env="prod"} 1 @10']);
    expect(flush()).toEqual(['hits 28 @20', 'hits{env="prod"} 1 @20']);
    send('hits:0.5|c');
    expect(flush()[0]).toBe('hits 28.5 @30');
  });

  test('counters begin with their 0 until that is stored', () => {
    const { send, flush } = totals();
    send('hits:1|c');
    expect(flush(10, false)).toEqual(['hits 0 @0.001', 'hits 1 @10']);
    send('hits:1|c');
    expect(flush()).toEqual(['hits 0 @0.001', 'hits 2 @20']);
    expect(flush()).toEqual(['hits 2 @30']);
  });

  test('gauges stay, rise and fall', () => {
    const { send, flush } = totals();
    send('temp:20|g|@0.1 temp:+2.5|g temp:-1|g depth:-3|g');
    expect(flush()).toEqual(['temp 21.5 @10', 'depth -3 @10']);
    send('temp:0|g temp:-7|g');
    expect(flush()).toEqual(['temp -7 @20', 'depth -3 @20']);
  });

  test('sets count who came since the last flush', () => {
    const { send, flush } = totals();
    send('users:ann|s users:bob|s users:ann|s');
    expect(flush()).toEqual(['users 2 @10']);
    send('users:bob|s');
    expect(flush()).toEqual(['users 1 @20']);
    expect(flush()).toEqual(['users 0 @30']);
  });

  test('timers are histograms in seconds', () => {
    const { send, flush } = totals({ rules: 'defaults: { buckets: [0.1, 1] }' });
    send('lat:50|ms lat:100|ms lat:500|ms|@0.5 lat:3000|ms');
    expect(flush().filter((line) => line.endsWith('@10'))).toEqual([
      'lat_bucket{le="0.1"} 2 @10',
      'lat_bucket{le="1"} 4 @10',
      'lat_bucket{le="+Inf"} 5 @10',
      'lat_sum 4.15 @10',
      'lat_count 5 @10',
    ]);
    send('lat:62.5|ms');
    expect(flush()).toEqual([
      'lat_bucket{le="0.1"} 3 @20',
      'lat_bucket{le="1"} 5 @20',
      'lat_bucket{le="+Inf"} 6 @20',
      'lat_sum 4.2125 @20',
      'lat_count 6 @20',
    ]);
  });

  test('histograms and distributions are quantiles of what came, over sums and counts that rise', () => {
    const { send, flush } = totals();
    send(`size:${Array.from({ length: 100 }, (_, i) => 100 - i).join(':')}|h|#a:b`);
    expect(flush().filter((line) => line.endsWith('@10'))).toEqual([
      'size{a="b", quantile="0.5"} 50 @10',
      'size{a="b", quantile="0.9"} 90 @10',
      'size{a="b", quantile="0.95"} 95 @10',
      'size{a="b", quantile="0.99"} 99 @10',
      'size_sum{a="b"} 5050 @10',
      'size_count{a="b"} 100 @10',
    ]);
    // Nothing came: that is not what was, and not 0.
    expect(flush()).toEqual([
      'size{a="b", quantile="0.5"} stale @20',
      'size{a="b", quantile="0.9"} stale @20',
      'size{a="b", quantile="0.95"} stale @20',
      'size{a="b", quantile="0.99"} stale @20',
      'size_sum{a="b"} 5050 @20',
      'size_count{a="b"} 100 @20',
    ]);
    expect(flush()).toEqual(['size_sum{a="b"} 5050 @30', 'size_count{a="b"} 100 @30']);
    send('size:7|d|@0.25|#a:b');
    expect(flush().slice(0, 1)).toEqual(['size{a="b", quantile="0.5"} 7 @40']);
  });

  test('quantiles of a flood are near those of all', () => {
    const { send, flush } = totals({ rules: 'defaults: { quantiles: [0.5] }' });
    for (let i = 0; i < 100; i++) send(`x:${Array.from({ length: 100 }, (_, j) => j * 100 + i).join(':')}|h`);
    const [, median] = /^x\{.*\} (\d+) @10$/.exec(flush()[0]!) ?? [];
    // 500 of 10,000: eight standard errors.
    expect(Math.abs(Number(median) - 5_000)).toBeLessThan(1_800);
  });

  test('rules name, label, scale and say how values are kept', () => {
    const rules = `
mappings:
  - { match: api.*.time, match_metric_type: timer, name: api_seconds, labels: { api: $1 }, observer_type: summary, quantiles: [0.5] }
  - { match: "api.*.*", name: "api_\${2}_total", labels: { api: $1 }, help: Calls. }
  - { match: mem, name: memory_bytes, scale: 1024, honor_labels: true, labels: { unit: kib, env: rule } }
  - { match: noise, action: drop }
`;
    const { send, flush, metadata } = totals({ rules });
    expect(send('api.users.time:200|ms api.users.hits:1|c mem:2|g|#env:sent noise:1|c')).toEqual(['dropped']);
    expect(flush().filter((line) => line.endsWith('@10'))).toEqual([
      'api_seconds{api="users", quantile="0.5"} 0.2 @10',
      'api_seconds_sum{api="users"} 0.2 @10',
      'api_seconds_count{api="users"} 1 @10',
      'api_hits_total{api="users"} 1 @10',
      'memory_bytes{env="sent", unit="kib"} 2048 @10',
    ]);
    expect(metadata.map(({ metric, type, help }) => [metric, type, help])).toEqual([
      ['api_seconds', 'summary', ''],
      ['api_hits_total', 'counter', 'Calls.'],
      ['memory_bytes', 'gauge', ''],
    ]);
  });

  test('a series that is silent for too long ends, and begins again from 0', () => {
    const { send, flush } = totals({ rules: 'defaults: { ttl: 25s }\nmappings: [{ match: ever, name: ever, ttl: 0 }]' });
    send('hits:5|c ever:1|g');
    flush();
    expect(flush()).toEqual(['hits 5 @20', 'ever 1 @20']);
    expect(flush()).toEqual(['hits stale @30', 'ever 1 @30']);
    expect(flush()).toEqual(['ever 1 @40']);
    send('hits:2|c');
    expect(flush()).toEqual(['ever 1 @50', 'hits 0 @40.001', 'hits 2 @50']);
  });

  test.each([
    ['hits:1|c hits:1|g'],
    ['hits:1|g hits:1|ms'],
    ['hits:1|ms hits:1|h'],
    ['hits:1|ms hits_count:1|c'],
    ['hits_sum:1|g hits:1|h'],
    ['hits:1|c|#a:b hits:1|g|#a:c'],
    ['a.b:1|c a-b:1|g'],
  ])('one name has one type: %s', (lines) => {
    expect(totals().send(lines)).toEqual(['another type']);
  });

  test('one tenant’s type keeps no other tenant from a name', () => {
    const { send, flush } = totals();
    const team = (name: string) => senderOfToken({ id: name, name, labels: Labels.from({ team: name }) }, '10.0.0.3');
    expect(send('requests:1|c', team('a'))).toEqual([]);
    expect(send('requests:5|g lat:1|ms', team('b'))).toEqual([]);
    expect(send('lat_count:7|g', team('a'))).toEqual([]);
    expect(send('requests:1|c', team('b'))).toEqual(['another type']);
    // Whoever says that he is a team writes into its series.
    expect(send('requests:5|g|#team:a')).toEqual(['another type']);
    expect(flush()).toEqual(
      expect.arrayContaining(['requests{team="a"} 1 @10', 'requests{team="b"} 5 @10', 'lat_count{team="a"} 7 @10']),
    );
  });

  test('a name is free again when its series have ended', () => {
    const { send, flush } = totals({ rules: 'defaults: { ttl: 5s }' });
    send('hits:1|c');
    // However short it is, what came is told.
    expect(flush()).toEqual(['hits 0 @0.001', 'hits 1 @10']);
    expect(flush()).toEqual(['hits stale @20']);
    expect(send('hits:7|g')).toEqual([]);
    expect(flush()).toEqual(['hits 7 @30']);
  });

  test('falling counters are refused', () => {
    const { send, flush } = totals();
    expect(send('hits:-1|c hits:1:-2|c hits:4|c')).toEqual(['falling counter', 'falling counter']);
    expect(flush()).toEqual(['hits 0 @0.001', 'hits 4 @10']);
  });

  test('names say the same in whatever way tags are written', () => {
    const { send, flush } = totals();
    send('a,x=1:1|c a[x=1]:1|c a#x=1:1|c a:1|c|#x:1');
    expect(flush()).toEqual(['a{x="1"} 0 @0.001', 'a{x="1"} 4 @10']);
  });

  test('senders add up to one series, which is told of whoever sent last', () => {
    const { send, flush, senders } = totals();
    send('hits:1|c', A);
    send('hits:2|c', B);
    send('only:1|g', A);
    expect(flush()).toEqual(['hits 0 @0.001', 'hits 3 @10', 'only 1 @10']);
    expect(senders()).toEqual([B.address, A.address]);
  });

  test('what teams send is added up for each by itself', () => {
    const { send, flush } = totals();
    for (const team of ['a', 'b', 'a']) send('hits:1|c|#team:mine', { ...A, id: team, labels: Labels.from({ team }) });
    expect(flush().filter((line) => line.endsWith('@10'))).toEqual(['hits{team="a"} 2 @10', 'hits{team="b"} 1 @10']);
  });

  test.each<[string, Partial<TotalsLimits>, string]>([
    ['series', { series: 2 }, 'a:1|c b:1|c c:1|c d:1|g a:1|c'],
    ['characters', { keyChars: 60 }, `a:1|c b:1|c ${'c'.repeat(30)}:1|c ${'d'.repeat(30)}:1|c`],
    ['numbers', { cells: 30 }, 'a:1|ms b:1|ms c:1|ms d:1|ms'],
  ])('there is a bound of %s, and those that are there go on', (_, limits, lines) => {
    const { send, flush } = totals({ limits });
    expect(send(lines)).toEqual(['too many series', 'too many series']);
    expect(send('a:1|c')).toEqual(lines.includes('ms') ? ['too many series'] : []);
    expect(flush()).not.toEqual([]);
  });

  test('there is a bound of sets’ members, in each interval', () => {
    const { send, flush } = totals({ limits: { members: 3 } });
    expect(send('a:1|s a:2|s b:1|s b:2|s a:1|s')).toEqual(['too many set members']);
    expect(flush()).toEqual(['a 2 @10', 'b 1 @10']);
    expect(send('b:1|s b:2|s b:3|s')).toEqual([]);
    expect(flush()).toEqual(['a 0 @20', 'b 3 @20']);
  });

  test('what is refused leaves nothing behind', () => {
    const { send, flush } = totals({ limits: { series: 10 }, rules: 'defaults: { ttl: 5s }' });
    for (let round = 0; round < 5; round++) {
      expect(send(Array.from({ length: 10 }, (_, i) => `a${i}:1|ms|#round:${round}`).join(' '))).toEqual([]);
      flush();
      expect(flush().every((line) => line.includes(' stale '))).toBe(true);
    }
  });

  test('whatever order counts come in, none is lost', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.integer({ min: 0, max: 1_000 }), fc.constant('flush'))), (steps) => {
        const { send, flush } = totals();
        let sum = 0;
        for (const step of steps) {
          if (typeof step === 'number') {
            send(`hits:${step}|c`);
            sum += step;
          } else flush();
        }
        send('hits:0|c');
        expect(flush().at(-1)).toMatch(new RegExp(`^hits ${sum} @`));
      }),
    );
  });
});

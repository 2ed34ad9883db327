import { expect, test } from 'vitest';
import { arrangeSenders, overviewOf, rateOf, USUAL_VIEW } from './arrange-senders.ts';
import type { SenderView } from './arrange-senders.ts';
import type { Arrival } from './ingest-queries.ts';
import { readIngestSearch } from './ingest-search.ts';
import { waysToSend } from './ways.ts';

function sender(change: Partial<Arrival>): Arrival {
  return {
    id: `${change.door ?? 'otlp'} ${change.name ?? ''}${change.address ?? ''}`,
    door: 'otlp',
    name: '',
    address: '10.0.0.1',
    labels: {},
    firstMs: 0,
    lastMs: 0,
    messages: 1,
    accepted: 0,
    refused: 0,
    perSecond: [],
    reasons: [],
    ...change,
  };
}

const SENDERS = [
  sender({ name: 'trainer', accepted: 5, lastMs: 30, perSecond: [1, 1, 1], labels: { team: 'risk' } }),
  sender({ name: 'Gateway', door: 'line protocol', accepted: 9, lastMs: 20, perSecond: [9, 9, 9] }),
  sender({
    name: 'cron',
    door: 'pushgateway',
    lastMs: 10,
    refused: 2,
    reasons: [{ reason: 'timestamps', count: 2, sentence: 'loss has a timestamp.', lastMs: 10 }],
  }),
  sender({ address: '10.0.0.9', lastMs: 40 }),
];

test.each<[Partial<SenderView>, string[]]>([
  [{}, ['10.0.0.9', 'cron', 'Gateway', 'trainer']],
  [{ sort: 'rate' }, ['Gateway', 'trainer', '10.0.0.9', 'cron']],
  [{ sort: 'accepted' }, ['Gateway', 'trainer', '10.0.0.9', 'cron']],
  [{ sort: 'refused' }, ['cron', '10.0.0.9', 'Gateway', 'trainer']],
  [{ sort: 'last' }, ['10.0.0.9', 'trainer', 'Gateway', 'cron']],
  [{ refused: true }, ['cron']],
  [{ door: 'otlp' }, ['10.0.0.9', 'trainer']],
  [{ q: 'TEAM=risk' }, ['trainer']],
  [{ q: 'line gate' }, ['Gateway']],
  [{ q: 'a timestamp' }, ['cron']],
  [{ q: '10.0.0.9' }, ['10.0.0.9']],
  [{ q: 'nobody' }, []],
  [{ door: 'otlp', refused: true }, []],
])('%j shows %j', (view, names) => {
  const shown = arrangeSenders(SENDERS, { ...USUAL_VIEW, ...view });
  expect(shown.map(({ name, address }) => name || address)).toEqual(names);
});

test.each([
  [[], 0],
  [[0, 0], 0],
  [[2, 4], 3],
  [[1_000, ...Array.from({ length: 15 }, () => 3)], 3],
])('the rate of %j is %d a second', (perSecond, rate) => {
  expect(rateOf({ perSecond })).toBe(rate);
});

test('the overview counts who sends, and tells who was refused something in the last minute', () => {
  const { sending, rate, refusing } = overviewOf(SENDERS, 60_000);
  expect([sending, rate, refusing.map(({ name }) => name)]).toEqual([2, 10, ['cron']]);
  expect(overviewOf(SENDERS, 60_010).refusing).toEqual([]);
});

test.each<[Record<string, unknown>, object]>([
  [{}, {}],
  [
    { q: 'a', door: 'otlp', refused: 'true', sort: 'rate' },
    { q: 'a', door: 'otlp', refused: true, sort: 'rate' },
  ],
  [{ q: 7, door: {}, refused: 'no', sort: 'up' }, {}],
])('the address %j means %j', (raw, search) => {
  expect(readIngestSearch(raw)).toEqual(search);
});

test.each([
  [{}, 'Once the server runs with --ingest.statsd 127.0.0.1:8125:', 'nc -u -w1 vitrine.example 8125'],
  [{ statsd: { host: '127.0.0.1', port: 9125 } }, 'The server listens on port 9125 of 127.0.0.1, TCP and UDP:', '127.0.0.1 9125'],
  [{ statsd: { host: '0.0.0.0', port: 9125 } }, 'The server listens on port 9125 of every address', 'vitrine.example 9125'],
])('StatsD is said to be where it is: %j', (listening, text, command) => {
  const way = waysToSend('https://vitrine.example:9470', 'T', listening).find(({ door }) => door === 'statsd');
  expect(way?.text).toContain(text);
  expect(way?.code).toContain(command);
});

test('every way names this server and the token where it needs one', () => {
  const asked = new Set(['tensorboard', 'scrape']);
  const bare = new Set(['graphite', 'statsd']);
  for (const { door, code } of waysToSend('https://vitrine.example:9470', 'T0KEN')) {
    expect(code.includes('vitrine.example')).toBe(!asked.has(door));
    expect(code.includes('https://vitrine.example:9470')).toBe(!asked.has(door) && !bare.has(door));
    expect(code.includes('T0KEN')).toBe(!asked.has(door) && !bare.has(door));
  }
});

import { describe, expect, test } from 'vitest';
import { NO_MAPPINGS, type MappedType, parseMappings } from './mappings.ts';

const RULES = `
defaults: { ttl: 2m, quantiles: [0.5] }
mappings:
  - match: test.dispatcher.*.*.*
    name: dispatcher_events_total
    labels: { processor: $1, action: $2, outcome: $3, job: test_dispatcher }
  - match: "*.signup.*.*"
    name: signup_events_total
    labels: { provider: $2, outcome: $3, job: "\${1}_server" }
  - match: servers\\.(\\w+)\\.gpu(\\d+)\\.(.*)
    match_type: regex
    name: "gpu_$3"
    labels: { host: $1, gpu: $2, none: $9 }
    scale: 0.001
  - match: request.*
    match_metric_type: timer
    name: request_seconds
    labels: { path: $1 }
    observer_type: histogram
    histogram_options: { buckets: [0.1, 1, .inf] }
    ttl: 0
  - match: secret
    match_type: regex
    action: drop
`;

describe('rules for names', () => {
  const mappings = parseMappings('rules.yml', RULES);

  test.each<[string, MappedType | undefined, string, Record<string, string>]>([
    [
      'test.dispatcher.Foo.send.success',
      'counter',
      'dispatcher_events_total',
      { processor: 'Foo', action: 'send', outcome: 'success', job: 'test_dispatcher' },
    ],
    [
      'foo_product.signup.facebook.failure',
      'counter',
      'signup_events_total',
      { provider: 'facebook', outcome: 'failure', job: 'foo_product_server' },
    ],
    ['servers.node1.gpu3.power.draw', undefined, 'gpu_power_draw', { host: 'node1', gpu: '3', none: '' }],
    ['request.home', 'observer', 'request_seconds', { path: 'home' }],
    ['request.home', 'counter', 'request_home', {}],
    ['request.home', undefined, 'request_home', {}],
    ['request.home.more', 'observer', 'request_home_more', {}],
    ['test.web-server.foo.bar', 'gauge', 'test_web_server_foo_bar', {}],
    ['2xx.größe', 'gauge', '_2xx_gr__e', {}],
  ])('%s (%s) is %s', (name, type, metric, labels) => {
    const mapped = mappings.map(name, type);
    expect(mapped).toMatchObject({ action: 'map', name: metric });
    expect(mapped.action === 'map' && Object.fromEntries(mapped.labels)).toEqual(labels);
  });

  test('say how long, how large and in which parts', () => {
    expect(mappings.map('request.home', 'observer')).toMatchObject({
      ttlMs: 0,
      scale: 1,
      observer: { kind: 'histogram', buckets: [0.1, 1], quantiles: [0.5] },
    });
    expect(mappings.map('servers.a.gpu0.b')).toMatchObject({ ttlMs: 120_000, scale: 0.001, observer: { kind: undefined } });
    expect(mappings.map('other')).toMatchObject({ ttlMs: 120_000, observer: { quantiles: [0.5] } });
    expect(mappings.map('a.secret.b')).toEqual({ action: 'drop' });
    expect(NO_MAPPINGS.map('a.b-c')).toMatchObject({ name: 'a_b_c', labels: [], ttlMs: undefined });
  });

  test.each([
    ['mappings: [{ name: a }]', 'rules.yml:1: mappings[0]: match is missing.'],
    ['mappings:\n  - match: a', 'rules.yml:2: mappings[0]: name is missing.'],
    ['mappings: [{ match: a.b*, name: a }]', '"a.b*" is no match: * stands for a whole part between dots'],
    ['mappings: [{ match: "(a", match_type: regex, name: a }]', '"(a" is no regular expression'],
    ['mappings: [{ match: a, name: "a b" }]', '"a b" is no metric’s name'],
    ['mappings: [{ match: a, name: b, labels: { "a-b": c } }]', 'mappings[0].labels.a-b: "a-b" is no label’s name.'],
    ['mappings: [{ match: a, name: b, labels: { __name__: c } }]', '"__name__" is no label’s name.'],
    ['mappings: [{ match: a, name: b, buckets: [2, 1] }]', 'mappings[0].buckets: expected numbers, each greater'],
    ['mappings: [{ match: a, name: b, quantiles: [{ quantile: 2 }] }]', 'expected numbers from 0 to 1.'],
    ['mappings: [{ match: a, name: b, ttl: soon }]', '"soon" is not a duration'],
    ['mappings: [{ match: a, name: b, scale: 0 }]', '"0" is not a number other than 0.'],
    ['mappings: [{ match: a, name: b, colour: red }]', 'mappings[0].colour: there is no such key; the keys are match, '],
    ['mappings: [{ match: a, name: b, match_metric_type: x }]', '"x" is not one of counter, gauge, observer, set, timer.'],
    ['rules: []', 'rules.yml:1: rules: expected defaults or mappings.'],
    ['defaults: { glob_disable_ordering: true }', 'the first rule that matches counts here'],
    ['a: [', 'rules.yml:1: '],
  ])('%s is refused', (text, sentence) => {
    expect(() => parseMappings('rules.yml', text)).toThrow(sentence);
  });
});

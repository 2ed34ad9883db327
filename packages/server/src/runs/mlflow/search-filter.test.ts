import { expect, test } from 'vitest';
import { attributesNamed, inOrder, matches, metricsIn, parseFilter, parseOrder, type Searched } from './search-filter.ts';

const ATTRIBUTES = attributesNamed(['run_name', 'status'], ['start_time'], { 'Run name': 'run_name' });

const METRICS: Readonly<Record<string, number>> = { loss: 0.25, 'val/loss': 0.5, acc: Number.NaN };
const PARAMS: Readonly<Record<string, string>> = { lr: '0.1', 'my param': 'A_b%', quoted: "it's" };
const TAGS: Readonly<Record<string, string>> = { 'mlflow.user': 'ann', team: 'vision' };
const RUN: Searched = {
  metric: (key) => METRICS[key],
  param: (key) => PARAMS[key],
  tag: (key) => TAGS[key],
  attribute: (name) => ({ run_name: 'first try', status: 'FINISHED', start_time: 1_000 })[name],
  dataset: (name) => (name === 'name' ? ['iris', 'wine'] : []),
};

test.each([
  ['', true],
  ['metrics.loss < 0.3', true],
  ['metrics.loss<0.25', false],
  ['metric.loss <= 2.5e-1 and metrics.`val/loss` > 0.3', true],
  ['metrics."val/loss" >= 0.5 AND metrics.val/loss != 1', true],
  ['metrics.none != 1', false],
  ['metrics.acc != 1', true],
  ['metrics.acc > 0', false],
  ["params.lr = '0.1'", true],
  ['parameters.lr = "0.10"', false],
  ["param.`my param` LIKE 'A%b_'", true],
  ["params.`my param` like 'a%'", false],
  ["params.`my param` ILIKE 'a\\_%'", false],
  ["params.`my param` ILIKE 'a%'", true],
  ["params.quoted = 'it''s'", true],
  ["params.none != 'x'", false],
  ['params.none IS NULL', true],
  ['params.lr is not null', true],
  ["tags.mlflow.user = 'ann' and tag.team != 'speech'", true],
  ["attributes.status = 'FINISHED'", true],
  ["status IN ('RUNNING', 'FINISHED')", true],
  ["status NOT IN ('RUNNING')", true],
  ["run_name = 'first try'", true],
  ["attributes.`Run name` LIKE 'first%'", true],
  ['start_time >= 1000 and attribute.start_time < 1001', true],
  ["dataset.name = 'wine'", true],
  ["datasets.name LIKE 'x%'", false],
  ["dataset.digest = 'a'", false],
])('%s is %s', (filter, want) => {
  expect(matches(parseFilter(filter, ATTRIBUTES), RUN)).toBe(want);
});

test.each([
  ['metrics.loss', /ends too early/],
  ['metrics.loss <', /ends too early/],
  ['metrics.loss < "1"', /Expected numeric value type for metric 'loss'/],
  ['metrics.loss < 1 OR metrics.loss > 2', /near "OR"/],
  ['metrics.loss < 1 and', /ends too early/],
  ['params.lr = 0.1', /Expected a quoted string value for param 'lr'/],
  ["params.lr < '0.1'", /Invalid clause/],
  ["params.lr NOT LIKE 'x'", /Invalid clause/],
  ["metrics.loss LIKE 'x'", /is a number/],
  [`params.lr LIKE '${'x'.repeat(1_001)}'`, /param 'lr' has 1001 characters; the limit is 1000/],
  [`params.lr ILIKE '${'x'.repeat(1_001)}'`, /limit is 1000/],
  ["nothing = 'x'", /Invalid attribute key 'nothing'.*Valid keys are run_name, status, start_time/],
  ["foo.bar = 'x'", /Invalid entity type 'foo'/],
  ["dataset.size = 'x'", /Invalid dataset key 'size'/],
  ["status IN ('A'", /Invalid clause/],
  ["status IN 'A'", /Invalid clause/],
  ["status = 'A", /Error on parsing filter/],
  ['= 1', /Invalid clause/],
  ["status = 'A' 'B'", /near "'B'"/],
  ['x'.repeat(20_001), /20001 characters/],
])('refuses %s', (filter, sentence) => {
  expect(() => parseFilter(filter, ATTRIBUTES)).toThrow(sentence);
});

test('a pattern of many wildcards takes no long time', () => {
  const filter = parseFilter(`params.lr LIKE '${'%a'.repeat(499)}b'`, ATTRIBUTES);
  expect(matches(filter, { ...RUN, param: () => 'a'.repeat(20_000) })).toBe(false);
});

test.each([
  ['metrics.m', 'b a d c'],
  ['metrics.m DESC', 'a b d c'],
  ['metrics.`m` asc', 'b a d c'],
  ['attributes.run_name desc', 'd c b a'],
  ['start_time', 'a b c d'],
])('by %s the order is %s', (by, want) => {
  const things = [
    { name: 'a', m: 2 },
    { name: 'b', m: 1 },
    { name: 'c', m: undefined },
    { name: 'd', m: Number.NaN },
  ];
  const order = [parseOrder(by, ATTRIBUTES)];
  const sorted = inOrder(things, order, ({ name, m }) => ({
    ...RUN,
    metric: () => m,
    attribute: (attribute) => (attribute === 'run_name' ? name : 0),
  }));
  expect(sorted.map(({ name }) => name).join(' ')).toBe(want);
});

test.each(['', 'metrics.m down', 'metrics.m ASC DESC', 'dataset.name', 'nothing'])('refuses the order "%s"', (text) => {
  expect(() => parseOrder(text, ATTRIBUTES)).toThrow(/Invalid/);
});

test('tells which metrics are looked at', () => {
  const filter = parseFilter("metrics.a > 1 and metrics.a < 2 and params.b = 'x'", ATTRIBUTES);
  expect(metricsIn(filter, [parseOrder('metrics.c DESC', ATTRIBUTES)])).toEqual(['a', 'c']);
});

import '../pattern-engine.ts';
import type { CurveSummary } from '@vitrine/model/curve-store.ts';
import type { Run } from '@vitrine/model/run.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FilterError } from './filter-error.ts';
import { likeMatcher } from './like.ts';
import { parseRunField, parseRunFilter } from './parse-run-filter.ts';
import { metricsOf } from './run-filter.ts';
import { runMatcher, type RunSubject } from './run-matcher.ts';

const NOW_MS = Date.parse('2026-05-20T12:00:00Z');
const HOUR_MS = 3_600_000;

function summary(metric: string, values: readonly number[]): CurveSummary {
  const point = (value: number) => ({ step: 0, timeMs: 0, value });
  const finite = values.filter(Number.isFinite);
  return {
    run: 'r',
    metric,
    points: values.length,
    nonFinite: values.length - finite.length,
    restarts: 0,
    first: point(values[0]!),
    last: point(values.at(-1)!),
    latest: point(values.at(-1)!),
    min: finite.length === 0 ? undefined : point(Math.min(...finite)),
    max: finite.length === 0 ? undefined : point(Math.max(...finite)),
    minStep: 0,
    maxStep: 0,
    fromMs: 0,
    toMs: 0,
  };
}

const run: Run = {
  id: 'abc123',
  name: 'calm-otter-17',
  projectId: 1,
  project: 'cifar/resnet',
  group: 'seeds',
  tags: { stage: 'dev', 'mlflow.source.name': 'train.py', 'with space': 'yes', empty: '', 'rocket 🚀': 'go' },
  params: { lr: '0.01', optimizer: 'AdamW', batch: '1e3', 'model.name': 'resnet_50%', nothing: 'None' },
  status: 'running',
  startedMs: NOW_MS - 2.5 * HOUR_MS,
  endedMs: undefined,
  heartbeatMs: NOW_MS - 60_000,
  source: 'mlflow',
  notes: 'First try.\nSecond line.',
  parentId: undefined,
  user: 'kim',
  hosts: ['gpu-07', 'gpu-08'],
  labels: {},
  deletedMs: undefined,
  revision: 1,
};
const metrics: Readonly<Record<string, readonly number[]>> = {
  loss: [2, 0.5, 0.7],
  accuracy: [0.1, 0.9, 0.8],
  'val/loss': [0.4],
  'grad.max': [7],
  thing: [1, 2],
  broken: [1, Number.NaN],
};
const subject: RunSubject = {
  run,
  metric: (name) => (Object.hasOwn(metrics, name) ? summary(name, metrics[name]!) : undefined),
  health: ['warning', 'overfit'],
  nowMs: NOW_MS,
};
const matches = (text: string): boolean => runMatcher(parseRunFilter(text, { nowMs: NOW_MS }))(subject);

describe('a filter lets a run through', () => {
  test.each([
    '',
    '  ',
    // Metrics, by part.
    'metrics.loss < 1',
    'metrics.loss = 0.7',
    'metrics.loss.last = 0.7 and metrics.loss.min = 0.5 and metrics.loss.max = 2 and metrics.loss.first >= 2',
    'metrics.loss.best = 0.5',
    'metrics.accuracy.best = .9',
    'metrics.loss.points = 3',
    'metrics.val/loss <= 4e-1',
    'metrics."val/loss".best < 1',
    'metrics.`grad.max` = 7',
    'metric.loss > -1 AND NOT metrics.loss > 1',
    'metrics.broken = nan',
    'metrics.loss < inf',
    'metrics.loss IN (0.7, 3)',
    'metrics.loss is not null',
    'metrics.absent IS NULL',
    'NOT metrics.absent < 1',
    // Parameters and tags.
    'params.lr = 0.010',
    'params.lr = "0.01"',
    'params.lr < 0.1',
    'params.batch >= 1000',
    'params.optimizer = AdamW',
    "parameters.optimizer != 'adam'",
    'params.optimizer ILIKE "adam%"',
    'params.optimizer LIKE "%W"',
    'params.optimizer NOT LIKE "adam%"',
    'params.optimizer CONTAINS dam',
    'params.optimizer =~ "Adam|AdamW"',
    'params.optimizer !~ "Adam"',
    'params.model.name LIKE "resnet\\_50\\%"',
    'params."model.name" IS NOT NULL',
    'params.optimizer IN ("SGD", "AdamW")',
    'params.optimizer NOT IN ("SGD")',
    'params.absent IS NULL',
    'tags.stage="dev"',
    'tags."mlflow.source.name" = "train.py"',
    'tags.`with space` = yes',
    'tags."rocket 🚀" = go',
    'tags.empty IS NOT NULL',
    'tags.stage < "dew"',
    // Attributes, by MLflow's names too.
    'status = running',
    'status = "RUNNING"',
    'attributes.status IN ("FINISHED", "RUNNING")',
    'attributes.run_name = "calm-otter-17"',
    'run.id = abc123',
    'name LIKE "calm-%"',
    'project = "cifar/resnet"',
    'group = seeds',
    'parent IS NULL',
    'user = kim and source = mlflow',
    'notes CONTAINS "second"',
    'host = gpu-07',
    'host != gpu-09',
    'host LIKE "gpu-%"',
    'health = overfit',
    'health = overfitting',
    'health IN (ok, "OverFitting")',
    'health = warning and health != critical and health != ok',
    'duration > 2h and duration < 3h and duration = 2h30m and duration >= 2.5h',
    'started > now-3h',
    'created < -2h',
    'started = 2026-05-20 and started >= 2026-05-20 and started <= 2026-05-20',
    'started > 2026-05-19 and started < "2026-05-20 09:31"',
    'started = "2026-05-20T11:30:00+02:00"',
    `attributes.start_time = ${NOW_MS - 2.5 * HOUR_MS}`,
    'ended IS NULL',
    'heard > -2m',
    // Searching.
    'otter',
    'OTTER adamw',
    '"calm-otter"',
    'seeds or nothing-like-it',
    'rocket',
    'dev kim or 0.01',
    'not sgd',
    // Putting together.
    'metrics.loss<1 and(params.lr=0.01 or params.lr=0.1)and not status=failed',
    'params.lr = 1 or params.lr = 0.01 and status = running',
    '(params.lr = 1 or params.lr = 0.01) && otter',
    '((((otter))))',
  ])('%s', (text) => expect(matches(text)).toBe(true));
});

describe('a filter keeps a run out', () => {
  test.each([
    'metrics.loss > 1',
    'metrics.absent < 1',
    'metrics.grad.max = 7',
    'metrics.absent != 1',
    'metrics.absent NOT IN (1)',
    'metrics.thing.best > 0',
    'metrics.broken < 5',
    'metrics.broken > 5',
    'params.absent != "x"',
    'params.absent NOT LIKE "x"',
    'params.lr = "0.010"',
    'params.nothing < 5',
    'params.nothing > 5',
    'params.optimizer = adamw',
    'params.optimizer =~ "Adam"',
    'params.optimizer LIKE "adam%"',
    'params.model.name LIKE "resnet\\_5_"',
    'tags.stage = "prod"',
    'tags.toString IS NOT NULL',
    'group IS NULL',
    'status != running',
    'health = ok',
    'host NOT LIKE "gpu-%"',
    'duration > 1d',
    'started > 2026-05-20',
    'started < 2026-05-20',
    'ended > 2020-01-01',
    'ended < now',
    'ended != now',
    'sgd',
    'otter sgd',
    '"calm otter"',
    'not otter',
    'params.lr = 0.01 and (status = failed or group = folds)',
  ])('%s', (text) => expect(matches(text)).toBe(false));
});

test.each([
  ['metrics. < 1', 0, 8, /name of the metric is missing/],
  ['loss < 1', 0, 4, /write metrics\.loss, params\.loss or tags\.loss/],
  ['otter and metrics.loss', 22, 22, /expected <, =, IS NOT NULL or another comparison behind "metrics.loss"/],
  ['metrics.loss <', 14, 14, /expected a value behind <, and found the end/],
  ['metrics.loss < abc', 15, 18, /metrics are numbers, and "abc" is none/],
  ['metrics.loss like "a"', 13, 17, /"like" compares text, and "metrics.loss" is a number/],
  ['metrics."loss".mean < 1', 0, 19, /"\.mean" is none of \.last, /],
  ['params."lr".best < 1', 0, 16, /"\.best" means nothing behind a param/],
  ['status = done', 9, 13, /"done" is no status; there are running, scheduled, finished, failed, killed/],
  ['status < running', 7, 8, /has no order/],
  ['host > a', 5, 6, /has no order/],
  ['started > yesterday', 10, 19, /"yesterday" is no time such as 2026-05-01/],
  ['started > 2026-13-41', 10, 20, /is no time/],
  ['duration > 5', 11, 12, /"5" is no duration such as 90s, 2h/],
  ['duration > "2 h"', 11, 16, /no duration/],
  ['(otter', 6, 6, /expected "\)" for the "\(" at character 1/],
  ['otter)', 5, 6, /there is no "\(" for this "\)"/],
  ['otter and', 9, 9, /and found the end/],
  ['and otter', 0, 3, /something is missing beside "and"/],
  ['otter or or', 9, 11, /something is missing beside "or"/],
  ['not', 3, 3, /and found the end/],
  ['= 3', 0, 1, /found "="/],
  ['"lr" = 3', 0, 4, /a quoted text is no field: write params\."lr"/],
  ['params.lr in (1', 15, 15, /expected "," or "\)" in the list/],
  ['params.lr in ()', 14, 15, /expected a value behind IN, and found "\)"/],
  ['params.lr is not', 16, 16, /expected NULL behind IS NOT/],
  ['health = overfitted', 9, 19, /"overfitted" is nothing that a run’s health can be; there are ok, info, .*overfit/],
  ['health < warning', 7, 8, /has no order/],
  ['otter, newt', 5, 6, /"," is not expected here/],
  ['name = "otter', 7, 13, /the quote " is never closed/],
  ['!otter', 0, 1, /write NOT/],
  [`${'('.repeat(51)}a`, 50, 51, /more than 50 deep/],
  [`${'not '.repeat(51)}a`, 200, 203, /more than 50 deep/],
  ['x'.repeat(20_001), 20_000, 20_001, /has 20001 characters, and the limit is 20000/],
])('%s is refused at its place', (text, from, to, sentence) => {
  const error = failure(text);
  expect([error.from, error.to]).toEqual([from, to]);
  expect(error.message).toMatch(sentence);
  expect(error.message).toMatch(/^filter: .* \(at character \d+\)$/s);
});

test.each(['name =~ "("', 'name =~ "a)|(b"', 'name =~ "(a+)+(?=b)"'])('%s is refused as a pattern', (text) => {
  expect(() => matches(text)).toThrow(/no regular expression that can be answered in bounded time/);
});

test.each([
  ['metrics.loss', { kind: 'metric', name: 'loss', part: 'last' }],
  ['metrics.`a b`.best', { kind: 'metric', name: 'a b', part: 'best' }],
  ['params."say \\"hi\\""', { kind: 'param', name: 'say "hi"' }],
  ['start_time', { kind: 'attribute', name: 'started' }],
])('%s is a field', (text, field) => expect(parseRunField(text)).toEqual(field));
test.each(['', 'metrics.', 'a b', '"lr"', 'nonsense'])('"%s" is no field', (text) =>
  expect(() => parseRunField(text)).toThrow(FilterError),
);

test('the metrics that it takes to decide', () => {
  const filter = parseRunFilter('metrics.a.best < 1 and not (metrics.`b c` > 2 or params.metrics = 3) metrics.a = 4', {
    nowMs: 0,
  });
  expect(metricsOf(filter)).toEqual(['a', 'b c']);
});

const PIECES =
  'metrics.loss|metrics."a"|params.lr|tags.`x y`|status|started|duration|health|otter|"quoted"|\'|=|!=|<|>=|=~|like|in|not|is|null|and|or|(|)|,|0.5|running|2h|-7d|🦊'.split(
    '|',
  );

test('whatever is typed is read, or refused at a place within it', () => {
  const typed = fc.oneof(
    fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join(' ')),
    fc.string({ unit: 'binary', maxLength: 60 }),
  );
  fc.assert(
    fc.property(typed, (text) => {
      try {
        matches(text);
      } catch (error) {
        if (!(error instanceof FilterError)) throw error;
        expect(error.from).toBeGreaterThanOrEqual(0);
        expect(error.to).toBeGreaterThanOrEqual(error.from);
        expect(error.to).toBeLessThanOrEqual(text.length);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('NOT lets through what the filter keeps out, and quoting keeps names', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.constantFrom('=', '!='), fc.string(), (name, operator, value) => {
      const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
      const text = `tags.${quoted(name)} ${operator} ${quoted(value)}`;
      const tagged = { ...subject, run: { ...run, tags: Object.fromEntries([[name, value]]) } };
      const test = (filter: string): boolean => runMatcher(parseRunFilter(filter, { nowMs: 0 }))(tagged);
      expect(test(text)).toBe(operator === '=');
      expect(test(`NOT (${text})`)).toBe(operator !== '=');
    }),
  );
});

test('LIKE does as a regular expression would', () => {
  const pattern = fc.array(fc.constantFrom('a', 'b', '%', '_', '\\%', '\\_', '🦊'), { maxLength: 8 }).map((it) => it.join(''));
  const text = fc.array(fc.constantFrom('a', 'b', '%', '_', '🦊'), { maxLength: 10 }).map((it) => it.join(''));
  fc.assert(
    fc.property(pattern, text, (like, value) => {
      const source = like.replaceAll(
        /\\([%_])|[%_]/gu,
        (found, escaped: string | undefined) => escaped ?? (found === '%' ? '.*' : '.'),
      );
      expect(likeMatcher(like)(value)).toBe(new RegExp(`^${source}$`, 'su').test(value));
    }),
    { numRuns: 2_000 },
  );
});

function failure(text: string): FilterError {
  try {
    parseRunFilter(text, { nowMs: NOW_MS });
  } catch (error) {
    if (error instanceof FilterError) return error;
    throw error;
  }
  throw new Error(`"${text}" was read`);
}

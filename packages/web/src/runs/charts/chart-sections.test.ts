import { expect, test } from 'vitest';
import { chartSections, findCharts } from './chart-sections.ts';

test.each<[string, readonly string[], readonly string[]]>([
  ['what is one thing in two splits shares a chart', ['val_loss', 'loss'], ['Train and validation: loss(loss val_loss)']],
  ['whatever the splits are called', ['validation/f1', 'train/f1'], ['Train and validation: f1(train/f1 validation/f1)']],
  [
    'what is only in one stands under its own name',
    ['train/lr', 'train/loss'],
    ['train/: train/loss(train/loss) train/lr(train/lr)'],
  ],
  ['a pair stays in its section', ['a/val_x', 'a/train_x', 'a/b'], ['a/: a/b(a/b) a/x(a/train_x a/val_x)']],
  [
    'a run that says nothing of its split shares the chart of those that do',
    ['val/loss', 'loss', 'train/loss'],
    ['Train and validation: loss(loss train/loss val/loss)'],
  ],
  [
    'whoever writes it with a capital, and behind',
    ['Loss/train', 'train/loss', 'Loss/val', 'val/loss', 'loss'],
    ['Train and validation: loss(loss Loss/train train/loss Loss/val val/loss)'],
  ],
  ['a capital makes no other thing', ['Loss', 'loss'], ['Metrics: loss(loss Loss)']],
  [
    'machines come last',
    ['system/gpu', 'zeta/a', 'lr'],
    ['Metrics: lr(lr)', 'zeta/: zeta/a(zeta/a)', 'system/: system/gpu(system/gpu)'],
  ],
  [
    'losses, then scores, then the rest, numbers as numbers',
    ['layer10', 'layer2', 'accuracy', 'aux_loss'],
    ['Metrics: aux_loss(aux_loss) accuracy(accuracy) layer2(layer2) layer10(layer10)'],
  ],
  ['a metric named twice has one chart', ['a', 'a'], ['Metrics: a(a)']],
  ['nothing', [], []],
])('%s', (_, metrics, want) => {
  const text = chartSections(metrics).map(
    ({ name, charts }) => `${name}: ${charts.map((chart) => `${chart.title}(${chart.metrics.join(' ')})`).join(' ')}`,
  );
  expect(text).toEqual(want);
});

test('charts are found by all of the words, in any of their metrics', () => {
  const sections = chartSections(['loss', 'val_loss', 'system/gpu_0', 'system/gpu_1']);
  expect(findCharts(sections, 'VAL').flatMap(({ charts }) => charts.map(({ title }) => title))).toEqual(['loss']);
  expect(findCharts(sections, 'gpu 1').flatMap(({ charts }) => charts.map(({ title }) => title))).toEqual(['system/gpu_1']);
  expect(findCharts(sections, 'nothing like it')).toEqual([]);
  expect(findCharts(sections, ' ')).toBe(sections);
});

import { Labels } from '@vitrine/model/labels.ts';
import { expect, test } from 'vitest';
import { KnownMetadata } from './known-metadata.ts';

test('keeps what was said last, and of long texts the beginning', () => {
  const known = new KnownMetadata();
  known.learn([{ metric: 'loss', type: 'gauge', help: 'Old.', unit: '' }], Labels.empty);
  known.learn(
    [
      { metric: 'loss', type: 'gauge', help: 'x'.repeat(1_000_000), unit: '' },
      { metric: 'y'.repeat(1_000_000), type: 'gauge', help: '', unit: '' },
    ],
    Labels.empty,
  );
  expect([...known.of(Labels.empty)]).toEqual([{ metric: 'loss', type: 'gauge', help: 'x'.repeat(1_000), unit: '' }]);
});

test('tells those with labels what senders said that have them', () => {
  const known = new KnownMetadata();
  const [red, blue] = [Labels.from({ team: 'red', site: 'rtm' }), Labels.from({ team: 'blue' })];
  for (const labels of [red, blue, Labels.empty])
    known.learn([{ metric: 'loss', type: 'gauge', help: labels.toString(), unit: '' }], labels);
  const told = (labels: Labels): string[] => [...known.of(labels)].map(({ help }) => help);
  expect(told(Labels.from({ team: 'red' }))).toEqual([red.toString()]);
  expect(told(Labels.from({ team: 'green' }))).toEqual([]);
  expect(told(Labels.empty)).toHaveLength(3);
});

test('who names too many metrics takes no place from others', () => {
  const known = new KnownMetadata(10);
  const [red, blue] = [Labels.from({ team: 'red' }), Labels.from({ team: 'blue' })];
  const learn = (labels: Labels, names: readonly string[]): void =>
    known.learn(
      names.map((metric) => ({ metric, type: 'gauge', help: '', unit: '' })),
      labels,
    );
  const names = Array.from({ length: 30 }, (_, i) => `m${i}`);
  const told = (labels: Labels): number => [...known.of(labels)].length;
  learn(red, names);
  expect([told(red), told(Labels.empty)]).toEqual([10, 10]);
  learn(blue, ['m1', 'm2']);
  expect([told(red), told(blue)]).toEqual([8, 2]);
  for (let again = 0; again < 2; again++) {
    learn(blue, names);
    learn(red, names);
    expect([told(red), told(blue), told(Labels.empty)]).toEqual([5, 5, 10]);
  }
});

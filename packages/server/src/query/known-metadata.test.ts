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

import { expect, test } from 'vitest';
import { KnownMetadata } from './known-metadata.ts';

test('keeps what was said last, and of long texts the beginning', () => {
  const known = new KnownMetadata();
  known.learn([{ metric: 'loss', type: 'gauge', help: 'Old.', unit: '' }]);
  known.learn([
    { metric: 'loss', type: 'gauge', help: 'x'.repeat(1_000_000), unit: '' },
    { metric: 'y'.repeat(1_000_000), type: 'gauge', help: '', unit: '' },
  ]);
  expect([...known.all()]).toEqual([{ metric: 'loss', type: 'gauge', help: 'x'.repeat(1_000), unit: '' }]);
});

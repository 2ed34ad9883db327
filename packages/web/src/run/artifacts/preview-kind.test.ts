import { expect, test } from 'vitest';
import { previewOf } from './preview-kind.ts';

test.each([
  ['plots/loss.PNG', 1_000, 'image'],
  ['model/MLmodel', 1_000, 'text'],
  ['model/conda.yaml', 1_000, 'text'],
  ['results.csv', 1_000, 'csv'],
  ['a.b/data.json', 1_000, 'json'],
  ['model.pkl', 1_000, 'none'],
  ['no ending', 1_000, 'none'],
  ['constructor', 1_000, 'none'],
  ['huge.csv', 3_000_000, 'none'],
  ['huge.png', 3_000_000, 'image'],
])('%s of %d bytes: %s', (path, bytes, want) => {
  expect(previewOf({ path, bytes })).toBe(want);
});

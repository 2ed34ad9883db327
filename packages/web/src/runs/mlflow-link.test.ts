import { expect, test } from 'vitest';
import { readMlflowLink } from './mlflow-link.ts';

test.each([
  ['/experiments/1/runs/9f3a', { experiment: 1, run: '9f3a' }],
  ['#/experiments/0/runs/9f3a/artifacts', { experiment: 0, run: '9f3a' }],
  ['/experiments/12', { experiment: 12, run: undefined }],
  ['/experiments/12/models/m-01ab', { experiment: 12, run: undefined }],
  ['', undefined],
  ['/experiments/x', undefined],
  ['section', undefined],
])('%s is %j', (hash, want) => {
  expect(readMlflowLink(hash)).toEqual(want);
});

import { expect, test } from 'vitest';
import { readMlflowLink } from './mlflow-link.ts';

test.each([
  ['/experiments/1/runs/9f3a', { run: '9f3a' }],
  ['#/experiments/0/runs/9f3a/artifacts', { run: '9f3a' }],
  ['/experiments/12', { run: undefined }],
  ['/experiments/12/models/m-01ab', { run: undefined }],
  ['', undefined],
  ['/experiments/x', undefined],
  ['section', undefined],
])('%s is %j', (hash, want) => {
  expect(readMlflowLink(hash)).toEqual(want);
});

import { expect, test } from 'vitest';
import { hostOf, layOutRuns } from './lay-out-runs.ts';

/** "folder → run prefix", in order. */
function laidOut(folders: readonly string[]): readonly string[] {
  return [...layOutRuns(folders)].map(([folder, { run, prefix }]) => `${folder} → ${run}${prefix === '' ? '' : ` ${prefix}`}`);
}

test.each<[string, readonly string[], readonly string[]]>([
  ['a directory is a run', ['a', 'b/c'], ['a → a', 'b/c → b/c']],
  ['the log directory itself may be one', [''], [' → ']],
  ['Keras: train and validation are one', ['m/train', 'm/validation'], ['m/train → m train/', 'm/validation → m validation/']],
  ['the same in the log directory itself', ['train', 'validation'], ['train →  train/', 'validation →  validation/']],
  ['train alone too: validation comes later', ['m/train'], ['m/train → m train/']],
  ['an estimator’s eval belongs to what is around it', ['m', 'm/eval_0'], ['m → m', 'm/eval_0 → m eval_0/']],
  ['not where there are others beside', ['train', 'other'], ['other → other', 'train → train']],
  ['not where others are beside and deeper', ['train', 'x/y/z'], ['train → train', 'x/y/z → x/y/z']],
  ['a run that somebody called test is one', ['test'], ['test → test']],
  ['what add_hparams() wrote is a part', ['r', 'r/1700000000.25'], ['r → r', 'r/1700000000.25 → r']],
  [
    'of several the first; the others are runs of their own',
    ['r', 'r/1700000010.5', 'r/1700000009.75'],
    ['r → r', 'r/1700000009.75 → r', 'r/1700000010.5 → r/1700000010.5'],
  ],
  ['without events around it, it is a run', ['r/1700000000.25'], ['r/1700000000.25 → r/1700000000.25']],
  [
    'hyperparameters beside a Keras training',
    ['m', 'm/train', 'm/1700000000.25'],
    ['m → m', 'm/1700000000.25 → m', 'm/train → m train/'],
  ],
  ['add_scalars() makes runs of its own', ['r', 'r/loss_a', 'r/loss_b'], ['r → r', 'r/loss_a → r/loss_a', 'r/loss_b → r/loss_b']],
])('%s', (_, folders, want) => {
  expect(laidOut(folders)).toEqual(want);
});

test.each([
  ['events.out.tfevents.1716756944.10662c07b18d.1359.0.v2', '10662c07b18d'],
  ['events.out.tfevents.1795357674.vm', 'vm'],
  ['events.out.tfevents.1795406827.gpu-07.cluster.local.25428.3', 'gpu-07.cluster.local'],
  ['events.out.tfevents.1795406827.10.0.0.7.25428.3', '10.0.0.7'],
  ['events.out.tfevents.1795406827.vm.25428.3.my_suffix', 'vm'],
  ['mytfevents', undefined],
  ['events.out.tfevents.1..v2', undefined],
  ['events.out.tfevents.1. ', undefined],
])('%s was written on %s', (file, host) => {
  expect(hostOf(file)).toBe(host);
});

import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { corpusFolder } from '../../testing/corpus-folder.ts';
import { EventFiles, START } from './read-events.ts';

const folder = corpusFolder('tensorboard');

/** By column: the values by step, in order. */
function readCsv(path: string): ReadonlyMap<string, ReadonlyMap<number, readonly number[]>> {
  const [head = '', ...rows] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const columns = new Map<string, Map<number, number[]>>();
  const names = head.split(',');
  const stepAt = names.indexOf('global_step');
  for (const row of rows) {
    const cells = row.split(',');
    const step = Number(cells[stepAt]);
    for (const [i, name] of names.entries()) {
      if (i === stepAt || (cells[i] ?? '') === '') continue;
      const column = columns.get(name) ?? new Map<number, number[]>();
      columns.set(name, column);
      column.set(step, [...(column.get(step) ?? []), Number(cells[i])]);
    }
  }
  return columns;
}

/** By tag: the values by step, in the order in which they were logged. */
function readEvents(file: string): ReadonlyMap<string, ReadonlyMap<number, readonly number[]>> {
  const { curves, curveIndex, steps, values, files, folders } = new EventFiles().read(
    [{ key: file, path: dirname(file), run: 'r', prefix: '', plugins: {}, files: [{ name: basename(file), place: START }] }],
    Infinity,
  );
  expect([files[0]?.problem, folders[0]?.skipped]).toEqual(['', {}]);
  const byTag = new Map<string, Map<number, number[]>>();
  for (const [i, curve] of curveIndex.entries()) {
    const tag = curves[curve]!.metric;
    const bySteps = byTag.get(tag) ?? new Map<number, number[]>();
    byTag.set(tag, bySteps);
    bySteps.set(steps[i]!, [...(bySteps.get(steps[i]!) ?? []), values[i]!]);
  }
  return byTag;
}

test.skipIf(folder === undefined)('every value of the real event files is that of the CSV beside them', () => {
  let compared = 0;
  for (const csv of globSync(join(folder!, 'algoperf/**/*measurements.csv'))) {
    const [file] = globSync(join(dirname(csv), 'events.out.tfevents.*'));
    const events = readEvents(file!);
    for (const [name, column] of readCsv(csv)) {
      for (const [step, wanted] of column) {
        const found = events.get(name)?.get(step) ?? [];
        // What both files have at a step may stand in one of them alone; a value of the CSV is never missing.
        for (const value of wanted) {
          compared++;
          if (!found.includes(Math.fround(value))) expect.fail(`${csv}: ${name} at ${step} is ${value}, found ${found.join()}`);
        }
      }
    }
  }
  expect(compared).toBeGreaterThan(20_000);
});

test.skipIf(folder === undefined)('tensorboardX’s histograms, images, texts, PR curves and hyperparameters are all read', () => {
  const files = globSync(join(folder!, 'digits/digits_lr0.1/**/events.out.tfevents.*'));
  const chunk = new EventFiles().read(
    files.map((file) => ({
      key: file,
      path: dirname(file),
      run: 'r',
      prefix: '',
      plugins: {},
      files: [{ name: basename(file), place: START }],
    })),
    Infinity,
  );
  const kinds = Map.groupBy(chunk.items, ({ kind, tag }) => `${kind} ${tag}`);
  expect([...kinds.keys()].toSorted()).toEqual(['histogram coef', 'image coef0', 'pr_curve pr0', 'text note/text_summary']);
  expect(chunk.folders.map(({ hparams }) => hparams?.params).filter((params) => params !== undefined)).toEqual([
    { nesterov: 'false', opt: 'sgd', lr: '0.1', bs: '32' },
  ]);
  for (const { data } of kinds.get('histogram coef')!) {
    const buckets = new Float64Array(data.slice().buffer);
    for (let i = 0; i < buckets.length; i += 3) expect(buckets[i]! <= buckets[i + 1]!).toBe(true);
  }
});

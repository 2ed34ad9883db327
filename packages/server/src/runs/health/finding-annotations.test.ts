import type { Finding } from '@vitrine/model/run.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { AnnotationDocuments } from '../../documents/annotations.ts';
import { openTestDocuments } from '../../testing/open-test-documents.ts';
import { annotateFindings } from './finding-annotations.ts';

function finding(id: string): Finding {
  return {
    id,
    runId: 'r',
    detector: 'overfit',
    subject: id,
    severity: 'warning',
    sentence: '5 % worse',
    advice: '',
    fromStep: 1,
    toStep: 2,
    fromMs: 1,
    toMs: 2,
    metrics: [],
    numbers: {},
    active: true,
    foundMs: 10,
    state: 'open',
    stateBy: '',
  };
}

test('each finding has one annotation, however often it is told and whatever stood there twice', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-findings-'));
  const { annotations, close } = await openTestDocuments(folder);
  onTestFinished(async () => {
    await close();
    rmSync(folder, { recursive: true, force: true });
  });
  const all = ['a', 'b', 'c'].map(finding);
  const told = async (): Promise<readonly string[]> =>
    (await annotations.find({ tags: ['finding', 'r'], limit: 10 })).map(({ data }) => String(data['finding'])).sort();
  await annotateFindings(annotations, 'r', all, 1);
  const [one] = await annotations.find({ tags: ['finding', 'r'], limit: 1 });
  await annotations.add({ ...one!, createdMs: 1 });
  expect(await told()).toHaveLength(4);
  await annotateFindings(annotations, 'r', all, 2);
  expect(await told()).toEqual(['a', 'b', 'c']);
  expect(await annotations.find({ tags: ['finding', 'r'], limit: 2, offset: 2 })).toHaveLength(1);
});

test('of more annotations than are read at a time none is forgotten', async () => {
  const all = Array.from({ length: 1_500 }, (_, i) => finding(`f${i}`));
  const kept: Parameters<AnnotationDocuments['add']>[0][] = [];
  const annotations: Parameters<typeof annotateFindings>[0] = {
    find: ({ limit, offset = 0 }) =>
      Promise.resolve(kept.map((one, id) => ({ ...one, id, updatedMs: 0 })).slice(offset, offset + limit)),
    add: (one) => Promise.resolve(kept.push(one)),
    change: () => Promise.reject(new Error('nothing has changed')),
    remove: () => Promise.reject(new Error('nothing is gone')),
  };
  await annotateFindings(annotations, 'r', all, 1);
  await annotateFindings(annotations, 'r', all, 2);
  expect(kept).toHaveLength(1_500);
});

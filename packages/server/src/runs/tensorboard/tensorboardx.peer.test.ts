import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openDocumentStore } from '../../documents/open-document-store.ts';
import { MemoryCurves } from '../../testing/memory-curves.ts';
import { trainingPython } from '../../testing/python-venv.ts';
import { openRuns } from '../open-runs.ts';
import { eventThread } from './ask-event-thread.ts';
import { Logdir } from './logdir.ts';

const STEPS = 300;

/** A training script as tensorboardX' documentation has it, with one value of each kind. */
const SCRIPT = `
import sys
import numpy as np
from tensorboardX import SummaryWriter

rng = np.random.default_rng(1)
writer = SummaryWriter(sys.argv[1] + "/run", flush_secs=1)
for step in range(${STEPS}):
    writer.add_scalar("train/loss", 1 / (step + 1), step)
    if step % 50 == 0:
        writer.flush()
writer.add_scalar("back", float("nan"), -5)
writer.add_histogram("weights", rng.normal(size=1000), 7)
writer.add_text("note", "**bold**", 8)
writer.add_image("image", rng.integers(0, 255, (3, 8, 8), dtype=np.uint8), 9)
writer.add_pr_curve("pr", rng.integers(0, 2, 100), rng.random(100), 10)
writer.add_hparams({"lr": 0.1, "opt": "adam"}, {"hparam/acc": 0.5})
writer.close()
`;

test('what tensorboardX writes is followed while it does, and all of it is there', { timeout: 180_000 }, async () => {
  const python = await trainingPython();
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-tensorboardx-'));
  const root = join(folder, 'logs');
  mkdirSync(root);
  writeFileSync(join(folder, 'train.py'), SCRIPT);
  const documents = await openDocumentStore(join(folder, 'data'));
  const curves = new MemoryCurves();
  const runs = await openRuns({ documents: documents.runs, curves, folder: join(folder, 'data/runs'), log: { error: () => {} } });
  const thread = eventThread();
  const logdir = new Logdir({ path: root, project: 'logs' }, { runs, thread, log: { warn: () => {} } });
  onTestFinished(async () => {
    await logdir.stop();
    await thread.stop();
    await runs.close();
    await documents.close();
    rmSync(folder, { recursive: true, force: true });
  });
  logdir.follow();
  await promisify(execFile)(python, [join(folder, 'train.py'), root]);
  await vi.waitUntil(() => logdir.state().points === STEPS + 2 && logdir.state().items === 4, { timeout: 60_000 });

  const [run] = await runs.all();
  expect(run).toMatchObject({ name: 'run', params: { lr: '0.1', opt: 'adam' }, source: 'tensorboard' });
  const id = run!.id;
  const loss = curves.read({ run: id, metric: 'train/loss' });
  expect([...loss.steps]).toEqual(Array.from({ length: STEPS }, (_, step) => step));
  expect([...loss.values]).toEqual(Array.from({ length: STEPS }, (_, step) => Math.fround(1 / (step + 1))));
  expect([...curves.read({ run: id, metric: 'back' }).steps]).toEqual([-5]);
  expect([...curves.read({ run: id, metric: 'hparam/acc' }).values]).toEqual([0.5]);
  const items = await curves.items({ run: id });
  expect(items.map(({ kind, tag, step, mediaType }) => `${kind} ${tag} ${step} ${mediaType}`).toSorted()).toEqual([
    'histogram weights 7 ',
    'image image 9 image/png',
    'pr_curve pr 10 ',
    'text note/text_summary 8 ',
  ]);
});

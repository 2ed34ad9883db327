import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { expect, test } from 'vitest';
import { parse } from 'yaml';

interface TargetGroup {
  readonly targets: string[];
  readonly labels: { readonly __demo_job: string; readonly job: string };
}

test(
  'the demo trains, serves, says where to scrape, trains again under other names, and leaves nothing behind',
  { timeout: 180_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'demo-'));
    const quick = ['--folder', folder, '--minutes', '0.02', '--rest-minutes', '0.01'];
    const main = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...quick], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const [ready] = (await once(main.stdout, 'data')) as [Buffer];
      expect(ready.toString()).toBe('ready\n');
      const { scrape_configs } = parse(await readFile(join(folder, 'scrape.yml'), 'utf8')) as {
        scrape_configs: { job_name: string }[];
      };
      expect(scrape_configs.map(({ job_name }) => job_name)).toEqual(['demo-training', 'demo-inference', 'demo-host']);

      const first = await eventually(() => targetOf(folder, 'training'));
      await eventually(async () => /^training_loss\{run="healthy",split="train"\} \d/m.test(await namedIn(folder, 'training')));
      await eventually(async () => /^inference_requests_total\{.*code="200"\} \d/m.test(await namedIn(folder, 'inference')));
      // The trainings have an end, and their target goes with them.
      await eventually(async () => (await targetOf(folder, 'training')) !== first);
      expect(await metricsOf(await eventually(() => targetOf(folder, 'host')))).toMatch(/^node_load1 /m);

      // Another training has runs of other names, and its model takes the place of the one before.
      await eventually(async () => (await namedIn(folder, 'training')).includes('training_loss{run="healthy-2",split="train"}'));
      await eventually(async () => (await namedIn(folder, 'inference')).includes('version="2"'));
      const inference = await eventually(() => targetOf(folder, 'inference'));

      main.kill('SIGTERM');
      expect(await once(main, 'exit')).toEqual([0, null]);
      await expect(fetch(`http://${inference}/metrics`)).rejects.toThrow();
      expect(JSON.parse(await readFile(join(folder, 'targets.json'), 'utf8'))).toEqual([]);
    } finally {
      main.kill('SIGKILL');
      await rm(folder, { recursive: true });
    }
  },
);

/** The metrics of a job as they are now; nothing while none can be scraped. */
async function namedIn(folder: string, job: string): Promise<string> {
  try {
    const target = await targetOf(folder, job);
    return target === undefined ? '' : await metricsOf(target);
  } catch {
    return '';
  }
}

async function targetOf(folder: string, job: string): Promise<string | undefined> {
  const groups = JSON.parse(await readFile(join(folder, 'targets.json'), 'utf8')) as TargetGroup[];
  return groups.find(({ labels }) => labels.__demo_job === job && labels.job === job)?.targets[0];
}

async function metricsOf(target: string): Promise<string> {
  return (await fetch(`http://${target}/metrics`)).text();
}

/** Asks until the answer is neither undefined nor false; the test's own limit ends it. */
async function eventually<T>(ask: () => Promise<T | undefined | false>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await sleep(100);
  }
}

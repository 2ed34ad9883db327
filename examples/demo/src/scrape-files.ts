import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export const JOBS = ['training', 'inference', 'host'] as const;
export type Job = (typeof JOBS)[number];

/** A process with `/metrics` at 127.0.0.1. */
export interface Target {
  readonly job: Job;
  /** A name that stays when the port changes. */
  readonly instance: string;
  readonly port: number;
}

/**
 * Writes `<folder>/scrape.yml`: Prometheus `scrape_configs` with a job for each kind of process, all finding their targets in
 * `<folder>/targets.json` by file_sd. The jobs' names leave the plain ones to the reader's own configuration, which is
 * scraped beside this one; the label `job` is the plain name.
 */
export async function writeScrapeConfig(folder: string, scrapeInterval: string): Promise<void> {
  const targets = JSON.stringify(join(folder, 'targets.json'));
  const jobs = JOBS.map(
    (job) => `  - job_name: demo-${job}
    scrape_interval: ${scrapeInterval}
    scrape_timeout: ${scrapeInterval}
    file_sd_configs:
      - files: [${targets}]
        refresh_interval: 1s
    relabel_configs:
      - source_labels: [__demo_job]
        regex: ${job}
        action: keep
`,
  );
  await writeWhole(join(folder, 'scrape.yml'), `scrape_configs:\n${jobs.join('')}`);
}

/** Writes `<folder>/targets.json` in file_sd's form. */
export async function writeTargets(folder: string, targets: readonly Target[]): Promise<void> {
  const groups = targets.map(({ job, instance, port }) => ({
    targets: [`127.0.0.1:${port}`],
    labels: { __demo_job: job, job, instance },
  }));
  await writeWhole(join(folder, 'targets.json'), `${JSON.stringify(groups, null, 2)}\n`);
}

/** A reader sees the old file or the new one, never a part. */
async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.part`, text);
  await rename(`${path}.part`, path);
}

import { readdirSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';

/** A file to make a run of, and what the run is called. */
export interface FoundRunFile {
  readonly path: string;
  readonly name: string;
}

/** What Hugging Face, Ray Tune, Lightning and their like call their files; of several in one folder, the first that is there tells it all. */
const NAMES = ['trainer_state.json', 'result.json', 'progress.csv', 'metrics.csv', 'metrics.jsonl'];
const LOGS = /\.(log|txt)$/;
const CHECKPOINT = /^checkpoint-(\d+)$/;
const DEEPEST = 20;

/**
 * Files below a folder that trainings left behind, by their usual names; with `logs` all text logs (*.log, *.txt) instead. A run is called like
 * the folder that its file lies in. Of Hugging Face's checkpoints the last is taken: it has what those before it have.
 */
export function findRunFiles(folder: string, { logs }: { readonly logs: boolean }): readonly FoundRunFile[] {
  const found: FoundRunFile[] = [];
  const look = (at: string, depth: number): void => {
    const entries = readdirSync(at, { withFileTypes: true });
    const files = new Set(entries.filter((entry) => entry.isFile()).map(({ name }) => name));
    if (logs) {
      for (const name of [...files].filter((each) => LOGS.test(each)).toSorted()) {
        const path = join(at, name);
        found.push({ path, name: relative(folder, path).split(sep).join('/') });
      }
    } else {
      const name = NAMES.find((each) => files.has(each)) ?? lastCheckpoint(at, entries);
      if (name !== undefined)
        found.push({ path: join(at, name), name: relative(folder, at).split(sep).join('/') || basename(folder) });
    }
    if (depth === DEEPEST) return;
    for (const { name } of entries.filter((entry) => entry.isDirectory()).toSorted((a, b) => (a.name < b.name ? -1 : 1)))
      if (!name.startsWith('.') && !CHECKPOINT.test(name)) look(join(at, name), depth + 1);
  };
  look(folder, 0);
  return found;
}

function lastCheckpoint(at: string, entries: readonly { readonly name: string; isDirectory(): boolean }[]): string | undefined {
  const steps = entries.flatMap((entry) =>
    entry.isDirectory() ? (CHECKPOINT.exec(entry.name)?.slice(1).map(Number) ?? []) : [],
  );
  for (const step of steps.toSorted((a, b) => b - a)) {
    const name = `checkpoint-${step}`;
    if (readdirSync(join(at, name)).includes('trainer_state.json')) return join(name, 'trainer_state.json');
  }
  return undefined;
}

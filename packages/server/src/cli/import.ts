import type { CommandLine } from '../config/command-line.ts';
import { importRunFiles } from './import-runs.ts';
import { importTensorboard } from './import-tensorboard.ts';
import { complain } from './print.ts';

/** What can be imported, by the word after `import`. */
const KINDS: ReadonlyMap<string, (line: CommandLine) => Promise<number>> = new Map([
  ['tensorboard', importTensorboard],
  ['runs', importRunFiles],
]);

/** `vitrine import KIND …`: brings what other tools logged into the data folder, or to the server that runs on it. */
export async function importRuns(line: CommandLine): Promise<number> {
  const work = KINDS.get(line.words[0] ?? '');
  if (work !== undefined) return work(line);
  complain(`vitrine import: expected ${[...KINDS.keys()].join(' or ')} after it, and then what to import.`);
  return 1;
}

import type { CommandLine } from '../config/command-line.ts';
import { importRunFiles } from './import-runs.ts';
import { importMetricFiles } from './import-metrics.ts';
import { importTensorboard } from './import-tensorboard.ts';
import { IMPORT_KINDS } from '../transfer/import-metrics.ts';
import { complain } from './print.ts';

/** What can be imported, by the word after `import`. */
const KINDS: ReadonlyMap<string, (line: CommandLine) => Promise<number>> = new Map<
  string,
  (line: CommandLine) => Promise<number>
>([
  ['tensorboard', importTensorboard],
  ['runs', importRunFiles],
  ...IMPORT_KINDS.map((kind) => [kind, importMetricFiles] as const),
]);

/** `vitrine import KIND …`: brings what other tools logged into the data folder, or to the server that runs on it. */
export async function importRuns(line: CommandLine): Promise<number> {
  const work = KINDS.get(line.words[0] ?? '');
  if (work !== undefined) return work(line);
  complain(`vitrine import: expected ${[...KINDS.keys()].join(', ')} after it, and then what to import.`);
  return 1;
}

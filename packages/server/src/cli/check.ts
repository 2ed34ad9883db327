import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { CommandLine } from '../config/command-line.ts';
import { ConfigError } from '../config/read-config.ts';
import { checkText } from '../config/check-text.ts';
import { checkDashboards } from './check-dashboards.ts';
import { complain, print } from './print.ts';

/** `vitrine check FILE…`: a line a file. The exit code is 1 where one is not right. */
export async function check(line: CommandLine): Promise<number> {
  const [kind, ...files] = line.words;
  if (kind === 'dashboard') return checkDashboards(files);
  if (kind === 'metrics') return (await import('./check-metrics.ts')).checkMetrics(files);
  if (kind === 'data') return (await import('./check-data.ts')).checkDataCommand(line);
  if (line.words.length === 0) {
    complain(
      'vitrine check: expected files to check: vitrine.yaml, a prometheus.yml, dashboards (.json) or exposition text (.prom, .om).',
    );
    return 1;
  }
  let failed = 0;
  for (const path of line.words) {
    try {
      const notices = checkText(path, extname(path), readFileSync(path));
      for (const notice of notices) print(notice);
      print(`${path}: ok`);
    } catch (error) {
      failed++;
      complain(sentenceFor(path, error as Error));
    }
  }
  return failed === 0 ? 0 : 1;
}

function sentenceFor(path: string, error: Error): string {
  if (error instanceof ConfigError) return error.message;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return `${path}: there is no such file.`;
  if (code !== undefined) return `${path}: cannot be read (${code}).`;
  throw error;
}

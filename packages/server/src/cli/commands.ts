import type { CommandLine } from '../config/command-line.ts';
import { KEY_NAMES, KEYS } from '../config/keys.ts';

export interface Command {
  readonly form: string;
  readonly help: string;
  /** How many words it takes that are not flags. */
  readonly mostWords: number;
  /** The exit code, where it is not 0. */
  run(line: CommandLine): Promise<number | void>;
}

/** Each command's code is loaded when it is asked for: --help need not wait for the store. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  [
    'serve',
    {
      form: 'serve [--data DIR] [--listen HOST:PORT] [--config FILE]',
      help: 'Serve the page and the API. This is what happens without a command.',
      mostWords: 0,
      run: async (line) => (await import('./serve.ts')).serve(line),
    },
  ],
  [
    'demo',
    {
      form: 'demo [--minutes N] [--logs-to FILE|URL] [--data DIR] [--listen HOST:PORT]',
      help: 'Serve, and beside it train a real model and serve it, for as long as the demo runs.',
      mostWords: 0,
      run: async (line) => (await import('./demo.ts')).demo(line),
    },
  ],
  [
    'import',
    {
      form: 'import tensorboard DIR | runs FILE… [--project NAME] [--name NAME] [--group GROUP] [--format FORMAT] [--pattern RE2] | openmetrics|prometheus-tsdb-dump|csv|jsonl|parquet FILE… [--mapping FILE] [--nan number|end], each [--data DIR | --url URL --token TOKEN]',
      help: 'Make runs of TensorBoard’s event files below a directory, or of trainer_state.json, CSV, JSON lines and text logs; what was read before is not doubled. Or take in metric samples of any age.',
      mostWords: Infinity,
      run: async (line) => (await import('./import.ts')).importRuns(line),
    },
  ],
  [
    'export',
    {
      form: 'export runs [RUN…] [--project NAME] [--what points|runs] [--format csv|json|jsonl|parquet] [--metrics A,B] [--to FILE] | metrics [SELECTOR…] [--from TIME] [--until TIME] [--format openmetrics|dump|csv|jsonl|parquet] [--to FILE]',
      help: 'Write all points of runs’ curves, exact, or the table of runs; of all runs where none are named. Or write metric samples, all where no selector is given.',
      mostWords: Infinity,
      run: async (line) => (await import('./export.ts')).exportCommand(line),
    },
  ],
  [
    'check',
    {
      form: 'check FILE… | check metrics FILE|URL… | check dashboard FILE… | check data [DIR…]',
      help: 'Check vitrine.yaml, a prometheus.yml, dashboards (.json) and exposition text (.prom, .om); or whether an exposition keeps every rule of OpenMetrics; or tell what an import makes of Grafana dashboards; or read a data folder or a backup whole, and name what is damaged.',
      mostWords: Infinity,
      run: async (line) => (await import('./check.ts')).check(line),
    },
  ],
  [
    'backup',
    {
      form: 'backup DIR [--data DIR]',
      help: 'Copy the data folder to a new one, also while a server runs on it.',
      mostWords: 1,
      run: async (line) => (await import('./backup.ts')).backup(line),
    },
  ],
  [
    'restore',
    {
      form: 'restore DIR [--data DIR]',
      help: 'Make a data folder of a backup; every file is compared with its checksum.',
      mostWords: 1,
      run: async (line) => (await import('./backup.ts')).restore(line),
    },
  ],
  [
    'token',
    {
      form: 'token create [--name NAME] [--scope ingest,read,admin] [--labels team=vision] [--expires 90d] | list | revoke ID_OR_NAME | link',
      help: 'Make, list and revoke tokens for ingest and API; make a new sign-in link.',
      mostWords: 2,
      run: async (line) => (await import('./token.ts')).token(line),
    },
  ],
  [
    'plugin',
    {
      form: 'plugin add FOLDER_OR_TGZ | update FOLDER_OR_TGZ | list | remove ID | new NAME | hash FOLDER',
      help: 'Install, update, list and remove plugins; make a new one, and write the hashes of its files.',
      mostWords: 2,
      run: async (line) => (await import('./plugin.ts')).plugin(line),
    },
  ],
]);

/** What `--help` prints. */
export function usage(command: string | undefined): string {
  const one = command === undefined ? undefined : COMMANDS.get(command);
  const shown = one === undefined ? [...COMMANDS.values()] : [one];
  const width = Math.max(...KEY_NAMES.map((name) => name.length)) + 2;
  return [
    'Usage:',
    ...shown.map(({ form, help }) => `  vitrine ${form}\n      ${help}`),
    '',
    'Settings, also in vitrine.yaml and as VITRINE_… variables:',
    ...KEY_NAMES.map(
      (name) => `  --${name.padEnd(width)}${KEYS[name].help}${KEYS[name].fallback === '' ? '' : ` [${KEYS[name].fallback}]`}`,
    ),
  ].join('\n');
}

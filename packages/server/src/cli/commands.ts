import type { CommandLine } from '../config/command-line.ts';
import { KEY_NAMES, KEYS } from '../config/keys.ts';

export interface Command {
  readonly form: string;
  readonly help: string;
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
      run: async (line) => (await import('./serve.ts')).serve(line),
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

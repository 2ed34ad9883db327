import { KEY_NAMES, KEYS } from './keys.ts';
import { ConfigError, unknownKey } from './read-config.ts';

export interface CommandLine {
  /** What was asked for: serve, demo, check, token …; undefined where only flags were given. */
  readonly command: string | undefined;
  /** Words after the command that are not flags. */
  readonly words: readonly string[];
  /** Settings by dotted name, as typed. */
  readonly settings: Readonly<Record<string, string>>;
  /** The other flags that a command may take. */
  readonly options: Readonly<Record<string, string>>;
  readonly help: boolean;
  readonly version: boolean;
}

/** Flags that are no settings, each with a value. */
const OPTIONS = [
  'config',
  'scope',
  'name',
  'labels',
  'expires',
  'minutes',
  'logs-to',
  'project',
  'url',
  'token',
  'what',
  'format',
  'group',
  'pattern',
  'metrics',
  'to',
  'from',
  'until',
  'mapping',
  'nan',
];

/** Takes `--key value` and `--key=value`. Throws ConfigError that names the flag. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const words: string[] = [];
  const settings: Record<string, string> = {};
  const options: Record<string, string> = {};
  let help = false;
  let version = false;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === '--help' || arg === '-h') help = true;
    else if (arg === '--version' || arg === '-v') version = true;
    else if (arg.startsWith('--')) {
      const [name, inline] = splitOnce(arg.slice(2), '=');
      const into = KEY_NAMES.some((key) => key === name) ? settings : OPTIONS.includes(name) ? options : undefined;
      if (into === undefined) throw new ConfigError(`--${name}: ${unknownKey(name)}`);
      const boolean = name in KEYS && ['true', 'false'].includes(KEYS[name as keyof typeof KEYS].fallback);
      const next = args[i + 1];
      const takesNext =
        inline === undefined && next !== undefined && !next.startsWith('--') && (!boolean || /^(true|false)$/.test(next));
      const value = inline ?? (takesNext ? next : boolean ? 'true' : undefined);
      if (value === undefined) throw new ConfigError(`--${name}: expected a value after it.`);
      into[name] = value;
      if (takesNext) i++;
    } else words.push(arg);
  }
  return { command: words[0], words: words.slice(1), settings, options, help, version };
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml';
import { KEY_NAMES, KEYS, type Settings } from './keys.ts';
import { nearest } from './nearest.ts';

/** Sections of vitrine.yaml that stand there as in a prometheus.yml, and are handed on as they are. */
const PROMETHEUS_SECTIONS = ['global', 'scrape_configs'] as const;

export interface Config {
  readonly settings: Settings;
  /** The settings as they were written, or their defaults, for showing. */
  readonly texts: Readonly<Record<string, string>>;
  /** The file that was read; undefined where there was none. */
  readonly file: string | undefined;
  /** Whether that file has `global` or `scrape_configs`, so that it is to be read as a prometheus.yml too. */
  readonly hasScrapeSections: boolean;
}

/** A setting that cannot be read. The message is a sentence that begins with where it stands. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export interface ConfigSources {
  /** Flags, by dotted name, as typed. */
  readonly flags: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `--config`; without it vitrine.yaml is read where it is in `folder`. */
  readonly file: string | undefined;
  readonly folder: string;
}

/** A written setting and where it was written. */
interface Written {
  readonly text: string;
  readonly where: string;
  /** What a relative path is relative to. */
  readonly folder: string;
}

/** Brings file, environment and flags together; of a key that stands in several the flag counts, then the environment. */
export function readConfig({ flags, env, file, folder }: ConfigSources): Config {
  const path = file === undefined ? resolve(folder, 'vitrine.yaml') : resolve(folder, file);
  const found = existsSync(path);
  if (file !== undefined && !found) throw new ConfigError(`--config: there is no file ${path}.`);
  const fromFile = found ? readConfigFile(path, readFileSync(path, 'utf8')) : undefined;

  const written = (name: keyof Settings): Written | undefined =>
    pick(flags[name], `--${name}`, folder) ?? pick(env[envName(name)], envName(name), folder) ?? fromFile?.written.get(name);
  return {
    settings: Object.fromEntries(
      KEY_NAMES.map((name) => [name, readSetting(name, written(name), folder)]),
    ) as Partial<Settings> as Settings,
    texts: Object.fromEntries(KEY_NAMES.map((name) => [name, written(name)?.text ?? KEYS[name].fallback])),
    file: found ? path : undefined,
    hasScrapeSections: fromFile?.hasScrapeSections ?? false,
  };
}

function envName(key: string): string {
  return `VITRINE_${key.toUpperCase().replaceAll(/[.-]/g, '_')}`;
}

/** Reads a file on its own, for `vitrine check`: throws ConfigError at the first thing that is wrong. */
export function checkConfigFile(path: string, text: string): void {
  const { written } = readConfigFile(path, text);
  for (const [name, value] of written) readSetting(name as keyof Settings, value, dirname(path));
}

function pick(text: string | undefined, where: string, folder: string): Written | undefined {
  return text === undefined ? undefined : { text, where, folder };
}

function readSetting<Name extends keyof Settings>(
  name: Name,
  written: Written | undefined,
  folder: string,
): Settings[Name] | string {
  const key = KEYS[name];
  const { text, where, folder: base } = written ?? { text: key.fallback, where: name, folder };
  try {
    const value = key.read(text);
    if (key.resolve !== undefined) return key.resolve(value, base);
    return key.path === true && typeof value === 'string' && value !== '' ? resolve(base, value) : value;
  } catch (error) {
    throw new ConfigError(`${where}: ${(error as Error).message}.`, { cause: error });
  }
}

function readConfigFile(path: string, text: string): { written: Map<string, Written>; hasScrapeSections: boolean } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const lineOf = (offset: number): string => `${path}:${lines.linePos(offset).line}`;
  const problem = document.errors[0];
  if (problem !== undefined) throw new ConfigError(`${lineOf(problem.pos[0])}: ${firstLine(problem.message)}.`);

  const written = new Map<string, Written>();
  let hasScrapeSections = false;
  const walk = (node: Node | null, prefix: string): void => {
    if (!isMap(node)) {
      const where = node?.range == null ? path : lineOf(node.range[0]);
      throw new ConfigError(
        `${where}: expected ${prefix === '' ? 'keys' : `keys under ${prefix}`}, such as "listen: 127.0.0.1:9470".`,
      );
    }
    for (const pair of node.items as Pair<Node, Node | null>[]) {
      const name = `${prefix}${String(isScalar(pair.key) ? pair.key.value : '')}`;
      const where = lineOf(pair.key.range?.[0] ?? 0);
      if (PROMETHEUS_SECTIONS.some((section) => section === name)) {
        hasScrapeSections = true;
      } else if (KEY_NAMES.some((key) => key === name)) {
        const value = textOf(pair.value, `${where}: ${name}`);
        if (value !== undefined) written.set(name, { text: value, where: `${where}: ${name}`, folder: dirname(path) });
      } else if (KEY_NAMES.some((key) => key.startsWith(`${name}.`))) {
        if (isScalar(pair.value) && pair.value.value === null) continue;
        walk(pair.value, `${name}.`);
      } else {
        throw new ConfigError(`${where}: ${unknownKey(name)}`);
      }
    }
  };
  // A file whose keys are all commented out holds nothing, and that is how ours begins.
  if (document.contents !== null) walk(document.contents, '');
  return { written, hasScrapeSections };
}

/** "there is no key retention.tiem; did you mean retention.time?" */
export function unknownKey(name: string): string {
  const known = [...KEY_NAMES, ...PROMETHEUS_SECTIONS];
  const sections = KEY_NAMES.flatMap((key) => key.split('.').map((_, i, parts) => parts.slice(0, i + 1).join('.')));
  const meant = nearest(name, [...new Set([...known, ...sections])]);
  return `there is no key ${name}${meant === undefined ? `; the keys are ${known.join(', ')}` : `; did you mean ${meant}?`}${meant === undefined ? '.' : ''}`;
}

function textOf(node: Node | null, where: string): string | undefined {
  if (node === null) return undefined;
  if (isScalar<string | number | bigint | boolean | null>(node))
    return node.value === null ? undefined : (node.source ?? String(node.value));
  if (isSeq(node) && node.items.every((item) => isScalar(item))) return node.items.map((item) => String(item.value)).join(',');
  throw new ConfigError(`${where}: expected one value.`);
}

function firstLine(text: string): string {
  return (text.split('\n')[0] as string).replace(/ at line \d+, column \d+:?$/, '').replace(/[.:]+$/, '');
}

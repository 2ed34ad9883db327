import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { YamlField } from '../scrape/yaml-field.ts';
import { interpolate } from './interpolate.ts';

/** A place in a provisioning file whose texts are filled in from the environment. */
export class ProvisioningField {
  readonly #field: YamlField;
  readonly #env: Env;
  readonly #notices: string[];

  constructor(field: YamlField, env: Env, notices: string[]) {
    this.#field = field;
    this.#env = env;
    this.#notices = notices;
  }

  get where(): string {
    return this.#field.where;
  }

  /** Throws ConfigError: `file:line: key: sentence`. */
  fail(problem: string): never {
    return this.#field.fail(problem);
  }

  /** A member; undefined where it is not there or empty. */
  at(key: string): ProvisioningField | undefined {
    const field = this.#field.entries().get(key);
    return field === undefined || field.empty ? undefined : new ProvisioningField(field, this.#env, this.#notices);
  }

  list(): ProvisioningField[] {
    return this.#field.list().map((field) => new ProvisioningField(field, this.#env, this.#notices));
  }

  text(): string {
    return this.#fill(this.#field.text());
  }

  /** As YAML's true and false, or as a variable says it. */
  boolean(): boolean {
    const text = this.text().toLowerCase();
    if (['true', 'yes', 'on', '1'].includes(text)) return true;
    if (['false', 'no', 'off', '0', ''].includes(text)) return false;
    return this.fail(`"${text}" is neither true nor false`);
  }

  number(): number {
    const value = Number(this.text());
    return Number.isFinite(value) ? value : this.fail(`"${this.text()}" is not a number`);
  }

  /** Keys and values, with the texts inside filled in. */
  object(): Record<string, unknown> {
    const value = this.#fillAll(this.#field.json());
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return this.fail('expected keys and values');
    return value as Record<string, unknown>;
  }

  #fill(text: string): string {
    return interpolate(text, this.#env, (name) =>
      this.#notices.push(`${this.where}: ${this.#field.path}: the variable ${name} is not set; "" stands in its place.`),
    );
  }

  #fillAll(value: unknown): unknown {
    if (typeof value === 'string') return this.#fill(value);
    if (Array.isArray(value)) return value.map((item) => this.#fillAll(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, this.#fillAll(member)]));
  }
}

export type Env = Readonly<Record<string, string | undefined>>;

export interface ProvisioningFile {
  readonly path: string;
  readonly top: ProvisioningField;
}

export interface ProvisioningFiles {
  readonly files: readonly ProvisioningFile[];
  /** Sentences that begin with file and line. */
  readonly problems: string[];
  readonly notices: string[];
}

/** The YAML files of a folder, in the order of name. One that is no YAML is a problem, and the others are read. */
export function readProvisioningFiles(folder: string, env: Env): ProvisioningFiles {
  const problems: string[] = [];
  const notices: string[] = [];
  const files: ProvisioningFile[] = [];
  for (const path of yamlFilesIn(folder, problems)) {
    try {
      const field = YamlField.parse(path, readFileSync(path, 'utf8'));
      files.push({ path, top: new ProvisioningField(field, env, notices) });
    } catch (error) {
      problems.push(sentenceOf(error, path));
    }
  }
  return { files, problems, notices };
}

function yamlFilesIn(folder: string, problems: string[]): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /\.ya?ml$/.test(name))
      .toSorted()
      .map((name) => join(folder, name));
  } catch (error) {
    // Whoever provisions dashboards only has no folder of data sources.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') problems.push(sentenceOf(error, folder));
    return [];
  }
}

/** What went wrong, beginning with where. */
export function sentenceOf(error: unknown, where: string): string {
  const { message } = error as Error;
  if (message.startsWith(where)) return message;
  // The engine says where JSON ends to make sense, in brackets.
  const line = /\(line (\d+)/.exec(message)?.[1];
  return `${where}${line === undefined ? '' : `:${line}`}: ${message}`;
}

import { BadRequest } from '@vitrine/model/bad-request.ts';

/** The file in a plugin's folder that says what the plugin is. */
export const MANIFEST_FILE = 'vitrine-plugin.json';

/** What one plugin may take. */
export const PLUGIN_LIMITS = { bytes: 50 * 1024 * 1024, files: 2_000, manifestBytes: 1024 * 1024 };

/** A kind of data source, as whoever sets one up is told of it. */
export interface ManifestSource {
  readonly kind: string;
  /** Other ids under which files name this kind. */
  readonly aliases: readonly string[];
  readonly title: string;
  readonly description: string;
}

/** What a plugin says of itself. */
export interface Manifest {
  readonly id: string;
  /** As semver.org has it, without what stands behind a "+". */
  readonly version: string;
  readonly title: string;
  readonly description: string;
  readonly author: string;
  readonly licence: string;
  /** The version of the contract that it was written for. */
  readonly contract: number;
  /** Kinds of panels. */
  readonly panels: readonly string[];
  readonly sources: readonly ManifestSource[];
  /** Path of the module of its data sources below the plugin's folder; undefined where it has none. */
  readonly server: string | undefined;
  /** Path of the page's module. */
  readonly web: string | undefined;
  /** SHA-256 in hex of every other file of the folder, by its path with "/" between. */
  readonly files: ReadonlyMap<string, string>;
}

const MEMBERS = [
  'id',
  'version',
  'title',
  'description',
  'author',
  'licence',
  'contract',
  'panels',
  'sources',
  'server',
  'web',
  'files',
] as const;
const SOURCE_MEMBERS = ['kind', 'aliases', 'title', 'description'];
/** Of panels and data sources: what Grafana's ids look like. */
const KIND = /^[a-z][a-z0-9]*([-_.][a-z0-9]+)*$/;
const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MAX_NAME = 64;
const MAX_KINDS = 100;

/** Whether a text can be the id of a plugin, and so the name of a folder on any system. */
export function isPluginId(text: string): boolean {
  return ID.test(text) && text.length <= MAX_NAME;
}

/** Reads a manifest's text. Throws BadRequest that names what is wrong. */
export function parseManifest(text: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new BadRequest(MANIFEST_FILE, `is not JSON (${(error as Error).message.slice(0, 200)})`, { cause: error });
  }
  const read = membersOf(MANIFEST_FILE, json, MEMBERS);
  const id = textOf('id', read('id'), MAX_NAME);
  if (!isPluginId(id))
    throw new BadRequest('id', `"${id}" is not small letters and digits with "-" between, such as air-quality`);
  const version = textOf('version', read('version'), MAX_NAME);
  parseVersion('version', version);
  const contract = read('contract');
  if (typeof contract !== 'number' || !Number.isInteger(contract) || contract < 1)
    throw new BadRequest('contract', 'is not the number of a version of the contract, such as 1');
  const sources = listOf('sources', read('sources')).map(parseSource);
  const panels = listOf('panels', read('panels')).map((kind, index) => kindOf(`panels[${index}]`, kind));
  if (sources.length + panels.length === 0)
    throw new BadRequest('panels', 'is empty, and so is sources: a plugin brings one of them');
  const files = parseFiles(read('files'));
  const manifest: Manifest = {
    id,
    version,
    title: textOf('title', read('title'), 100),
    description: textOf('description', read('description'), 1_000),
    author: textOf('author', read('author'), 200),
    licence: textOf('licence', read('licence'), 100),
    contract,
    panels,
    sources,
    server: moduleOf('server', read('server'), files),
    web: moduleOf('web', read('web'), files),
    files,
  };
  if (sources.length > 0 && manifest.server === undefined) throw new BadRequest('server', 'is missing, and data sources need it');
  if (manifest.web === undefined)
    throw new BadRequest('web', 'is missing: panels, and settings and editors of data sources, need it');
  refuseTwice('panels', panels);
  refuseTwice(
    'sources',
    sources.flatMap(({ kind, aliases }) => [kind, ...aliases]),
  );
  return manifest;
}

function parseSource(input: unknown, index: number): ManifestSource {
  const at = `sources[${index}]`;
  const read = membersOf(at, input, SOURCE_MEMBERS);
  return {
    kind: kindOf(`${at}.kind`, read('kind')),
    aliases: listOf(`${at}.aliases`, read('aliases')).map((alias, each) => kindOf(`${at}.aliases[${each}]`, alias)),
    title: textOf(`${at}.title`, read('title'), 100),
    description: textOf(`${at}.description`, read('description'), 1_000),
  };
}

function parseFiles(input: unknown): ReadonlyMap<string, string> {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new BadRequest('files', 'is not an object of paths and their SHA-256; "vitrine plugin hash FOLDER" writes it');
  const files = new Map<string, string>();
  for (const [path, hash] of Object.entries(input)) {
    const refused = refusedPath(path);
    if (refused !== undefined) throw new BadRequest('files', refused);
    if (path === MANIFEST_FILE) throw new BadRequest('files', `names ${MANIFEST_FILE}, which cannot hold its own hash`);
    if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash))
      throw new BadRequest('files', `"${path}" has no SHA-256 in small hex digits; "vitrine plugin hash FOLDER" writes it`);
    files.set(path, hash);
  }
  const clash = caseClash([...files.keys(), MANIFEST_FILE]);
  if (clash !== undefined) throw new BadRequest('files', clash);
  if (files.size >= PLUGIN_LIMITS.files)
    throw new BadRequest('files', `names ${files.size} files, and a plugin may have ${PLUGIN_LIMITS.files}`);
  return files;
}

/** Why a path cannot be one of a plugin's files, on whatever system, as a sentence without its end; undefined where it can. */
export function refusedPath(path: string): string | undefined {
  const shown = JSON.stringify(path.slice(0, 200));
  if (path.length > 200) return `${shown}… is longer than 200 letters`;
  if (path.startsWith('/')) return `${shown} begins at the root, and files stand below the plugin’s folder`;
  const parts = path.split('/');
  if (parts.includes('..')) return `${shown} leads out of the plugin’s folder`;
  if (!parts.every((part) => /^[A-Za-z0-9_@+][A-Za-z0-9_@+.-]*$/.test(part) && !part.endsWith('.')))
    return `${shown} is not letters, digits and "_-+@." in folders with "/" between, none of which begins or ends with "."`;
  if (parts.some((part) => /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(part)))
    return `${shown} has a name that Windows keeps for itself`;
  return undefined;
}

/** Two paths that are one where letters' case means nothing, or of which one is a folder of the other, as a sentence. */
export function caseClash(paths: readonly string[]): string | undefined {
  const known = new Map<string, string>();
  for (const path of paths) {
    const other = known.get(path.toLowerCase());
    if (other !== undefined) return `"${other}" and "${path}" are one file where letters’ case means nothing`;
    known.set(path.toLowerCase(), path);
  }
  for (const path of paths) {
    const parts = path.toLowerCase().split('/');
    for (let depth = 1; depth < parts.length; depth++) {
      const file = known.get(parts.slice(0, depth).join('/'));
      if (file !== undefined) return `"${file}" is a file and the folder of "${path}"`;
    }
  }
  return undefined;
}

function moduleOf(field: string, value: unknown, files: ReadonlyMap<string, string>): string | undefined {
  if (value === undefined) return undefined;
  const path = textOf(field, value, 200);
  if (!/\.m?js$/.test(path)) throw new BadRequest(field, `"${path}" is no .js or .mjs file`);
  if (!files.has(path)) throw new BadRequest(field, `"${path}" is not among files`);
  return path;
}

function membersOf(field: string, input: unknown, known: readonly string[]): (name: string) => unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw new BadRequest(field, 'is not an object');
  const members = new Map<string, unknown>(Object.entries(input));
  for (const name of members.keys()) {
    if (!known.includes(name))
      throw new BadRequest(field, `has "${name.slice(0, 100)}", which is not known; known are ${known.join(', ')}`);
  }
  return (name) => members.get(name);
}

function listOf(field: string, input: unknown): readonly unknown[] {
  if (input === undefined) return [];
  if (!Array.isArray(input)) throw new BadRequest(field, 'is not a list');
  if (input.length > MAX_KINDS) throw new BadRequest(field, `has ${input.length} entries, and ${MAX_KINDS} are the most`);
  return input as unknown[];
}

function kindOf(field: string, input: unknown): string {
  const kind = textOf(field, input, MAX_NAME);
  if (!KIND.test(kind))
    throw new BadRequest(field, `"${kind}" is not small letters and digits with "-" between, such as csv-url`);
  return kind;
}

function textOf(field: string, input: unknown, most: number): string {
  if (typeof input !== 'string' || input.trim() === '') throw new BadRequest(field, 'is missing, or is no text');
  if (input.length > most) throw new BadRequest(field, `is longer than ${most} letters`);
  // It is printed to terminals.
  if (/[\p{Cc}\p{Bidi_Control}]/u.test(input)) throw new BadRequest(field, 'has control characters');
  return input;
}

function refuseTwice(field: string, kinds: readonly string[]): void {
  const twice = kinds.find((kind, index) => kinds.indexOf(kind) !== index);
  if (twice !== undefined) throw new BadRequest(field, `names "${twice}" twice`);
}

interface Version {
  readonly numbers: readonly number[];
  /** Behind the "-": none for a release. */
  readonly before: readonly string[];
}

/** Reads 1.2.3 or 1.2.3-beta.1. Throws BadRequest. */
function parseVersion(field: string, text: string): Version {
  const [, numbers, before] =
    /^((?:0|[1-9]\d{0,8})(?:\.(?:0|[1-9]\d{0,8})){2})(?:-([0-9a-z]+(?:[.-][0-9a-z]+)*))?$/.exec(text) ?? [];
  if (numbers === undefined) throw new BadRequest(field, `"${text}" is not a version such as 1.2.3 or 1.3.0-beta.1`);
  return { numbers: numbers.split('.').map(Number), before: before?.split('.') ?? [] };
}

/** As semver.org orders versions: below 0 where `a` comes before `b`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parseVersion('version', a), parseVersion('version', b)];
  for (const [index, number] of left.numbers.entries()) {
    const order = number - (right.numbers[index] ?? 0);
    if (order !== 0) return order;
  }
  // A release comes behind what led to it.
  if (left.before.length === 0 || right.before.length === 0) return right.before.length - left.before.length;
  for (const [index, part] of left.before.entries()) {
    const other = right.before[index];
    if (other === undefined) return 1;
    const order = compareParts(part, other);
    if (order !== 0) return order;
  }
  return left.before.length - right.before.length;
}

function compareParts(a: string, b: string): number {
  const [isNumber, isOtherNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumber && isOtherNumber) return Number(a) - Number(b);
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTRACT_VERSION } from '@vitrine/plugins/contract.ts';
import { expect, test } from 'vitest';
import { ROOT } from '../self/version.ts';

/** What a plugin from outside is made of: its halves, its manifest, and what both are handed. */
const ROOTS: readonly (readonly [file: string, name: string])[] = [
  ['packages/plugins/src/contract.ts', 'CONTRACT_VERSION'],
  ['packages/plugins/src/contract.ts', 'PluginServer'],
  ['packages/plugins/src/kit.ts', 'MakePluginWeb'],
  ['packages/server/src/plugins/manifest.ts', 'Manifest'],
];

const FROZEN = join(ROOT, `docs/plugins-contract-${CONTRACT_VERSION}.txt`);

test(`version ${CONTRACT_VERSION} of the contract is what it was when it was frozen`, () => {
  // Not a snapshot that a flag rewrites: who changes what plugins see writes the next version's file, and says so in the docs.
  expect(existsSync(FROZEN), `${FROZEN} is missing; it holds:\n${declarations()}`).toBe(true);
  expect(declarations()).toBe(readFileSync(FROZEN, 'utf8'));
});

/** The declarations behind the roots, and those that these name, wherever they stand; without comments, in the order of their names. */
function declarations(): string {
  const found = new Map<string, string>();
  const waiting = [...ROOTS];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [file, name] = next;
    const { declared, imported } = readModule(file);
    const from = imported.get(name);
    if (from !== undefined) {
      waiting.push([from, name]);
      continue;
    }
    const text = declared.get(name);
    if (text === undefined || found.has(name)) continue;
    found.set(name, text);
    for (const word of new Set(text.match(/\b[A-Za-z_]\w*\b/g))) {
      if (declared.has(word) || imported.has(word)) waiting.push([file, word]);
    }
  }
  return `${[...found]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, text]) => text)
    .join('\n\n')}\n`;
}

interface Module {
  /** What stands at the top, by its name. */
  readonly declared: ReadonlyMap<string, string>;
  /** The file of this project that a name comes from. */
  readonly imported: ReadonlyMap<string, string>;
}

const modules = new Map<string, Module>();

function readModule(file: string): Module {
  const known = modules.get(file);
  if (known !== undefined) return known;
  const text = withoutComments(readFileSync(join(ROOT, file), 'utf8'));
  const declared = new Map<string, string>();
  const imported = new Map<string, string>();
  for (const statement of statementsOf(text)) {
    const [, names, from] = /^import (?:type )?\{([^}]*)\} from '([^']+)'/.exec(statement) ?? [];
    if (names !== undefined && from !== undefined) {
      const path = fileOf(from, file);
      for (const name of names.split(',')) if (path !== undefined) imported.set(name.replace(/^\s*type /, '').trim(), path);
      continue;
    }
    const [, name] = /^(?:export )?(?:abstract )?(?:interface|type|class|const|function) (\w+)/.exec(statement) ?? [];
    if (name !== undefined) declared.set(name, statement);
  }
  const module = { declared, imported };
  modules.set(file, module);
  return module;
}

function fileOf(specifier: string, from: string): string | undefined {
  const [, name, path] = /^@vitrine\/([^/]+)\/(.+)$/.exec(specifier) ?? [];
  if (name !== undefined && path !== undefined) return `packages/${name}/src/${path}`;
  return specifier.startsWith('.') ? join(from, '..', specifier) : undefined;
}

/** Statements at the top of a module, which the formatter begins at the start of a line. What a function does is no part of it. */
function statementsOf(text: string): string[] {
  return text
    .split(/\n(?=(?:import|export|interface|type|class|const|function|let|async|abstract)\b)/)
    .map((statement) => statement.trim().replace(/\n\s*\n/g, '\n'))
    .filter((statement) => statement !== '');
}

function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{2,}/g, '\n');
}

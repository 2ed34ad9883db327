import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CONTRACT_VERSION } from '@vitrine/plugins/contract.ts';
import { MANIFEST_FILE } from '../plugins/manifest.ts';
import { sha256 } from '../plugins/plugin-folder.ts';

/** A plugin's files as its author has them, their hashes written; `manifest` changes what it says, `files` adds and replaces. */
export function pluginFiles(
  manifest: Readonly<Record<string, unknown>> = {},
  files: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const id = typeof manifest['id'] === 'string' ? manifest['id'] : 'demo';
  const all = { 'server.js': serverModule(`${id}-source`, ANSWERS), 'web.js': 'export default () => ({});\n', ...files };
  const hashes = Object.fromEntries(Object.entries(all).map(([path, text]) => [path, sha256(Buffer.from(text))]));
  const json = {
    id,
    version: '1.0.0',
    title: 'Demo',
    description: 'A plugin of a test.',
    author: 'A test',
    licence: 'Apache-2.0',
    contract: CONTRACT_VERSION,
    panels: [`${id}-panel`],
    sources: [{ kind: `${id}-source`, title: 'Demo', description: 'A source of a test.' }],
    server: 'server.js',
    web: 'web.js',
    files: hashes,
    ...manifest,
  };
  return { ...all, [MANIFEST_FILE]: `${JSON.stringify(json)}\n` };
}

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** Methods of a connected source that answer as the contract has it: one number, at the query's `value`. */
export const ANSWERS = `
  async query(refId, { value = 1 }, context) { return ${answerOf('value')}; },
  async check() { return { product: 'Demo', version: '1', notes: [] }; },
`;

/** The text of an answer with a frame of one number. */
export function answerOf(value: string): string {
  return `{ frames: [{ refId, shape: 'table', length: 1, fields: [{ name: 'v', type: 'number', values: Float64Array.of(${value}) }] }], notices: [], trace: {} }`;
}

/** The text of a module with one kind of data source, whose methods and settings' reader are given as text. */
export function serverModule(kind: string, methods: string, before = ''): string {
  return `${before}
export default ({ BadRequest, QueryError }) => ({
  datasources: [{
    spec: { kind: '${kind}', parseSettings: (it) => it, parseQuery: (it) => it },
    connect: (settings, { fetch }) => ({ ${methods} }),
  }],
});
`;
}

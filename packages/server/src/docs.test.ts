import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from '@vitrine/promql/parse.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from './config/read-config.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const VITRINE = join(ROOT, 'packages/server/bin/vitrine.mjs');
const folder = mkdtempSync(join(tmpdir(), 'vitrine-docs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The fenced blocks of one language in all pages of docs/, each with the page it stands on. */
function blocks(language: string): [page: string, text: string][] {
  return readdirSync(join(ROOT, 'docs'))
    .filter((page) => page.endsWith('.md'))
    .flatMap((page) => {
      const text = readFileSync(join(ROOT, 'docs', page), 'utf8');
      return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map((match): [string, string] => [
        page,
        match[1] as string,
      ]);
    });
}

describe('the examples of the documentation', () => {
  test.each(blocks('promql'))('%s: a query parses: %s', (_, text) => {
    expect(() => parse(text)).not.toThrow();
  });

  const configurations = blocks('yaml').filter(([, text]) => !text.startsWith('# prometheus.yml of the sender'));
  test.each(configurations)('%s: a configuration is accepted: %s', (_, text) => {
    const file = join(folder, 'vitrine.yaml');
    writeFileSync(file, text);
    expect(() => readConfig({ flags: {}, env: {}, file, folder })).not.toThrow();
    expect(execFileSync(process.execPath, [VITRINE, 'check', file], { encoding: 'utf8' })).toContain('ok');
  });

  describe('against a running server', () => {
    const commands = blocks('sh').flatMap(([page, text]) =>
      text
        .replaceAll('\\\n', ' ')
        .split('\n')
        .filter((line) => line.startsWith('curl '))
        .map((line): [string, string] => [page, line]),
    );
    const server = spawn(process.execPath, [VITRINE, 'serve', '--data', join(folder, 'data'), '--listen', '127.0.0.1:0'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let url = '';
    beforeAll(async () => {
      url = await new Promise((resolve, reject) => {
        let output = '';
        server.stdout.on('data', (chunk: Buffer) => {
          output += chunk.toString();
          const found = /ready at (http\S+)/.exec(output)?.[1];
          if (found !== undefined) resolve(found);
        });
        server.once('exit', () => reject(new Error(`the server ended: ${output}`)));
      });
    });
    afterAll(async () => {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGTERM');
      await ended;
    });

    test.each(commands)('%s: %s', (_, command) => {
      const answer = execFileSync('sh', ['-c', command.replaceAll('http://127.0.0.1:9470', url)], { encoding: 'utf8' });
      expect(JSON.parse(answer)).toMatchObject({ status: 'success' });
    });
  });
});

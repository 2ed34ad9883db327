#!/usr/bin/env node
// The `vitrine` command. Plain JavaScript, so that any Node from 20 on can read it: hands over to the Node that the lock
// file pins where it runs on an older one.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const PINNED_MAJOR = 24;
const here = dirname(fileURLToPath(import.meta.url));
const main = join(here, '../src/main.ts');
const args = process.argv.slice(2);

if (Number.parseInt(process.versions.node, 10) >= PINNED_MAJOR) {
  await import(pathToFileURL(main).href);
} else {
  const pinned = join(here, '../../../node_modules/.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
  if (!existsSync(pinned)) {
    process.stderr.write(
      `Vitrine runs on Node ${PINNED_MAJOR}, and this is ${process.versions.node}. Run "npm install" first, which brings it.\n`,
    );
    process.exit(1);
  }
  const child = spawn(pinned, [main, ...args], { stdio: 'inherit', shell: process.platform === 'win32' });
  // The terminal sends Ctrl-C to both; a supervisor sends SIGTERM to this one only, and it is passed on.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
}

#!/usr/bin/env node
// The door of every npm script. Runs on any Node from 20 on with nothing installed: installs the locked packages where
// they are missing, builds the page where its sources changed, and hands over to the Node that the lock file pins.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installDebianPackages } from './debian.mjs';
import { capture, handOver, run } from './process.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const OLDEST_NODE = 20;
const PINNED_MAJOR = 24;
const WEB_SOURCES = ['web', 'ui', 'plugins', 'model', 'compute', 'promql'].map((name) => `packages/${name}`);
const VITRINE = 'packages/server/bin/vitrine.mjs';

/** What each npm script needs before it can run, and what it runs. */
const COMMANDS = {
  demo: { web: true, script: [VITRINE, 'demo'] },
  start: { web: true, script: [VITRINE, 'serve'] },
  dev: { web: false, script: ['scripts/dev.mjs'] },
  check: { web: false, script: ['scripts/check.mjs'] },
  test: {
    web: true,
    debian: ['chromium', 'curl', 'influxdb', 'openssl', 'postgresql', 'prometheus', 'victoria-metrics'],
    script: ['scripts/test.mjs'],
  },
  'test:peers': {
    web: true,
    debian: ['chromium', 'collectd-core', 'prometheus', 'prometheus-node-exporter', 'prometheus-pushgateway', 'python3-venv'],
    script: ['scripts/test.mjs', '--only', 'peers'],
  },
  'corpus:dashboards': {
    web: process.argv.includes('--browser'),
    debian: process.argv.includes('--browser') ? ['chromium', 'prometheus-node-exporter'] : [],
    script: ['scripts/corpus-dashboards.mjs'],
  },
  e2e: {
    web: true,
    debian: ['chromium'],
    script: ['scripts/test.mjs', '--only', 'e2e'],
  },
  bench: process.argv.includes('--page')
    ? { web: true, debian: ['chromium'], script: ['bench/main.ts'] }
    : { web: false, debian: ['influxdb', 'prometheus', 'victoria-metrics'], script: ['bench/main.ts'] },
};

const [name = '', ...args] = process.argv.slice(2);
const command = COMMANDS[name];
if (command === undefined) stop(`There is no command "${name}". Known are ${Object.keys(COMMANDS).join(', ')}.`);
if (major(process.versions.node) < OLDEST_NODE) {
  stop(`Node ${process.versions.node} is too old: Vitrine needs Node ${OLDEST_NODE} or newer to install itself.`);
}
installPackages();
const node = pinnedNode();
if (command.debian !== undefined) installDebianPackages(command.debian);
if (command.web) buildWeb(node);
process.exitCode = await handOver(node, [...command.script, ...args], ROOT);

/** Installs what the lock file names, unless exactly that is there already. */
function installPackages() {
  const wanted = readLock('package-lock.json');
  const installed = existsSync(join(ROOT, 'node_modules/.package-lock.json')) ? readLock('node_modules/.package-lock.json') : {};
  const missing = Object.keys(wanted).filter(
    (path) =>
      path.includes('node_modules/') && wanted[path].optional !== true && installed[path]?.version !== wanted[path].version,
  );
  if (missing.length === 0) return;
  say(`Installing ${missing.length} packages. This happens once, and takes about a minute.`);
  const npm = process.env.npm_execpath;
  const [program, first] = npm === undefined ? [process.platform === 'win32' ? 'npm.cmd' : 'npm', []] : [process.execPath, [npm]];
  // Not `npm ci`: it refuses a lock file without the other platforms' optional packages, which a registry may not have.
  const code = run(program, [...first, 'install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], ROOT);
  if (code !== 0) stop('The packages could not be installed; npm says why above.');
}

function readLock(path) {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8')).packages;
}

/** The Node of the lock file, or this one where the platform has no such package and this one is new enough. */
function pinnedNode() {
  const { platform, arch } = process;
  const program = platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  const packages = [`node-${platform === 'win32' ? 'win' : platform}-${arch}`, `node-bin-${platform}-${arch}`];
  const pinned = packages.map((name) => join(ROOT, 'node_modules', name, program)).find((path) => existsSync(path));
  if (pinned !== undefined && capture(pinned, ['--version']) !== undefined) return pinned;
  if (major(process.versions.node) >= PINNED_MAJOR) return process.execPath;
  return stop(
    `No Node ${PINNED_MAJOR} comes from npm for ${platform}-${arch}. Install Node ${PINNED_MAJOR} and run this again with it.`,
  );
}

/** Builds the page into packages/web/dist, unless it was built from these very sources. */
function buildWeb(node) {
  const stampFile = join(ROOT, 'packages/web/dist/.built-from');
  const stamp = sourceStamp();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  say('Building the page.');
  const built = capture(node, ['node_modules/vite/bin/vite.js', 'build', 'packages/web', '--logLevel', 'warn'], ROOT);
  if (built === undefined) stop('The page could not be built; Vite says why above.');
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp);
}

/** Changes when a source of the page does: names, sizes and contents' times of all files, and the locked packages. */
function sourceStamp() {
  const hash = createHash('sha256').update(readFileSync(join(ROOT, 'package-lock.json')));
  for (const folder of WEB_SOURCES) {
    const files = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter(
        (entry) =>
          entry.isFile() && !/[/\\](dist|node_modules|gallery)([/\\]|$)|\.test\.tsx?$/.test(join(entry.parentPath, entry.name)),
      )
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
    for (const file of files) {
      const { size, mtimeMs } = statSync(file);
      hash.update(`${file.slice(ROOT.length)} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}

function major(version) {
  return Number.parseInt(version, 10);
}

function say(sentence) {
  process.stderr.write(`${sentence}\n`);
}

function stop(sentence) {
  say(sentence);
  process.exit(1);
}

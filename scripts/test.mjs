// `npm test`: checks, unit and integration tests, then the browser's tests. Ends with one line that counts them all.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findProgram } from './debian.mjs';
import { run } from './process.mjs';

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const REPORTS = '.cache/test';
rmSync(REPORTS, { recursive: true, force: true });
mkdirSync(REPORTS, { recursive: true });

/** @type {{ passed: number, failures: string[], skipped: string[] }} */
const total = { passed: 0, failures: [], skipped: [] };
if (wants('check')) stage('Checks', checks);
if (wants('unit')) stage('Unit and integration tests', unit);
if (wants('e2e')) stage('Browser tests', browser);
if (values.only === 'peers') stage('Tests against peers', peers);

list('Skipped', total.skipped);
list('Failed', total.failures);
process.stdout.write(`\n${total.passed} passed, ${total.failures.length} failed, ${total.skipped.length} skipped\n`);
process.exitCode = total.failures.length === 0 ? 0 : 1;

/** The last lines tell what to look at, whoever has only those. */
function list(title, names) {
  if (names.length > 0) process.stdout.write(`\n${title}:\n${names.map((name) => `  ${name}`).join('\n')}\n`);
}

function wants(name) {
  return values.only === undefined || values.only === name;
}

function stage(title, body) {
  process.stdout.write(`\n${title}\n`);
  body();
}

function checks() {
  count(run(process.execPath, ['scripts/check.mjs']) === 0 ? 'passed' : 'failed', 'npm run check');
}

function peers() {
  process.env.VITRINE_TESTS = 'peers';
  unit();
  browser();
}

function unit() {
  const file = `${REPORTS}/unit.json`;
  const code = run(process.execPath, [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]);
  const report = read(file);
  const known = total.failures.length;
  for (const { name, assertionResults, status, message } of report?.testResults ?? []) {
    const where = name.split('/packages/').pop();
    // A file that fails before its first test has no results of its own.
    if (assertionResults.length === 0 && status === 'failed') count('failed', `${where}: ${firstLine(message)}`);
    for (const test of assertionResults) {
      const why = test.status === 'failed' ? `: ${firstLine(test.failureMessages[0])}` : '';
      count(test.status, `${test.fullName} (${where})${why}`);
    }
  }
  failUnlessCounted('Vitest', code, known);
}

function browser() {
  if (process.env.VITRINE_CHROMIUM === undefined && findProgram('chromium') === undefined) {
    count('skipped', 'all browser tests: Chromium is not installed');
    return;
  }
  const file = `${REPORTS}/e2e.json`;
  // Playwright takes a relative path from its configuration's folder.
  process.env.PLAYWRIGHT_JSON_OUTPUT_NAME = resolve(file);
  const code = run(process.execPath, [
    'node_modules/@playwright/test/cli.js',
    'test',
    '--config',
    'e2e/playwright.config.ts',
    '--reporter=list,json',
  ]);
  const stats = read(file)?.stats;
  total.passed += (stats?.expected ?? 0) + (stats?.flaky ?? 0);
  const known = total.failures.length;
  const specs = allSpecs(read(file)?.suites ?? []);
  for (const { title, tests } of specs.filter(({ tests }) => tests.some(({ status }) => status === 'skipped'))) {
    count('skipped', `${title}: ${tests[0].annotations.map((note) => note.description).join(', ') || 'no reason given'}`);
  }
  for (const { title, file: from, tests } of specs.filter(({ tests }) => tests.some(({ status }) => status === 'unexpected'))) {
    count('failed', `${title} (${from}): ${firstLine(tests[0].results.at(-1)?.error?.message)}`);
  }
  failUnlessCounted('Playwright', code, known);
}

function allSpecs(suites) {
  return suites.flatMap((suite) => [...(suite.specs ?? []), ...allSpecs(suite.suites ?? [])]);
}

function firstLine(message = 'it did not say why') {
  return message.split('\n', 1)[0].slice(0, 300);
}

function count(status, name = '') {
  if (status === 'passed') total.passed++;
  else if (status === 'failed') total.failures.push(name);
  else total.skipped.push(name);
}

/** A runner that fails for a reason of its own must not pass for want of a failed test. */
function failUnlessCounted(runner, code, known) {
  if (code !== 0 && total.failures.length === known) count('failed', `${runner} ended with code ${code} and named no test`);
}

function read(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

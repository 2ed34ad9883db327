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

/** @type {{ passed: number, failed: number, skipped: string[] }} */
const total = { passed: 0, failed: 0, skipped: [] };
if (wants('check')) stage('Checks', checks);
if (wants('unit')) stage('Unit and integration tests', unit);
if (wants('e2e')) stage('Browser tests', browser);
if (values.only === 'peers') stage('Tests against peers', peers);

if (total.skipped.length > 0) {
  process.stdout.write(`\nSkipped:\n${total.skipped.map((name) => `  ${name}`).join('\n')}\n`);
}
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped.length} skipped\n`);
process.exitCode = total.failed === 0 ? 0 : 1;

function wants(name) {
  return values.only === undefined || values.only === name;
}

function stage(title, body) {
  process.stdout.write(`\n${title}\n`);
  body();
}

function checks() {
  count(run(process.execPath, ['scripts/check.mjs']) === 0 ? 'passed' : 'failed');
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
  for (const { name, assertionResults, status } of report?.testResults ?? []) {
    // A file that fails before its first test has no results of its own.
    if (assertionResults.length === 0 && status === 'failed') count('failed');
    for (const test of assertionResults) count(test.status, `${test.fullName} (${name.split('/packages/').pop()})`);
  }
  failUnlessCounted(code);
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
  total.failed += stats?.unexpected ?? 0;
  for (const spec of skippedSpecs(read(file)?.suites ?? [])) count('skipped', spec);
  failUnlessCounted(code);
}

function skippedSpecs(suites) {
  return suites.flatMap((suite) => [
    ...(suite.specs ?? [])
      .filter((spec) => spec.tests.some((test) => test.status === 'skipped'))
      .map(
        (spec) => `${spec.title}: ${spec.tests[0].annotations.map((note) => note.description).join(', ') || 'no reason given'}`,
      ),
    ...skippedSpecs(suite.suites ?? []),
  ]);
}

function count(status, name = '') {
  if (status === 'passed') total.passed++;
  else if (status === 'failed') total.failed++;
  else total.skipped.push(name);
}

/** A runner that fails for a reason of its own must not pass for want of a failed test. */
function failUnlessCounted(code) {
  if (code !== 0 && total.failed === 0) total.failed++;
}

function read(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

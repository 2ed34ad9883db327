// Everything about the code that can be judged without running it: format, lint with the import arrows, the three type
// programs, dead code, and the count of escapes. `npm run check`.
import { spawn } from 'node:child_process';
import { environment } from './process.mjs';
import { ratchet } from './ratchet.mjs';

const bin = (path) => `node_modules/${path}`;
const CHECKS = [
  ['format', [bin('oxfmt/bin/oxfmt'), '--check']],
  ['lint', [bin('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings', '--report-unused-disable-directives']],
  ['types: server', [bin('typescript/bin/tsc'), '-p', 'tsconfig.node.json']],
  ['types: page', [bin('typescript/bin/tsc'), '-p', 'tsconfig.web.json']],
  ['types: browser tests', [bin('typescript/bin/tsc'), '-p', 'tsconfig.e2e.json']],
  ['dead code', [bin('knip/bin/knip.js'), '--no-progress']],
];

let failed = 0;
for (const [name, args] of CHECKS) report(name, ...(await runCheck(args)));
const { ok, sentence } = ratchet();
report('escapes', ok, sentence, 0);
process.exitCode = failed === 0 ? 0 : 1;

function report(name, passed, output, seconds) {
  if (!passed) failed++;
  process.stdout.write(`${passed ? '✓' : '✗'} ${name}${seconds === 0 ? '' : ` (${seconds.toFixed(1)} s)`}\n`);
  if (!passed || name === 'escapes') process.stdout.write(`${output.trimEnd()}\n`);
}

function runCheck(args) {
  const start = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => resolve([code === 0, output, (performance.now() - start) / 1000]));
  });
}

// Escapes from the type checker and the linter: each needs a reason, and their number may only fall.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const LIMITS = 'scripts/ratchet.json';
const ESCAPES = {
  'as any': /\bas any\b/g,
  'as unknown as': /\bas unknown as\b/g,
  '@ts-expect-error': /@ts-expect-error/g,
  '@ts-ignore': /@ts-(ignore|nocheck)/g,
  'lint disabled': /(oxlint|eslint)-disable/g,
};

/** Counts the escapes in all sources and compares them with the limits kept in scripts/ratchet.json. */
export function ratchet() {
  const limits = JSON.parse(readFileSync(LIMITS, 'utf8'));
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx'], {
    encoding: 'utf8',
  });
  const counts = Object.fromEntries(Object.keys(ESCAPES).map((name) => [name, 0]));
  for (const file of files.split('\n').filter(Boolean)) {
    const text = readFileSync(file, 'utf8');
    for (const [name, pattern] of Object.entries(ESCAPES)) counts[name] += text.match(pattern)?.length ?? 0;
  }
  const over = Object.keys(ESCAPES).filter((name) => counts[name] > limits[name]);
  const under = Object.keys(ESCAPES).filter((name) => counts[name] < limits[name]);
  const summary = Object.entries(counts).map(([name, count]) => `  ${name}: ${count} of at most ${limits[name]}`);
  if (over.length > 0) summary.push(`  More escapes than before: ${over.join(', ')}. Find a way without.`);
  if (under.length > 0) summary.push(`  Fewer than before: lower ${under.join(', ')} in ${LIMITS}.`);
  return { ok: over.length === 0, sentence: summary.join('\n') };
}

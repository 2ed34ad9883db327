import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Runs a program that prints the number of each write that was acknowledged, kills it a while after its first line, or after
 * the first that matches, and answers the numbers. For tests.
 */
export async function killedWriter(program: string, args: readonly string[], afterMs: number, first = /\n/): Promise<number[]> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (first.test(output)) resolve();
    });
    child.once('exit', () => reject(new Error(`the writer ended by itself: ${errors}`)));
  });
  // The moment is the test's subject: a different one each time.
  await delay(afterMs);
  child.kill('SIGKILL');
  const [, signal] = (await once(child, 'close')) as [number | null, string];
  if (signal !== 'SIGKILL') throw new Error(`the writer ended by itself: ${errors}`);
  // The last line may be cut by the kill.
  return output.split('\n').slice(0, -1).map(Number);
}

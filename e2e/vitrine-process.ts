import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const VITRINE = fileURLToPath(new URL('../packages/server/bin/vitrine.mjs', import.meta.url));
const LINK = /https?:\/\/[^\s"]+\/sign-in\?token=[^\s"]+/;

/** A real Vitrine in a process of its own, on a free port and in a folder that goes with it. */
export interface VitrineProcess {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** The one-time link as the process printed it. */
  readonly signInLink: string;
  readonly folder: string;
  /** All that it printed so far. */
  output(): string;
  stop(): Promise<number | null>;
}

/** Starts `vitrine COMMAND` and waits for its sign-in link. `prepare` is handed its data folder before it starts. */
export async function startVitrine(
  command: 'serve' | 'demo',
  args: readonly string[] = [],
  prepare: (data: string) => void = () => {},
): Promise<VitrineProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-e2e-'));
  prepare(join(folder, 'data'));
  const child = spawn(process.execPath, [VITRINE, command, '--data', join(folder, 'data'), '--listen', '127.0.0.1:0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const signInLink = await untilPrinted(
    child,
    () => LINK.exec(output)?.[0],
    () => output,
  );
  return {
    url: new URL(signInLink).origin,
    signInLink,
    folder,
    output: () => output,
    async stop() {
      const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const code = child.exitCode ?? (await ended);
      rmSync(folder, { recursive: true, force: true });
      return code;
    },
  };
}

function untilPrinted(child: ChildProcess, find: () => string | undefined, output: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    function look(): void {
      const found = find();
      if (found !== undefined) finish(() => resolve(found));
    }
    function fail(): void {
      finish(() => reject(new Error(`Vitrine printed no link. It printed:\n${output()}`)));
    }
    function finish(settle: () => void): void {
      clearTimeout(timeout);
      child.off('exit', fail);
      child.stdout?.off('data', look);
      child.stderr?.off('data', look);
      settle();
    }
    const timeout = setTimeout(fail, 60_000);
    child.once('exit', fail);
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    look();
  });
}

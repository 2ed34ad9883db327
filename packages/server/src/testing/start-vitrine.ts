import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../self/version.ts';

export interface RunningVitrine {
  readonly url: string;
  /** What a sentence of its start says, such as the port of a listener; throws where none matches. */
  said(pattern: RegExp): string;
  /** Its process id. */
  readonly pid: number;
  /** As `kill` without more does: resolves when it has ended. */
  stop(): Promise<void>;
}

/** Starts a server on a free port, its data in `folder`, as a person at a terminal does. */
export async function startVitrine(folder: string, ...args: readonly string[]): Promise<RunningVitrine> {
  const child = spawn(
    process.execPath,
    [
      join(ROOT, 'packages/server/bin/vitrine.mjs'),
      'serve',
      '--data',
      join(folder, 'data'),
      '--listen',
      '127.0.0.1:0',
      '--log.format',
      'json',
      ...args,
    ],
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const lines: string[] = [];
  const ready = Promise.withResolvers<string>();
  const hear = (line: string): void => {
    if (lines.length < 1_000) lines.push(line);
    const [, url] = /(http:\/\/\S+)\/sign-in\?token=/.exec(line) ?? [];
    if (url !== undefined) ready.resolve(url);
  };
  // Its log goes to the one, and what it says to people to the other: the log of a start comes first.
  for (const input of [child.stderr, child.stdout]) createInterface({ input }).on('line', hear);
  void ended.then(() => ready.reject(new Error(`the server ended: ${lines.join('\n')}`)));
  const url = await ready.promise;
  return {
    url,
    pid: child.pid as number,
    said(pattern) {
      for (const line of lines) {
        const [, found] = pattern.exec(line) ?? [];
        if (found !== undefined) return found;
      }
      throw new Error(`The server said nothing like ${pattern}: ${lines.join('\n')}`);
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** An instant query's values, by name and labels as JSON; the labels in `without` are left out. */
export async function ask(url: string, query: string, without: readonly string[] = []): Promise<Record<string, number>> {
  const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query }).toString()}`);
  const { data } = (await response.json()) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return Object.fromEntries(
    data.result.map(({ metric: { __name__: name = '', ...labels }, value }) => {
      const shown = Object.entries(labels).filter(([label]) => !without.includes(label));
      return [`${name}${shown.length === 0 ? '' : JSON.stringify(Object.fromEntries(shown))}`, Number(value[1])];
    }),
  );
}

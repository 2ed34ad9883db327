import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DEMO = fileURLToPath(new URL('../examples/demo/src/', import.meta.url));
const PIXELS = 784;

/** The demo's model, really trained, and served by its own server. */
export interface InferenceService {
  /** `127.0.0.1:PORT`, as a target of scrapes. */
  readonly target: string;
  /** Sends traffic that follows a day of two minutes until told to stop, as many callers would. Resolves when the last is answered. */
  load(whileAsked: () => Promise<void>): Promise<void>;
  /** A request of each sort that there can be: answered, malformed, and one that the model fails on. */
  oneOfEach(): Promise<void>;
  stop(): Promise<void>;
}

/** Trains in `folder` for some seconds and serves the model; each request is logged to `logsTo`, an index or a file. */
export async function startInferenceService(folder: string, logsTo: string): Promise<InferenceService> {
  const model = join(folder, 'model.json');
  await run('train.ts', ['--folder', folder, '--minutes', '0.1', '--linger-seconds', '0', '--seed', '7']);
  if (!existsSync(model)) throw new Error('The training left no model.');
  const server = spawn(process.execPath, [join(DEMO, 'serve.ts'), '--model', model, '--version', '7', '--logs-to', logsTo], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    server.once('message', (message) => resolve((message as { readonly port: number }).port));
    server.once('exit', (code) => reject(new Error(`The model server ended at its start with ${code}.`)));
  });
  const target = `127.0.0.1:${port}`;
  const url = `http://${target}/v1/models/digits:predict`;
  const post = async (body: string, headers: Record<string, string> = {}): Promise<number> => {
    const answer = await fetch(url, { method: 'POST', body, headers });
    await answer.arrayBuffer();
    return answer.status;
  };
  return {
    target,
    async load(whileAsked) {
      const load = spawn(process.execPath, [join(DEMO, 'load.ts'), '--url', url, '--day-seconds', '120'], {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      try {
        await whileAsked();
      } finally {
        await end(load);
      }
    },
    async oneOfEach() {
      const picture = Array.from({ length: PIXELS }, () => 0.25);
      const codes = [
        await post(JSON.stringify({ instances: [picture] })),
        await post('not JSON'),
        await post(JSON.stringify({ instances: [picture.slice(0, 400)] }), { 'x-demo-any-size': '1' }),
      ];
      if (codes.join(' ') !== '200 400 500') throw new Error(`The model server answered ${codes.join(', ')}.`);
    },
    async stop() {
      server.kill('SIGTERM');
      await ended;
    },
  };
}

function run(script: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [join(DEMO, script), ...args], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${script} ended with ${code}.`))));
  });
}

async function end(child: ChildProcess): Promise<void> {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  if (child.exitCode === null && child.signalCode === null) await ended;
}

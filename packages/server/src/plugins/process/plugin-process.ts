import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Duplex, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../../self/version.ts';
import {
  encodeMessage,
  type FromProcess,
  type Load,
  MessageReader,
  MessageTooLong,
  type Outcome,
  type Question,
  type ReplaceOutcome,
  type ReplaceRequest,
  type ToProcess,
} from './wire.ts';

/** What one process may take. */
export interface ProcessLimits {
  /** Of V8's heap. */
  readonly heapBytes: number;
  /** Of everything, typed arrays among it. Looked at ten times a second while something is asked, else once; known on Linux only. */
  readonly residentBytes: number;
  /** Of one answer. */
  readonly messageBytes: number;
  /** Without a break. */
  readonly busyMs: number;
}

export const PROCESS_LIMITS: ProcessLimits = {
  heapBytes: 256 * 1024 * 1024,
  residentBytes: 768 * 1024 * 1024,
  messageBytes: 256 * 1024 * 1024,
  busyMs: 10_000,
};

export interface ProcessNeeds {
  readonly load: Load;
  readonly limits: ProcessLimits;
  /** What a question's context fills in. */
  readonly replace: (request: ReplaceRequest) => ReplaceOutcome;
  readonly fetch: (
    request: Extract<FromProcess, { type: 'fetch' }>['request'],
    signal: AbortSignal,
  ) => Promise<Extract<ToProcess, { type: 'fetched' }>['outcome']>;
  /** Told a line of what the process writes. */
  readonly said: (line: string) => void;
}

/** A process that ended while something was asked of it. The message says why, as the rest of a sentence that begins with "it". */
export class ProcessEnded extends Error {
  override readonly name = 'ProcessEnded';
  /** Whether other questions were under way too, each of which may be what ended it. */
  readonly withOthers: boolean;

  constructor(why: string, withOthers: boolean) {
    super(why);
    this.withOthers = withOthers;
  }
}

const RUNNER = fileURLToPath(new URL('./runner.ts', import.meta.url));
const WATCH_MS = { busy: 100, idle: 1_000 };
const MOST_FETCHES = 50;
/** What it wrote last is kept for the sentence on its end. */
const MOST_SAID = 4_000;
const MEBIBYTE = 1024 * 1024;

/** The process of one connected data source of a plugin: started by the first question, ended when nobody asks any longer. */
export class PluginProcess {
  readonly #needs: ProcessNeeds;
  readonly #child: ChildProcess;
  readonly #messages: Duplex;
  readonly #asked = new Map<number, (outcome: Outcome | ProcessEnded) => void>();
  readonly #fetches = new Map<number, AbortController>();
  readonly #ended = Promise.withResolvers<void>();
  #watch: NodeJS.Timeout | undefined;
  /** How often it is looked after; 0 where it is not. */
  #watchMs = 0;
  /** When it last was asked whether it is awake, and has not answered; 0 where it has. */
  #wokenMs = 0;
  #lastId = 0;
  /** Whether it has answered or asked for something. */
  #isLoaded = false;
  #said = '';
  /** Why this server ended it. */
  #verdict: string | undefined;
  #isOver = false;

  constructor(needs: ProcessNeeds) {
    this.#needs = needs;
    const { limits, load } = needs;
    this.#child = startRunner(load.folder, limits.heapBytes);
    const { stdout, stderr, stdio } = this.#child;
    const messages = stdio[3] as Duplex;
    const replacements = stdio[4] as Duplex;
    this.#messages = messages;
    this.#read(messages, (message) => this.#take(message as FromProcess));
    this.#read(replacements, (message) => {
      replacements.write(encodeMessage(this.#needs.replace(message as ReplaceRequest)));
    });
    for (const output of [stdout, stderr]) if (output !== null) this.#listen(output);
    this.#child.once('error', (error) => this.#end(`it could not be started (${error.message})`));
    this.#child.once('close', (code, signal) => this.#end(this.#verdict ?? this.#whyEnded(code, signal)));
    this.#send(load);
  }

  /** Whether it has ended, or is being ended. */
  get isOver(): boolean {
    return this.#isOver || this.#verdict !== undefined;
  }

  /** How many questions are under way. */
  get busy(): number {
    return this.#asked.size;
  }

  /** `id` is of this process: `replace` is told it. Throws ProcessEnded, and what the signal gives up with. */
  ask(question: (id: number) => Question, signal: AbortSignal): Promise<Outcome> {
    signal.throwIfAborted();
    if (this.isOver) throw new ProcessEnded('it has ended', true);
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        settle();
        reject(signal.reason as Error);
        const { name } = signal.reason as Error;
        // One that does not come to an end of loading would keep the next question waiting too.
        if (name === 'TimeoutError' && !this.#isLoaded) this.#kill('it answered nothing since it was started');
        else this.#send({ type: 'give-up', id });
      };
      const settle = (): void => {
        this.#asked.delete(id);
        signal.removeEventListener('abort', giveUp);
        this.#watchOver();
      };
      this.#asked.set(id, (outcome) => {
        settle();
        if (outcome instanceof ProcessEnded) reject(outcome);
        else resolve(outcome);
      });
      signal.addEventListener('abort', giveUp, { once: true });
      this.#watchOver();
      this.#send({ type: 'ask', id, question: question(id) });
    });
  }

  /** Resolves when it has ended. What is asked of it fails. */
  stop(): Promise<void> {
    this.#kill('it was stopped');
    return this.#ended.promise;
  }

  #send(message: ToProcess): void {
    // Where it has ended meanwhile, that is told by its end.
    if (this.#messages.writable) this.#messages.write(encodeMessage(message));
  }

  #read(pipe: Duplex, take: (message: unknown) => void): void {
    const reader = new MessageReader(this.#needs.limits.messageBytes);
    pipe.on('data', (chunk: Buffer) => {
      if (this.#verdict !== undefined) return;
      try {
        for (const message of reader.push(chunk)) take(message);
      } catch (error) {
        this.#kill(
          error instanceof MessageTooLong
            ? `it answered more than ${Math.round(this.#needs.limits.messageBytes / MEBIBYTE)} MiB at once`
            : 'it answered what is no message',
        );
      }
    });
    // A pipe breaks where the process ends, which is told by its end.
    pipe.on('error', () => {});
  }

  #take(message: FromProcess): void {
    switch (message.type) {
      case 'answer':
        this.#isLoaded = true;
        this.#asked.get(message.id)?.(message.outcome);
        return;
      case 'awake':
        this.#wokenMs = 0;
        return;
      case 'fetch':
        this.#isLoaded = true;
        void this.#fetch(message.id, message.request);
        return;
      case 'give-up-fetch':
        this.#fetches.get(message.id)?.abort(new DOMException('The plugin gave up.', 'AbortError'));
        return;
      default:
        this.#kill('it answered what is no message');
    }
  }

  async #fetch(id: number, request: Extract<FromProcess, { type: 'fetch' }>['request']): Promise<void> {
    if (this.#fetches.size >= MOST_FETCHES) {
      this.#send({ type: 'fetched', id, outcome: { ok: false, message: `more than ${MOST_FETCHES} requests are under way` } });
      return;
    }
    const stop = new AbortController();
    this.#fetches.set(id, stop);
    try {
      this.#send({ type: 'fetched', id, outcome: await this.#needs.fetch(request, stop.signal) });
    } catch {
      this.#kill('it asked for what is no request');
    } finally {
      this.#fetches.delete(id);
    }
  }

  #listen(output: Readable): void {
    let lines = 0;
    output.setEncoding('utf8');
    output.on('data', (text: string) => {
      this.#said = (this.#said + text).slice(-MOST_SAID);
      for (const line of text.split('\n')) if (line.trim() !== '' && lines++ < 100) this.#needs.said(line.slice(0, 500));
    });
  }

  /** Looks after it: often while something is asked, and seldom where it may do something by itself. */
  #watchOver(): void {
    const everyMs = this.#isOver ? 0 : this.busy > 0 ? WATCH_MS.busy : WATCH_MS.idle;
    if (everyMs === this.#watchMs) return;
    this.#watchMs = everyMs;
    clearInterval(this.#watch);
    if (everyMs > 0) this.#watch = setInterval(() => this.#look(), everyMs).unref();
  }

  #look(): void {
    const { residentBytes, busyMs } = this.#needs.limits;
    const nowMs = performance.now();
    if (residentOf(this.#child.pid) > residentBytes)
      this.#kill(`it used more than ${Math.round(residentBytes / MEBIBYTE)} MiB of memory`);
    else if (this.#wokenMs === 0) {
      this.#wokenMs = nowMs;
      this.#send({ type: 'wake' });
    } else if (nowMs - this.#wokenMs > busyMs) this.#kill(`it was busy for ${busyMs / 1_000} s without a break`);
  }

  #kill(why: string): void {
    this.#verdict ??= why;
    this.#child.kill('SIGKILL');
  }

  #whyEnded(code: number | null, signal: NodeJS.Signals | null): string {
    // V8 aborts where its heap is full; the system kills where its memory is.
    if (signal !== null || (code ?? 0) > 128)
      return `it used more memory than it may (${Math.round(this.#needs.limits.heapBytes / MEBIBYTE)} MiB of heap), or was killed`;
    const error = /^\s*(?:Uncaught )?(\w*Error\b.*)$/m.exec(this.#said)?.[1];
    return `it ended by itself with the exit code ${code ?? 0}${error === undefined ? '' : `: ${error.slice(0, 300)}`}`;
  }

  #end(why: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const stop of this.#fetches.values()) stop.abort(new DOMException('The plugin has ended.', 'AbortError'));
    const withOthers = this.#asked.size > 1;
    for (const settle of this.#asked.values()) settle(new ProcessEnded(why, withOthers));
    this.#watchOver();
    this.#ended.resolve();
  }
}

/** Starts Node with the runner: it reads the plugin's folder and this program, writes nothing, and starts nothing. Throws ProcessEnded. */
function startRunner(folder: string, heapBytes: number): ChildProcess {
  try {
    return spawn(
      process.execPath,
      [
        '--permission',
        `--allow-fs-read=${ROOT}packages/*`,
        `--allow-fs-read=${folder}/*`,
        `--max-old-space-size=${Math.round(heapBytes / MEBIBYTE)}`,
        RUNNER,
      ],
      { stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'], env: {}, cwd: folder, windowsHide: true },
    );
  } catch (error) {
    throw new ProcessEnded(`it could not be started (${(error as Error).message})`, false);
  }
}

const PAGE_BYTES = 4096;

/** How much memory a process takes; 0 where the system does not tell. */
function residentOf(pid: number | undefined): number {
  if (process.platform !== 'linux' || pid === undefined) return 0;
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * PAGE_BYTES;
  } catch {
    // It has just ended.
    return 0;
  }
}

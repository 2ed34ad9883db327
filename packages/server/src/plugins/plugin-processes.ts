import type { PluginProcess } from './process/plugin-process.ts';

const IDLE_MS = 5 * 60_000;
/** Further ones are started, and those that nobody has asked for the longest time are ended. */
const MOST_IDLE = 16;

type Watched = Pick<PluginProcess, 'busy' | 'isOver' | 'stop'>;

/** The processes of all plugins: those that nobody asks any longer are ended. */
export class PluginProcesses {
  /** Each with what ends it when nobody asks, the one asked last at the end. */
  readonly #running = new Map<Watched, NodeJS.Timeout>();

  add(process: Watched): void {
    this.#keep(process);
    const idle = [...this.#running.keys()].filter((one) => one !== process && (one.isOver || one.busy === 0));
    for (const one of idle.slice(0, Math.max(0, this.#running.size - MOST_IDLE))) void this.#end(one);
  }

  /** Told that a question to it is over. */
  used(process: Watched): void {
    if (this.#running.has(process)) this.#keep(process);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((process) => this.#end(process)));
  }

  #keep(process: Watched): void {
    clearTimeout(this.#running.get(process));
    this.#running.delete(process);
    if (process.isOver) return;
    const end = setTimeout(() => {
      if (process.busy === 0) void this.#end(process);
      else this.#keep(process);
    }, IDLE_MS).unref();
    this.#running.set(process, end);
  }

  #end(process: Watched): Promise<void> {
    clearTimeout(this.#running.get(process));
    this.#running.delete(process);
    return process.stop();
  }
}

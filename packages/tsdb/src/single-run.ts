/** Work in many transactions of which one run goes on at a time: who asks meanwhile waits for that. */
export class SingleRun {
  #running: Promise<void> | undefined;
  #halted = false;

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** The work looks at this between its transactions. */
  get isHalted(): boolean {
    return this.#halted;
  }

  run(work: () => Promise<void>): Promise<void> {
    this.#running ??= work().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Lets a run end after its transaction. */
  halt(): void {
    this.#halted = true;
  }

  async stop(): Promise<void> {
    this.halt();
    await this.#running?.catch(() => undefined);
  }
}

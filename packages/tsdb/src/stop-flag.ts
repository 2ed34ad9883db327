/**
 * Tells a thread that nobody waits for its answer any longer: it sees so in the midst of its work, where no message reaches it.
 */
export type StopFlag = Int32Array<SharedArrayBuffer>;

export function stopFlag(): StopFlag {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

export function raise(flag: StopFlag): void {
  Atomics.store(flag, 0, 1);
}

export function isRaised(flag: StopFlag): boolean {
  return Atomics.load(flag, 0) !== 0;
}

import { type MessagePort, receiveMessageOnPort, type Transferable } from 'node:worker_threads';

/** Counts answers, so that who waits for one need not look for it all the time; the second place says that no more will come. */
export type Bell = Int32Array<SharedArrayBuffer>;

const ANSWERS = 0;
const CLOSED = 1;
/** Nobody rings where a thread just dies: then the waiting looks up by itself. */
const LOOK_UP_MS = 200;

export function makeBell(): Bell {
  return new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
}

/** Whoever waits, or will, need not any longer. */
export function silence(bell: Bell): void {
  Atomics.store(bell, CLOSED, 1);
  Atomics.notify(bell, ANSWERS);
}

function isSilenced(bell: Bell): boolean {
  return Atomics.load(bell, CLOSED) === 1;
}

/** Posts an answer to whoever waits at the other end of the port. */
export function ring(port: MessagePort, bell: Bell, answer: unknown, moved: Transferable[]): void {
  port.postMessage(answer, moved);
  Atomics.add(bell, ANSWERS, 1);
  Atomics.notify(bell, ANSWERS);
}

/** The next message of a port, waited for without leaving the call; undefined where none will come. */
export function waitFor(port: MessagePort, bell: Bell): unknown {
  for (;;) {
    const heard = Atomics.load(bell, ANSWERS);
    const received = receiveMessageOnPort(port);
    if (received !== undefined) return received.message;
    if (isSilenced(bell)) return undefined;
    Atomics.wait(bell, ANSWERS, heard, LOOK_UP_MS);
  }
}

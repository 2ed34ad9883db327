import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { openCurveQuestions } from './curves/ask-curves.ts';
import { openRunJudge } from './health/run-judge.ts';

/** Threads that say what the test has them say. */
const { threads } = vi.hoisted(() => ({ threads: [] as EventEmitter[] }));
vi.mock('node:worker_threads', () => ({
  Worker: class extends EventEmitter {
    constructor() {
      super();
      threads.push(this);
    }
    ref(): void {}
    unref(): void {}
    postMessage(): void {}
    terminate(): Promise<number> {
      this.emit('exit', 1);
      return Promise.resolve(1);
    }
  },
}));

beforeEach(() => {
  threads.length = 0;
});

const RUN = { run: 'r', params: {}, running: true, firstHeardMs: 0, nowMs: 0, detectors: {}, roles: {} };
const CURVES = {
  refId: 'A',
  runs: [],
  metrics: [],
  x: { kind: 'step' },
  logX: false,
  from: -Infinity,
  to: Infinity,
  widthPx: 100,
  smoothing: { kind: 'none' },
  band: undefined,
} as const;
const OPENED = {
  'judging runs': () => {
    const judge = openRunJudge('');
    return { ask: () => judge.judge(RUN), close: () => judge.close(), reply: { kind: 'answer', id: 2, answer: [] }, answer: [] };
  },
  'reading curves': () => {
    const questions = openCurveQuestions({ folder: '' });
    return {
      ask: () => questions.ask(CURVES, new AbortController().signal),
      close: () => questions.close(),
      reply: { kind: 'answer', id: 2, answer: 'curves' },
      answer: 'curves',
    };
  },
};

describe.each(Object.entries(OPENED))('%s', (_, open) => {
  test('what a thread that died is asked fails; that it ends then does not concern its successor', async () => {
    const { ask, reply, answer } = open();
    const first = ask();
    threads[0]!.emit('error', new Error('out of memory'));
    await expect(first).rejects.toThrow('failed (out of memory)');
    const second = ask();
    threads[0]!.emit('exit', 1);
    threads[1]!.emit('message', reply);
    expect(await second).toEqual(answer);
  });

  test('once closed, what waits fails, and no thread is started any more', async () => {
    const { ask, close } = open();
    const waiting = expect(ask()).rejects.toThrow('is closed');
    await close();
    await waiting;
    await expect(ask()).rejects.toThrow('is closed');
    expect(threads).toHaveLength(1);
  });
});

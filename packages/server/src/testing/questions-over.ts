import { answerCurves } from '../runs/curves/answer-curves.ts';
import type { CurveQuestions } from '../runs/curves/ask-curves.ts';
import { CurveMemory, type CurveFile } from '../runs/curves/curve-memory.ts';

/** Answers for curves in the test's own thread. */
export function questionsOver(file: CurveFile, memoryBytes = 1 << 26): CurveQuestions {
  const memory = new CurveMemory(memoryBytes);
  let asked = 0;
  return {
    warm() {},
    ask: (question, signal) => {
      const goOn = (): void => signal.throwIfAborted();
      return answerCurves(question, { file, memory, question: ++asked, pause: async () => goOn(), goOn });
    },
    close: () => Promise.resolve(),
  };
}

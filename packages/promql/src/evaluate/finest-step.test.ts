import { expect, test } from 'vitest';
import { EVERY_SYNTAX, parse } from '../parse.ts';
import { finestStepMs } from './finest-step.ts';

test.each([
  ['sum(rate(x[5m]))', Infinity],
  ['max_over_time(x[1h:])', 60_000],
  ['topk(scalar(max_over_time(y[1h:7s])), -x + on (a) (max_over_time(x[7d:1m])))', 7_000],
  ['max_over_time(max_over_time(rate(x[1m])[1h:1s])[1d:1h])', 1_000],
  ['max_over_time(x[1h:step()])', 15_000],
])('%s looks every so many milliseconds: %d', (text, stepMs) => {
  expect(finestStepMs(parse(text, EVERY_SYNTAX), { stepMs: 15_000, rangeMs: 3_600_000 }, 60_000)).toBe(stepMs);
});

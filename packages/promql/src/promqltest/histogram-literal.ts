import { CUSTOM_BUCKETS } from '@vitrine/model/native-histogram.ts';
import type { BucketSpan, CounterReset, NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { parseNumber } from '../number.ts';

/** A histogram as the scripts write it, and whether its hint about resets was written too. */
export interface HistogramLiteral {
  readonly histogram: NativeHistogram;
  readonly resetIsWritten: boolean;
}

const PAIR = /\s*([a-z_]+):(\[[^\]]*\]|[^\s[\]]+)/y;
const RESETS: Readonly<Record<string, CounterReset>> = {
  unknown: 'unknown',
  reset: 'reset',
  not_reset: 'not reset',
  gauge: 'gauge',
};
const NUMBERS = new Set(['schema', 'sum', 'count', 'z_bucket', 'z_bucket_w', 'offset', 'n_offset']);
const LISTS = new Set(['buckets', 'n_buckets', 'custom_values']);

/**
 * Reads `{{schema:1 sum:3 count:22 z_bucket:2 z_bucket_w:0.1 buckets:[5 12] offset:-1 counter_reset_hint:gauge}}`: counts
 * are absolute, what is not written is 0, and buckets lie side by side from `offset` on. Throws an Error that says what is
 * wrong.
 */
export function parseHistogram(text: string): HistogramLiteral {
  const numbers = new Map<string, number>();
  const lists = new Map<string, Float64Array>();
  let reset: CounterReset | undefined;
  const body = text.slice(2, -2).trimEnd();
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < body.length) {
    const at = PAIR.lastIndex;
    const [, key = '', value = ''] = PAIR.exec(body) ?? [];
    if (numbers.has(key) || lists.has(key)) throw new Error(`"${key}" stands twice in "${text}"`);
    if (NUMBERS.has(key)) {
      numbers.set(key, signedNumber(value));
    } else if (LISTS.has(key) && value.startsWith('[')) {
      lists.set(
        key,
        Float64Array.from(
          value
            .slice(1, -1)
            .trim()
            .split(/\s+/)
            .filter((word) => word !== ''),
          signedNumber,
        ),
      );
    } else if (key === 'counter_reset_hint' && RESETS[value] !== undefined) {
      reset = RESETS[value];
    } else {
      throw new Error(`"${body.slice(at).trim()}" is no part of a histogram, in "${text}"`);
    }
  }
  const schema = numbers.get('schema') ?? 0;
  if (schema !== CUSTOM_BUCKETS && (!Number.isInteger(schema) || schema < -4 || schema > 8)) {
    throw new Error(`the schema of "${text}" is neither ${CUSTOM_BUCKETS} nor between -4 and 8`);
  }
  const positiveBuckets = lists.get('buckets') ?? new Float64Array(0);
  const negativeBuckets = lists.get('n_buckets') ?? new Float64Array(0);
  return {
    resetIsWritten: reset !== undefined,
    histogram: {
      schema,
      zeroThreshold: numbers.get('z_bucket_w') ?? 0,
      zeroCount: numbers.get('z_bucket') ?? 0,
      count: numbers.get('count') ?? 0,
      sum: numbers.get('sum') ?? 0,
      positiveSpans: spanOf(numbers.get('offset') ?? 0, positiveBuckets.length),
      positiveBuckets,
      negativeSpans: spanOf(numbers.get('n_offset') ?? 0, negativeBuckets.length),
      negativeBuckets,
      customValues: lists.get('custom_values') ?? new Float64Array(0),
      reset: reset ?? 'unknown',
    },
  };
}

function spanOf(offset: number, length: number): BucketSpan[] {
  return length === 0 ? [] : [{ offset, length }];
}

function signedNumber(text: string): number {
  const value = parseNumber(text.replace(/^[+-]/, ''));
  return text.startsWith('-') ? -value : value;
}

import { goNumber } from '../pushgateway/go-number.ts';

/** A number as OpenMetrics wants the labels le and quantile to have it: 1 is "1.0", so that one bucket has one name. */
export function openMetricsNumber(value: number): string {
  const text = goNumber(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

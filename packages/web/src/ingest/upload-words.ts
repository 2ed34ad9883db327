import { formatText } from '@vitrine/model/unit.ts';

const whole = new Intl.NumberFormat('en');

/** `1 row`, `12,000 rows`. */
export function countText(count: number, noun: string): string {
  return `${whole.format(count)} ${noun}${count === 1 || noun === 'series' ? '' : 's'}`;
}

export function bytesText(bytes: number): string {
  return formatText(bytes, 'bytes');
}

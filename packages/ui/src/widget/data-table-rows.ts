import type { Field } from '@vitrine/model/frame.ts';

/** A cell that holds neither a number nor text, in words. */
export function cellText(field: Field, row: number): string {
  if (field.type === 'boolean') return field.values[row] === 1 ? 'true' : 'false';
  const value = field.values[row];
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

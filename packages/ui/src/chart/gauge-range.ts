import type { FieldSettings } from '@vitrine/model/field-config.ts';

/** Units whose whole is known. */
const WHOLE: Readonly<Record<string, number>> = { percent: 100, percentunit: 1 };

/**
 * From where to where gauges and bars of one panel reach: as the field says; else from zero (or the lowest value, where it is
 * negative) to the whole, to the highest threshold or value. Never empty.
 */
export function gaugeRange(
  field: FieldSettings,
  values: readonly (number | undefined)[],
): { readonly min: number; readonly max: number } {
  const finite = values.filter((value) => value !== undefined && Number.isFinite(value)) as number[];
  const steps = (field.thresholds?.steps ?? []).map((step) => step.value).filter(Number.isFinite);
  const min = field.min ?? Math.min(0, ...finite);
  const max = field.max ?? WHOLE[field.unit ?? ''] ?? Math.max(...finite, ...steps.map((step) => step * 1.2), min);
  return { min, max: max > min ? max : min + 1 };
}

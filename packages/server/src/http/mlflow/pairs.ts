import type { Fields } from '../../runs/mlflow/fields.ts';
import { MlflowError } from '../../runs/mlflow/mlflow-error.ts';
import { checkKey } from '../../runs/mlflow/names.ts';

/** What Vitrine keeps of a value; MLflow's own server cuts earlier. */
export const MAX_VALUE = 20_000;

/** A list of keys and values as an object; of one key the last counts. Throws MlflowError. */
export function readPairs(fields: Fields, name: string): Record<string, string> {
  return Object.fromEntries(pairsIn(fields, name));
}

export function pairsIn(fields: Fields, name: string): [key: string, value: string][] {
  return fields.objects(name).map((pair) => [checkKey(pair.at('key'), pair.neededText('key')), pair.text('value') ?? '']);
}

/** Throws MlflowError where a key comes twice. */
export function checkUnique(pairs: readonly (readonly [key: string, value: string])[]): void {
  const seen = new Set<string>();
  for (const [key] of pairs) {
    if (seen.has(key)) {
      throw new MlflowError(
        'INVALID_PARAMETER_VALUE',
        `Duplicate parameter keys have been submitted: ['${key}']. Please ensure the request contains only one param value per param key.`,
      );
    }
    seen.add(key);
  }
}

/** Cuts long values, as MLflow's own server does, so that no training fails on one; counts how many. */
export function cutValues(entries: Readonly<Record<string, string>>): {
  readonly kept: Record<string, string>;
  readonly cut: number;
} {
  let cut = 0;
  const kept = Object.fromEntries(
    Object.entries(entries).map(([key, value]) => {
      if (value.length <= MAX_VALUE) return [key, value];
      cut++;
      return [key, value.slice(0, MAX_VALUE)];
    }),
  );
  return { kept, cut };
}

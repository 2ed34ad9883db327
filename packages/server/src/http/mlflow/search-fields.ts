import type { Fields } from '../../runs/mlflow/fields.ts';
import { invalidValue } from '../../runs/mlflow/mlflow-error.ts';

/** The fields that all of MLflow's searches have. */

export type ViewType = 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL';

const VIEWS: readonly ViewType[] = ['ACTIVE_ONLY', 'DELETED_ONLY', 'ALL'];
const MOST_RESULTS = 50_000;

export function readViewType(fields: Fields, name: string): ViewType {
  const value = fields.json(name) ?? 'ACTIVE_ONLY';
  // Protobuf's JSON may give an enumeration's number.
  const found = VIEWS.find((view, index) => value === view || value === index + 1 || value === String(index + 1));
  if (found !== undefined) return found;
  throw invalidValue(name, value, `Expected one of ${VIEWS.join(', ')}.`);
}

export function isInView({ deletedMs }: { readonly deletedMs: number | undefined }, view: ViewType): boolean {
  return view === 'ALL' || (view === 'DELETED_ONLY') === (deletedMs !== undefined);
}

export function readMaxResults(fields: Fields, fallback: number): number {
  const why = `Expected a number between 1 and ${MOST_RESULTS}.`;
  return fields.whole('max_results', { least: 1, most: MOST_RESULTS, why }) ?? fallback;
}

import type { QueryFeatures } from '@vitrine/model/sample-store.ts';
import { nearest } from './nearest.ts';

/** Prometheus' names for what it keeps behind --enable-feature; undefined is on whether it is named or not. */
const FEATURES: Readonly<Record<string, keyof QueryFeatures | undefined>> = {
  'promql-extended-range-selectors': 'extendedRangeSelectors',
  'promql-binop-fill-modifiers': 'binaryFill',
  'use-start-timestamps': 'startTimestamps',
  'type-and-unit-labels': 'typeAndUnitLabels',
  'promql-experimental-functions': undefined,
  'promql-duration-expr': undefined,
  'promql-delayed-name-removal': undefined,
  'native-histograms': undefined,
};

/** Reads names of features, separated by commas. Throws an Error that says which name is unknown. */
export function readQueryFeatures(text: string): QueryFeatures {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const unknown = names.find((name) => !Object.hasOwn(FEATURES, name));
  if (unknown !== undefined) {
    const known = Object.keys(FEATURES);
    const meant = nearest(unknown, known);
    const hint = meant === undefined ? `There are ${known.join(', ')}` : `Did you mean "${meant}"?`;
    throw new Error(`"${unknown}" is not a feature of queries. ${hint}`);
  }
  return Object.fromEntries(names.flatMap((name) => (FEATURES[name] === undefined ? [] : [[FEATURES[name], true]])));
}

import type { Cardinality, LabelCounts } from '@vitrine/model/cardinality.ts';

/** Fewer values are no trouble, whatever they are. */
const FEWEST_VALUES = 1_000;
/** Of its values, so many are new; and of all series, so many carry a value of their own. */
const NEW_SHARE = 0.5;
const OWN_SHARE = 0.5;

/** The label whose values are mostly new, or mostly on one series each: what ids look like. Undefined where there is none. */
export function explodingLabel({ labels, series, newSeries }: Cardinality): LabelCounts | undefined {
  // In the first hour everything is new.
  const isOld = newSeries < series * NEW_SHARE;
  return labels.find(
    ({ name, values, newValues }) =>
      name !== '__name__' &&
      values >= FEWEST_VALUES &&
      ((isOld && newValues > values * NEW_SHARE) || values > series * OWN_SHARE),
  );
}

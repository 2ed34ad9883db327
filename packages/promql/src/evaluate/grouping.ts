import { Labels, METRIC_NAME } from '@vitrine/model/labels.ts';
import type { Aggregation } from '../ast.ts';

/** The labels of the group that a series belongs to. */
export function groupLabels(grouping: Aggregation['grouping']): (labels: Labels) => Labels {
  if (grouping === undefined) return () => Labels.empty;
  if (grouping.kind === 'by') {
    const names = new Set(grouping.labels);
    return (labels) => labels.keep(names);
  }
  const names = new Set([...grouping.labels, METRIC_NAME]);
  return (labels) => labels.without(names);
}

import type { Labels } from '@vitrine/model/labels.ts';
import type { MetricMetadata } from '@vitrine/model/sample-store.ts';

const TYPE_LABEL = '__type__';
const UNIT_LABEL = '__unit__';

/**
 * The labels that Prometheus' type-and-unit-labels feature gives a series: what its metric's type and unit are, "" where
 * that is not known. What a sender calls so itself does not count.
 */
export function typeAndUnitLabels({ type, unit }: Pick<MetricMetadata, 'type' | 'unit'>): [name: string, value: string][] {
  return [
    [TYPE_LABEL, type === 'unknown' ? '' : type],
    [UNIT_LABEL, unit],
  ];
}

export function withTypeAndUnit(labels: Labels, what: Pick<MetricMetadata, 'type' | 'unit'>): Labels {
  return typeAndUnitLabels(what).reduce((named, [name, value]) => named.with(name, value), labels);
}

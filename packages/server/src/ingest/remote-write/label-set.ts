import { Labels, METRIC_NAME } from '@vitrine/model/labels.ts';
import type { MetricMetadata } from '@vitrine/model/sample-store.ts';
import { withTypeAndUnit } from '../type-and-unit.ts';
import { MOST_LABEL_CHARACTERS, MOST_LABELS } from './request-room.ts';

/** What one set of labels, as a sender writes it, means. */
export interface LabelSet {
  /** `Labels.key`; "" where the set is refused. */
  readonly key: string;
  /** Why samples of this series are refused, as a sentence; undefined where they are not. */
  readonly problem: string | undefined;
  /** Whether another writing of the same labels is possible, so that two sets may have one key. */
  readonly ambiguous: boolean;
  /** What `nameOf` found out: one series may be spoken of for each of its samples. */
  name?: string;
  /** The request that last had it, and its series there. */
  request: number;
  index: number;
}

/** Checks the labels as remote write wants them; unsorted ones are sorted. Takes names and values in turn. */
export function makeLabelSet(texts: readonly string[]): LabelSet {
  const pairs = new Map<string, string>();
  let ambiguous = false;
  let before = '';
  let problem: string | undefined;
  for (let i = 0; i < texts.length; i += 2) {
    const name = texts[i] as string;
    const value = texts[i + 1] as string;
    if (name === '') problem ??= 'a label has an empty name';
    else if (pairs.has(name)) problem ??= `the label ${show(name)} stands twice`;
    if (name <= before || value === '') ambiguous = true;
    before = name;
    pairs.set(name, value);
  }
  if (texts.length === 0) problem ??= 'it has no labels';
  if (!pairs.get(METRIC_NAME)) problem ??= 'the label __name__ is missing or empty';
  const labels = Labels.from(pairs);
  return {
    key: problem === undefined ? labels.key : '',
    problem: problem && `Series ${show(String(labels))}: ${problem}.`,
    ambiguous,
    request: 0,
    index: 0,
  };
}

/** The same with labels that say what the metric is. */
export function makeTypedLabelSet(texts: readonly string[], what: Pick<MetricMetadata, 'type' | 'unit'>): LabelSet {
  const set = makeLabelSet(texts);
  // What the sender says of them itself may differ from set to set.
  return set.problem === undefined ? { ...set, key: withTypeAndUnit(Labels.fromKey(set.key), what).key, ambiguous: true } : set;
}

/** A set that cannot be read at all. */
export function refusedLabelSet(problem: string): LabelSet {
  return { key: '', problem, ambiguous: false, request: 0, index: 0 };
}

export function tooManyLabels(): LabelSet {
  return refusedLabelSet(`A series has more than ${MOST_LABELS} labels, which is more than can be stored.`);
}

export function tooLongLabels(): LabelSet {
  return refusedLabelSet(`The labels of a series have more than ${MOST_LABEL_CHARACTERS} characters, which cannot be stored.`);
}

/** The series as PromQL writes it, for a sentence. */
export function nameOf(set: LabelSet): string {
  return (set.name ??= show(String(Labels.fromKey(set.key))));
}

function show(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}

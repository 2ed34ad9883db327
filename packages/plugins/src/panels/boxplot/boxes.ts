import { boxOf, boxOfBuckets, boxOfQuantiles } from '@vitrine/compute/box.ts';
import type { Box, Whiskers } from '@vitrine/compute/box.ts';
import { cellValue, displayOf, displayText } from '@vitrine/compute/field/display.ts';
import { fieldNames } from '@vitrine/compute/field/field-names.ts';
import { reduce } from '@vitrine/compute/reduce.ts';
import type { Field, Frame, NumberField } from '@vitrine/model/frame.ts';

import { hiddenFrom } from '../hidden.ts';

export interface FoundBox {
  readonly name: string;
  readonly box: Box;
  readonly field: NumberField;
}

const MOST_BOXES = 500;

/**
 * A box for each series, each category of a table, each histogram of buckets, or each set of series that are quantiles of one thing.
 */
export function boxesOf(frames: readonly Frame[], xField: string, whiskers: Whiskers): readonly FoundBox[] {
  const names = fieldNames(frames);
  const found: FoundBox[] = [];
  const add = (name: string, box: Box | undefined, field: NumberField) => {
    if (box !== undefined && found.length < MOST_BOXES) found.push({ name, box, field });
  };
  for (const [at, frame] of frames.entries()) {
    const fields = frame.fields.flatMap((field, index) =>
      field.type === 'number' && !(index === 0 && frame.shape === 'series') && !hiddenFrom(field, 'viz')
        ? [{ field, name: names[at]![index]! }]
        : [],
    );
    if (frame.shape === 'exemplars' || fields.length === 0) continue;
    if (frame.shape === 'buckets') {
      add(frame.name ?? frame.refId, bucketBox(fields.map(({ field }) => field)), fields[0]!.field);
    } else if (fields.length > 1 && fields.every(({ field }) => isQuantile(field))) {
      for (const [name, { known, field }] of quantileSets(fields, frame)) add(name, boxOfQuantiles(known), field);
    } else {
      const key = keyOf(frame, names[at]!, xField);
      for (const { field, name } of fields) {
        if (field === key) continue;
        if (key === undefined) add(name, boxOf(present(field), whiskers), field);
        else {
          for (const [category, values] of byCategory(frame, key, field)) {
            add(fields.length > 1 ? `${category} ${name}` : category, boxOf(values, whiskers), field);
          }
        }
      }
    }
  }
  return found;
}

function keyOf(frame: Frame, names: readonly string[], wanted: string): Field | undefined {
  const own = wanted === '' ? undefined : frame.fields.find((field, at) => names[at] === wanted || field.name === wanted);
  return (
    own ??
    (frame.shape === 'series' ? undefined : frame.fields.find(({ type, name }) => type === 'string' && name !== '__name__'))
  );
}

function present({ values, present: there }: NumberField): Float64Array {
  return there === undefined ? values : values.filter((_, row) => there[row] === 1);
}

function byCategory(frame: Frame, key: Field, field: NumberField): ReadonlyMap<string, Float64Array> {
  const show = displayOf(key);
  const groups = new Map<string, number[]>();
  for (let row = 0; row < frame.length; row++) {
    if (field.present?.[row] === 0) continue;
    const category = displayText(show(cellValue(key, row)));
    const group = groups.get(category);
    if (group === undefined) groups.set(category, [field.values[row]!]);
    else group.push(field.values[row]!);
  }
  return new Map([...groups].map(([category, values]) => [category, Float64Array.from(values)]));
}

/** Over the whole of x. */
function bucketBox(fields: readonly NumberField[]): Box | undefined {
  const buckets = fields
    .map((field) => {
      const text = field.labels?.['le'] ?? field.name;
      return { bound: text === '+Inf' ? Infinity : Number(text), count: reduce(field, 'sum') ?? 0 };
    })
    .filter(({ bound }) => !Number.isNaN(bound))
    .toSorted((a, b) => (a.bound === b.bound ? 0 : a.bound - b.bound));
  return boxOfBuckets(
    buckets.map(({ bound }) => bound),
    buckets.map(({ count }) => count),
  );
}

function isQuantile({ labels }: NumberField): boolean {
  const share = labels?.['quantile'];
  return share !== undefined && share !== '' && !Number.isNaN(Number(share));
}

/** Series that differ in their quantile alone, each by its newest value. */
function quantileSets(
  fields: readonly { readonly field: NumberField; readonly name: string }[],
  frame: Frame,
): ReadonlyMap<string, { readonly known: Map<number, number>; readonly field: NumberField }> {
  const sets = new Map<string, { readonly known: Map<number, number>; readonly field: NumberField }>();
  for (const { field } of fields) {
    const { quantile, ...others } = field.labels!;
    const name = Object.values(others).join(', ') || frame.name || frame.refId;
    const set = sets.get(name) ?? { known: new Map<number, number>(), field };
    sets.set(name, set);
    const value = reduce(field, 'last');
    if (value !== undefined) set.known.set(Number(quantile), value);
  }
  return sets;
}

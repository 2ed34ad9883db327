import type { Field, Frame } from '@vitrine/model/frame.ts';

/** What a source calls a column of numbers that has no name of its own. */
const VALUE = 'Value';

const known = new WeakMap<readonly Frame[], string[][]>();

/**
 * What people call each field of each frame: its `displayName`, else the name that the source gave, else what tells it apart:
 * the frame's name, its own, and its labels (only their values where all fields have the same single label).
 */
export function fieldNames(frames: readonly Frame[]): readonly (readonly string[])[] {
  let names = known.get(frames);
  if (names === undefined) {
    const label = singleLabel(frames);
    names = frames.map((frame) => frame.fields.map((field, index) => nameOf(frame, field, index, label)));
    known.set(frames, names);
  }
  return names;
}

function nameOf(frame: Frame, field: Field, index: number, label: string | undefined): string {
  const given = field.config?.displayName || field.config?.displayNameFromSource;
  if (given) return given;
  if (field.type === 'time' && field.labels === undefined) return field.name || 'Time';
  const parts: string[] = [];
  if (frame.name) parts.push(frame.name);
  if (field.name !== '' && field.name !== VALUE) parts.push(field.name);
  const labels = field.labels === undefined ? '' : labelText(field.labels, label);
  if (labels !== '') parts.push(labels);
  const name = parts.join(' ') || field.name || VALUE;
  return name === field.name ? numbered(frame, field, index) : name;
}

function labelText(labels: Readonly<Record<string, string>>, single: string | undefined): string {
  if (single !== undefined) return Object.hasOwn(labels, single) ? (labels[single] as string) : '';
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(', ')}}`;
}

/** Two columns "loss" of one frame are "loss 1" and "loss 2". */
function numbered(frame: Frame, field: Field, index: number): string {
  let same = 0;
  let position = 0;
  for (const [at, other] of frame.fields.entries()) {
    if (other.name !== field.name) continue;
    same++;
    if (at === index) position = same;
  }
  return same > 1 ? `${field.name} ${position}` : field.name;
}

/** The one label that all labelled fields have and no other; undefined where there are several. */
function singleLabel(frames: readonly Frame[]): string | undefined {
  let single: string | undefined;
  for (const frame of frames) {
    for (const field of frame.fields) {
      if (field.labels === undefined) continue;
      for (const name in field.labels) {
        if (single === undefined) single = name;
        else if (single !== name) return undefined;
      }
    }
  }
  return single;
}

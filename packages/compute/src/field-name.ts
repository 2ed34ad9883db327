import type { Field, Frame } from '@vitrine/model/frame.ts';

/** What a series' column is called when nobody named it; then its labels tell it apart. */
export const VALUE_FIELD = 'Value';
/** What the x column of a series is called. */
export const TIME_FIELD = 'Time';

type Names = ReadonlyMap<Frame, ReadonlyMap<Field, string>>;

/** Frames are immutable, so the names of one answer are worked out once. */
const known = new WeakMap<readonly Frame[], Names>();

/**
 * What people read as the name of a field: the display name that somebody gave, else the one of the query's legend, else its own.
 * A field called "Value" goes by its labels, and by the name of its frame where frames have several. Fields of one frame with
 * one name are counted: "Value 1", "Value 2". Placeholders of a display name are left as they stand.
 */
export function fieldName(field: Field, frame: Frame, frames: readonly Frame[]): string {
  let names = known.get(frames);
  if (names === undefined) known.set(frames, (names = nameFields(frames)));
  return names.get(frame)?.get(field) ?? given(field) ?? field.name;
}

function nameFields(frames: readonly Frame[]): Names {
  const several = new Set(frames.map((frame) => frame.name ?? '')).size > 1;
  const label = onlyLabel(frames);
  const names = new Map<Frame, Map<Field, string>>();
  for (const frame of frames) {
    const counts = new Map<string, number>();
    for (const { name } of frame.fields) counts.set(name, (counts.get(name) ?? 0) + 1);
    const seen = new Map<string, number>();
    const own = new Map<Field, string>();
    for (const [index, field] of frame.fields.entries()) {
      const displayed = given(field);
      const found = displayed ?? describe(field, frame, several, label);
      let name = found === '' ? `Field ${index + 1}` : found;
      // Only names that the field itself brought are counted: two with one display name are meant to read alike.
      const place = (seen.get(field.name) ?? 0) + 1;
      seen.set(field.name, place);
      if (displayed === undefined && name === field.name && counts.get(name)! > 1) name = `${name} ${place}`;
      own.set(field, name);
    }
    names.set(frame, own);
  }
  return names;
}

function given({ config }: Field): string | undefined {
  if (config?.displayName !== undefined && config.displayName !== '') return config.displayName;
  return config?.displayNameFromSource === '' ? undefined : config?.displayNameFromSource;
}

function describe(field: Field, frame: Frame, several: boolean, label: string | undefined): string {
  const labels = Object.entries(field.labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const anonymous = field.name === VALUE_FIELD;
  // A source that gives wide frames names their columns itself.
  if (frame.shape !== 'table' && !anonymous && field.name !== '') return field.name;
  if (field.type === 'time' && labels.length === 0) return field.name;
  const parts: string[] = [];
  const frameName = several && frame.name !== undefined ? frame.name : '';
  if (frameName !== '') parts.push(frameName);
  if (!anonymous && field.name !== '') parts.push(field.name);
  if (labels.length > 0) {
    const lone = label === undefined ? undefined : field.labels?.[label];
    parts.push(lone ?? `{${labels.map(([name, value]) => `${name}="${value}"`).join(', ')}}`);
  } else if (anonymous && frameName === '' && frame.name !== undefined) {
    parts.push(frame.name);
  }
  return parts.length === 0 ? field.name : parts.join(' ');
}

/** The label that all fields with labels have, where they have just that one. */
function onlyLabel(frames: readonly Frame[]): string | undefined {
  let found: string | undefined;
  for (const { fields } of frames) {
    for (const { labels } of fields) {
      for (const name in labels) {
        if (found !== undefined && found !== name) return undefined;
        found = name;
      }
    }
  }
  return found;
}

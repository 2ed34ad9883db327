import type { FieldSettings } from '@vitrine/model/field-config.ts';
import type { Frame } from '@vitrine/model/frame.ts';

let last: { readonly frames: readonly Frame[]; readonly settings: FieldSettings; readonly made: readonly Frame[] } | undefined;

/** Fields that nobody has configured have the panel's settings; the page has completed the others. */
export function configured(frames: readonly Frame[], settings: FieldSettings): readonly Frame[] {
  if (frames.every(({ fields }) => fields.every(({ config }) => config !== undefined))) return frames;
  if (last?.frames === frames && last.settings === settings) return last.made;
  const made = frames.map((frame) => ({
    ...frame,
    fields: frame.fields.map((field) => (field.config === undefined ? { ...field, config: settings } : field)),
  }));
  last = { frames, settings, made };
  return made;
}

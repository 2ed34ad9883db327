import type { Frame } from '@vitrine/model/frame.ts';

import { fieldName } from '../field-name.ts';

/** What people read as the name of each field of each frame. See fieldName(). */
export function fieldNames(frames: readonly Frame[]): readonly (readonly string[])[] {
  return frames.map((frame) => frame.fields.map((field) => fieldName(field, frame, frames)));
}

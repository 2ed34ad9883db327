import { DETECTOR_IDS } from '@vitrine/compute/detect/detector.ts';
import type { DetectorId } from '@vitrine/compute/detect/detector.ts';
import { allows, sayRange, THRESHOLDS } from '@vitrine/compute/detect/thresholds.ts';
import type { Threshold } from '@vitrine/compute/detect/thresholds.ts';
import type { HealthSettings } from '@vitrine/model/run-api.ts';

/** One detector's settings while they are being edited. */
export interface DetectorDraft {
  readonly muted: boolean;
  /** As written; what is not there, or empty, is the default. */
  readonly numbers: Readonly<Record<string, string>>;
}

export type HealthDraft = Readonly<Partial<Record<DetectorId, DetectorDraft>>>;

const UNTOUCHED: DetectorDraft = { muted: false, numbers: {} };

export function draftOf(draft: HealthDraft, id: DetectorId): DetectorDraft {
  return draft[id] ?? UNTOUCHED;
}

export function thresholdsOf(id: DetectorId): readonly (readonly [name: string, threshold: Threshold])[] {
  return Object.entries<Threshold>(THRESHOLDS[id]);
}

export function toDraft({ detectors }: Pick<HealthSettings, 'detectors'>): HealthDraft {
  return Object.fromEntries(
    DETECTOR_IDS.filter((id) => detectors[id] !== undefined).map((id) => {
      const { muted = false, settings = {} } = detectors[id] ?? {};
      return [id, { muted, numbers: Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)])) }];
    }),
  );
}

/** What is wrong with a number as written; undefined where nothing is. */
export function problemOf(text: string, threshold: Threshold): string | undefined {
  if (text.trim() === '' || allows(threshold, Number(text))) return undefined;
  const range = sayRange(threshold);
  return range.charAt(0).toUpperCase() + range.slice(1);
}

/** What to save: what differs from the defaults. undefined where a number cannot be one. */
export function toDetectors(draft: HealthDraft): HealthSettings['detectors'] | undefined {
  const detectors: Record<string, { muted?: boolean; settings?: Record<string, number> }> = {};
  for (const id of DETECTOR_IDS) {
    const { muted, numbers } = draftOf(draft, id);
    const settings: Record<string, number> = {};
    for (const [name, threshold] of thresholdsOf(id)) {
      const text = numbers[name]?.trim() ?? '';
      if (problemOf(text, threshold) !== undefined) return undefined;
      if (text !== '' && Number(text) !== threshold.value) settings[name] = Number(text);
    }
    const own = Object.keys(settings).length > 0;
    if (muted || own) detectors[id] = { ...(muted ? { muted } : {}), ...(own ? { settings } : {}) };
  }
  return detectors;
}

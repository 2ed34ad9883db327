import { DETECTOR_IDS, DETECTOR_TITLES } from '../detect/detector.ts';

/** What `health` may be compared with: that all is well, a severity, or a detector. */
export const HEALTH_WORDS = ['ok', 'info', 'warning', 'critical', ...DETECTOR_IDS] as const;

/** One of them by itself or, for a detector, as its badge says it ("Overfitting"), whatever the case. */
export function healthNamed(text: string): (typeof HEALTH_WORDS)[number] | undefined {
  const wanted = text.toLowerCase();
  return HEALTH_WORDS.find((word) => word === wanted) ?? DETECTOR_IDS.find((id) => DETECTOR_TITLES[id].toLowerCase() === wanted);
}

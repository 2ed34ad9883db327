import { expect, test } from 'vitest';
import { DETECTOR_IDS } from './detector.ts';
import { allows, detectorSettings, parseDetectorSettings, THRESHOLDS } from './thresholds.ts';
import type { Threshold } from './thresholds.ts';

test.each([
  [{ overfitting: {} }, 'detectors.overfitting: there is no such detector; there are nan_inf'],
  [{ overfit: { settings: { raise: 1 } } }, 'detectors.overfit.settings.raise: overfit has no such setting; it has rise'],
  [{ overfit: { settings: { rise: -1 } } }, 'detectors.overfit.settings.rise: expected a number from 0.005 to 10'],
  [{ overfit: { settings: { rise: '0.1' } } }, 'detectors.overfit.settings.rise: expected a number'],
  [{ overfit: { settings: { rise: Number.NaN } } }, 'detectors.overfit.settings.rise: expected a number'],
  [
    { gpu_idle: { settings: { samples: 500.5 } } },
    'detectors.gpu_idle.settings.samples: expected a whole number from 20 to 100000',
  ],
  [{ overfit: { settings: { constructor: 1 } } }, 'overfit has no such setting'],
  [{ overfit: { muted: 1 } }, 'detectors.overfit.muted: expected true or false'],
  [{ overfit: { mute: true } }, 'detectors.overfit.mute: expected muted and settings, and nothing else'],
  [{ overfit: [] }, 'detectors.overfit: expected an object'],
  [null, 'detectors: expected an object'],
])('%j is refused with its field', (input, sentence) => {
  expect(() => parseDetectorSettings(input)).toThrow(sentence);
});

test('what is as the defaults have it is not kept', () => {
  const { value } = THRESHOLDS.overfit.rise;
  expect(parseDetectorSettings({ overfit: { muted: false, settings: { rise: value, sigmas: 5 } }, gap: {} })).toEqual({
    overfit: { settings: { sigmas: 5 } },
  });
});

test('every default is in its own range', () => {
  const all = DETECTOR_IDS.flatMap((id) => Object.entries<Threshold>(THRESHOLDS[id]));
  expect(all.filter(([, threshold]) => !allows(threshold, threshold.value))).toEqual([]);
});

test('half a sample that was saved once is the default', () => {
  const saved = detectorSettings({ gpu_idle: { settings: { samples: 500.5, p95: 60.5 } } });
  expect(saved.thresholdsOf('gpu_idle')).toEqual({ samples: 500, p95: 60.5, p5: 10 });
});

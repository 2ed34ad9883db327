import { expect, test } from 'vitest';
import { problemOf, toDetectors, toDraft } from './health-draft.ts';

test.each([
  ['nothing is nothing', {}, {}],
  ['a default is not saved', { overfit: { muted: false, numbers: { rise: '0.05' } } }, {}],
  ['an emptied number is the default', { overfit: { muted: false, numbers: { rise: ' ' } } }, {}],
  ['a number of one’s own', { overfit: { muted: false, numbers: { rise: '0.2' } } }, { overfit: { settings: { rise: 0.2 } } }],
  ['muted', { stalled: { muted: true, numbers: {} } }, { stalled: { muted: true } }],
  ['a number out of range saves nothing at all', { stalled: { muted: true, numbers: { silence: '1' } } }, undefined],
  ['half a sample', { gpu_idle: { muted: false, numbers: { samples: '500.5' } } }, undefined],
  ['no number', { stalled: { muted: false, numbers: { silence: 'x' } } }, undefined],
])('%s', (_, draft, want) => {
  expect(toDetectors(draft)).toEqual(want);
});

test('what was saved is what is edited', () => {
  const detectors = { overfit: { settings: { rise: 0.2 } }, stalled: { muted: true } };
  expect(toDetectors(toDraft({ detectors }))).toEqual(detectors);
});

test('a problem names the range', () => {
  expect(problemOf('7', { value: 1, min: 0, max: 5, unit: '', what: '' })).toBe('A number from 0 to 5');
  expect(problemOf('1.5', { value: 1, min: 0, max: 5, unit: 'points', what: '' })).toBe('A whole number from 0 to 5');
});

import { expect, test } from 'vitest';
import { DASHBOARD_VERSION } from '../dashboard.ts';
import { parseLibraryPanel, writeLibraryPanel } from './library-panel.ts';

const panel = { id: 1, kind: 'timeseries', title: 'Loss', grid: { x: 0, y: 0, w: 12, h: 8 } };

test('a library panel comes back as it was saved, and says its version', () => {
  const parsed = parseLibraryPanel(panel);
  const text = writeLibraryPanel(parsed);
  expect(JSON.parse(text)).toMatchObject({ version: DASHBOARD_VERSION, title: 'Loss' });
  expect(parseLibraryPanel(JSON.parse(text))).toEqual(parsed);
});

test('one of version 1 is brought to the newest as a dashboard’s panels are', () => {
  const old = { ...panel, version: 1, options: { lineWidth: 3 }, queries: [] };
  expect(parseLibraryPanel(old).fieldConfig.defaults.custom).toMatchObject({ lineWidth: 3 });
});

test.each([
  [{ ...panel, version: 99 }, /^version: expected 1 to/],
  [{ ...panel, version: 'x' }, /^version: expected 1 to/],
  [{ ...panel, grid: 3 }, /^panel\.grid/],
  [7, /^panel: expected an object/],
])('%j is refused with the field', (input, sentence) => {
  expect(() => parseLibraryPanel(input)).toThrow(sentence);
});

// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { listenForShortcuts, readKey } from './shortcuts.ts';
import type { Shortcut } from './shortcuts.ts';

const shortcut = (keys: string): Shortcut => ({ keys, label: keys, group: 'Page', run() {} });
const known = ['g d', 'g h', 'd', 't', '/', 'mod+k'].map(shortcut);

test.each([
  [undefined, 'd', 'd'],
  ['g', 'd', 'g d'],
  ['g', 'h', 'g h'],
  ['g', 't', 't'],
  [undefined, 'mod+k', 'mod+k'],
  [undefined, 'x', undefined],
])('after %s, %s does %s', (first, key, want) => expect(readKey(first, key, known).shortcut?.keys).toBe(want));

test('a first half waits for its second', () => expect(readKey(undefined, 'g', known)).toEqual({ first: 'g' }));

test('the later of two that claim a key counts', () => {
  const later = { ...shortcut('/'), label: 'Search the dashboards' };
  expect(readKey(undefined, '/', [...known, later]).shortcut).toBe(later);
});

test('keys typed into a field stay there', () => {
  const stop = listenForShortcuts();
  const field = document.createElement('input');
  document.body.append(field);
  const event = new KeyboardEvent('keydown', { key: 't', bubbles: true, cancelable: true });
  field.dispatchEvent(event);
  expect(event.defaultPrevented).toBe(false);
  stop();
});

// @vitest-environment happy-dom
import { act, createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { describe, expect, test, vi } from 'vitest';
import { currentShortcuts, listenForShortcuts, readKey, useShortcuts } from './shortcuts.ts';
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

describe('of what a page offers', () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);

  /** A component that offers these keys; the answer takes it away. */
  function offer(list: readonly Shortcut[]): () => void {
    const root = createRoot(document.createElement('div'));
    const Offering = (): null => {
      useShortcuts(list);
      return null;
    };
    act(() => root.render(createElement(Offering)));
    return () => act(() => root.unmount());
  }

  test.each([
    ['the closed list of a field', 'listbox', false, true],
    ['an open dialog', 'dialog', true, false],
  ])('with %s in the document, whether keys count', (_name, role, isVisible, counts) => {
    const overlay = document.createElement('div');
    overlay.setAttribute('role', role);
    overlay.checkVisibility = () => isVisible;
    document.body.append(overlay);
    const takeAway = offer(known);
    const stop = listenForShortcuts();
    const event = new KeyboardEvent('keydown', { key: 't', bubbles: true, cancelable: true });
    document.body.dispatchEvent(event);
    expect(event.defaultPrevented).toBe(counts);
    stop();
    takeAway();
    overlay.remove();
  });

  test('a key that yields gives way to another, though that was added before', () => {
    const takeAway = offer([{ ...shortcut('/'), label: 'Search the dashboards' }]);
    const takeOther = offer([{ ...shortcut('/'), yields: true }]);
    expect(currentShortcuts().find(({ keys }) => keys === '/')?.label).toBe('Search the dashboards');
    takeAway();
    takeOther();
  });
});

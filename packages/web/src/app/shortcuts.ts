import { useEffect } from 'react';

/** A key, or two in turn ("g d"), and what it does. */
export interface Shortcut {
  readonly keys: string;
  readonly label: string;
  readonly group: 'Go to' | 'Dashboard' | 'Page';
  /** Also counts while a field has the focus, or a dialog is open. */
  readonly everywhere?: boolean;
  /** A page's own meaning of the same key counts before it, whichever was added first. */
  readonly yields?: boolean;
  readonly run: () => void;
}

/** How long the second key of a pair may take. */
const PAIR_MS = 1_000;

const shortcuts = new Set<Shortcut>();

/** What can be pressed now, in the order it was added; of equal keys the last added counts, unless it yields. */
export function currentShortcuts(): Shortcut[] {
  const added = [...shortcuts];
  const ranked = [...added.filter(({ yields }) => yields === true), ...added.filter(({ yields }) => yields !== true)];
  return [...new Map(ranked.map((shortcut) => [shortcut.keys, shortcut])).values()];
}

/** Adds shortcuts while the component is there. The list should be kept between renders. */
export function useShortcuts(list: readonly Shortcut[]): void {
  useEffect(() => {
    for (const shortcut of list) shortcuts.add(shortcut);
    return () => {
      for (const shortcut of list) shortcuts.delete(shortcut);
    };
  }, [list]);
}

/** What a key press means after the one before it: a shortcut, the first half of a pair, or nothing. */
export function readKey(
  first: string | undefined,
  key: string,
  known: readonly Shortcut[],
): { readonly shortcut?: Shortcut; readonly first?: string } {
  const pair = first === undefined ? undefined : known.find(({ keys }) => keys === `${first} ${key}`);
  const shortcut = pair ?? known.findLast(({ keys }) => keys === key);
  if (shortcut !== undefined) return { shortcut };
  return known.some(({ keys }) => keys.startsWith(`${key} `)) ? { first: key } : {};
}

/** Whether something lies over the page that Escape would close. */
export function hasOverlay(): boolean {
  const overlays = document.querySelectorAll('[role="dialog"], [role="menu"], [role="listbox"], [data-overlay]');
  // The list of a closed field stays in the document, unseen.
  return [...overlays].some((overlay) => overlay.checkVisibility());
}

/** Listens for shortcuts until the answer is called. */
export function listenForShortcuts(): () => void {
  let first: string | undefined;
  let firstMs = 0;
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing || event.altKey) return;
    const modified = event.ctrlKey || event.metaKey;
    const key = (modified ? 'mod+' : '') + (event.key.length === 1 ? event.key.toLowerCase() : event.key);
    const busy = isTyping(event.target) || hasOverlay();
    const known = currentShortcuts().filter(({ everywhere }) => everywhere === true || !busy);
    const read = readKey(event.timeStamp - firstMs < PAIR_MS ? first : undefined, key, known);
    first = read.first;
    firstMs = event.timeStamp;
    if (read.shortcut === undefined) return;
    event.preventDefault();
    read.shortcut.run();
  };
  // Before anything open hears it: one Escape closes the top thing, and what lies under it must still see that thing there.
  window.addEventListener('keydown', onKey, { capture: true });
  return () => window.removeEventListener('keydown', onKey, { capture: true });
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  // The code editor stands in a shadow root: from here its host is what is typed into.
  return (
    target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName) || target.dataset['typing'] !== undefined
  );
}

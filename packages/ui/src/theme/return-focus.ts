import { useEffect } from 'react';

/** Where the focus was, newest last: enough for a dialog over a dialog over a menu. */
const KEPT = 8;

interface Stop {
  readonly element: WeakRef<HTMLElement>;
  /** Finds what opened a dialog where it was drawn anew: by its id, else by its name. Empty where it has neither. */
  readonly selector: string;
  readonly isInPortal: boolean;
}

/**
 * Gives the focus back to where it was, when what had it has gone from the page: dialogs here are there or not there, and one that
 * goes takes the focus with it. Whoever uses the keyboard would begin again at the top of the page.
 */
export function useReturnFocus(): void {
  useEffect(() => {
    const stops: Stop[] = [];
    const onFocus = ({ target }: FocusEvent): void => {
      if (!(target instanceof HTMLElement)) return;
      const isInPortal = target.closest('[data-portal]') !== null;
      stops.push({ element: new WeakRef(target), selector: isInPortal ? '' : selectorOf(target), isInPortal });
      if (stops.length > KEPT) stops.shift();
    };
    const giveBack = (): void => {
      const { activeElement } = document;
      if (activeElement !== null && activeElement !== document.body) return;
      for (const { element, selector, isInPortal } of stops.toReversed()) {
        const known = element.deref();
        const found = known?.isConnected === true || selector === '' ? known : document.querySelector<HTMLElement>(selector);
        found?.focus({ preventScroll: true });
        if (found !== null && found !== undefined && document.activeElement === found) return;
        // What the dialog was opened from is not there any more: this is another page, which has its own beginning.
        if (!isInPortal) return;
      }
    };
    const observer = new MutationObserver((records) => {
      for (const { addedNodes } of records) for (const node of addedNodes) watch(node);
      // While the focus moves on, nothing has it for a moment: what loses it by that closes its tooltip, and is not to get it back.
      if (records.some(({ removedNodes }) => removedNodes.length > 0)) setTimeout(giveBack);
    });
    // Only what floats, not the page below it, which changes many times a second.
    const watch = (node: Node): void => {
      if (node instanceof HTMLElement && node.dataset['portal'] !== undefined) observer.observe(node, { childList: true });
    };
    observer.observe(document.body, { childList: true });
    for (const node of document.body.children) watch(node);
    document.addEventListener('focusin', onFocus);
    return () => {
      observer.disconnect();
      document.removeEventListener('focusin', onFocus);
    };
  }, []);
}

function selectorOf(element: HTMLElement): string {
  const { id, localName } = element;
  const name = element.getAttribute('aria-label') ?? '';
  const named = name === '' ? [] : [`${localName}[aria-label="${CSS.escape(name)}"]`];
  return [...(id === '' ? [] : [`#${CSS.escape(id)}`]), ...named].join(', ');
}

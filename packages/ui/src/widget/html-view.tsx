import { createElement, useMemo } from 'react';
import type { ReactElement, ReactNode } from 'react';

import classes from './markdown.module.css';
import { readSafeHtml } from './safe-html.ts';
import type { SafeNode } from './safe-html.ts';

/** HTML that somebody wrote, as elements: what could run, load or leave its box is left out. */
export function HtmlView({ source }: { source: string }): ReactElement {
  const nodes = useMemo(() => readSafeHtml(source, (html) => new DOMParser().parseFromString(html, 'text/html').body), [source]);
  return <div className={classes.markdown}>{nodes.map(element)}</div>;
}

// Pieces have no identity but their place: the text is parsed whole each time.
function element(node: SafeNode, key: number): ReactNode {
  if (typeof node === 'string') return node;
  const { tag, attributes, style, children } = node;
  // Blanks between the parts of a table are no text.
  const shown = TABLE_PARTS.has(tag) ? children.filter((child) => typeof child !== 'string' || child.trim() !== '') : children;
  return createElement(tag, { key, ...attributes, style }, ...(shown.length === 0 ? [] : [shown.map(element)]));
}

const TABLE_PARTS = new Set(['table', 'thead', 'tbody', 'tfoot', 'tr', 'colgroup']);

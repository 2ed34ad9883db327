import { createElement, useMemo } from 'react';
import type { ReactElement, ReactNode } from 'react';

import { parseMarkdown } from './markdown-parse.ts';
import type { Block, Inline } from './markdown-parse.ts';
import classes from './markdown.module.css';

/** Markdown as elements. Links that leave the page open beside it and tell the other side nothing. */
export function Markdown({ source }: { source: string }): ReactElement {
  const blocks = useMemo(() => parseMarkdown(source), [source]);
  return <div className={classes.markdown}>{blocks.map(block)}</div>;
}

// Blocks and words have no identity but their place: the text is parsed whole each time.
function block(node: Block, key: number): ReactNode {
  switch (node.kind) {
    case 'heading':
      // A panel's title is the heading above these.
      return createElement(`h${Math.min(6, node.level + 2)}`, { key, 'data-level': node.level }, node.children.map(inline));
    case 'paragraph':
      return <p key={key}>{node.children.map(inline)}</p>;
    case 'code':
      return (
        <pre key={key}>
          <code>{node.text}</code>
        </pre>
      );
    case 'quote':
      return <blockquote key={key}>{node.children.map(block)}</blockquote>;
    case 'rule':
      return <hr key={key} />;
    case 'list': {
      const items = node.items.map((item, index) => (
        <li key={index}>
          {item.length === 1 && item[0]!.kind === 'paragraph' ? item[0]!.children.map(inline) : item.map(block)}
        </li>
      ));
      return node.ordered ? (
        <ol key={key} start={node.start}>
          {items}
        </ol>
      ) : (
        <ul key={key}>{items}</ul>
      );
    }
    case 'table':
      return (
        <div key={key} className={classes.scroll}>
          <table>
            <thead>
              <tr>
                {node.head.map((cell, index) => (
                  <th key={index}>{cell.map(inline)}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {node.rows.map((row, at) => (
                <tr key={at}>
                  {row.map((cell, index) => (
                    <td key={index}>{cell.map(inline)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
  }
}

function inline(node: Inline, key: number): ReactNode {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'code':
      return <code key={key}>{node.text}</code>;
    case 'strong':
      return <strong key={key}>{node.children.map(inline)}</strong>;
    case 'emphasis':
      return <em key={key}>{node.children.map(inline)}</em>;
    case 'break':
      return <br key={key} />;
    case 'link':
      return (
        <a
          key={key}
          href={node.href}
          {...(/^https?:/i.test(node.href) ? { target: '_blank', rel: 'noopener noreferrer nofollow' } : {})}
        >
          {node.children.map(inline)}
        </a>
      );
  }
}

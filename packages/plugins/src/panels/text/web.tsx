import { Markdown } from '@vitrine/ui/widget/markdown.tsx';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { text } from './spec.ts';
import type { TextOptions } from './spec.ts';
import classes from './text.module.css';

function Text({ options, width, height, title, context }: PanelProps<TextOptions>): ReactElement {
  const { mode } = options;
  const content = context.replace(options.content);
  if (content.trim() === '')
    return <NoData width={width} height={height} text="Nothing written yet" hint="Edit the panel to write in Markdown." />;
  return (
    // Long notes scroll, and keys must reach what scrolls.
    <div className={classes.text} style={{ width, height }} role="region" aria-label={title === '' ? 'Text' : title} tabIndex={0}>
      {mode === 'markdown' || mode === 'html' ? <Markdown source={content} /> : <pre className={classes.code}>{content}</pre>}
    </div>
  );
}

export const textWeb: PanelWeb<TextOptions> = { spec: text, Component: Text };

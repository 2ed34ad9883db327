import { HtmlView } from '@vitrine/ui/widget/html-view.tsx';
import { Markdown } from '@vitrine/ui/widget/markdown.tsx';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useMemo } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { text } from './spec.ts';
import type { TextOptions } from './spec.ts';
import classes from './text.module.css';

function Text({ options, width, height, title, context }: PanelProps<TextOptions>): ReactElement {
  const { mode, content, code } = options;
  const source = useMemo(() => context.replace(content), [context, content]);
  if (content.trim() === '')
    return <NoData width={width} height={height} text="Nothing written yet" hint="Edit the panel to write in Markdown." />;
  return (
    // Long notes scroll, and keys must reach what scrolls.
    <div className={classes.text} style={{ width, height }} role="region" aria-label={title === '' ? 'Text' : title} tabIndex={0}>
      {mode === 'markdown' && <Markdown source={source} />}
      {mode === 'html' && <HtmlView source={source} />}
      {mode === 'code' && (
        <pre className={classes.code} data-language={code.language}>
          {code.showLineNumbers
            ? source.split('\n').map((line, index) => (
                // Lines are known by their numbers.
                <span key={index} className={classes.line} data-number={index + 1}>
                  {line}
                  {'\n'}
                </span>
              ))
            : source}
        </pre>
      )}
    </div>
  );
}

export const textWeb: PanelWeb<TextOptions> = { spec: text, Component: Text };

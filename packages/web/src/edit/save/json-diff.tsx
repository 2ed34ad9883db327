import { json } from '@codemirror/lang-json';
import { unifiedMergeView } from '@codemirror/merge';
import { CodeEditor } from '@vitrine/ui/editor/code-editor.tsx';
import { useMemo } from 'react';
import type { ReactElement } from 'react';
import classes from './save.module.css';

export interface JsonDiffProps {
  readonly label: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What of a document is not as it was, with what is the same folded away. */
export function JsonDiff({ label, before, after }: JsonDiffProps): ReactElement {
  const [original, now] = [write(before), write(after)];
  const extensions = useMemo(
    () => [json(), unifiedMergeView({ original, mergeControls: false, collapseUnchanged: { margin: 3, minSize: 6 } })],
    [original],
  );
  if (original === now) return <p className={classes.same}>Nothing differs.</p>;
  return (
    <div className={classes.diff}>
      <CodeEditor key={original} label={label} value={now} onChange={() => {}} readOnly lineNumbers extensions={extensions} />
    </div>
  );
}

function write(document: unknown): string {
  return JSON.stringify(document, null, 2);
}

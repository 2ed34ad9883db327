import { json } from '@codemirror/lang-json';
import { CodeEditor } from '@vitrine/ui/editor/code-editor.tsx';
import { useState } from 'react';
import type { ReactElement } from 'react';
import classes from './panel-editor.module.css';

export interface SpecJsonProps {
  readonly label: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly onChange: (value: Readonly<Record<string, unknown>>) => void;
}

const LANGUAGE = json();

/** An object as JSON; only what can be read is handed on. */
export function SpecJson({ label, value, onChange }: SpecJsonProps): ReactElement {
  const [text, setText] = useState(() => JSON.stringify(value, null, 2));
  const [problem, setProblem] = useState('');
  const read = (next: string) => {
    setText(next);
    try {
      const parsed: unknown = JSON.parse(next);
      if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
        return setProblem('It must be an object: { … }.');
      setProblem('');
      onChange(parsed as Record<string, unknown>);
    } catch (error) {
      setProblem(`This is not JSON yet: ${(error as Error).message}.`);
    }
  };
  return (
    <div className={classes.stack}>
      <CodeEditor label={`${label} as JSON`} value={text} onChange={read} extensions={LANGUAGE} />
      {problem !== '' && (
        <p className={classes.problem} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

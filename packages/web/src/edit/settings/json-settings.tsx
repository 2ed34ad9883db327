import { json } from '@codemirror/lang-json';
import { Button, Group } from '@mantine/core';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Dashboard } from '@vitrine/model/dashboard.ts';
import { parseDashboard } from '@vitrine/model/parse/dashboard.ts';
import { CodeEditor } from '@vitrine/ui/editor/code-editor.tsx';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { copyText } from '../../state/copy-button.tsx';
import type { GeneralSettingsProps } from './general-settings.tsx';
import classes from './settings.module.css';

const LANGUAGE = json();

/** The whole document as it is saved, to be read, copied and changed. */
export function JsonSettings({ dashboard, onChange }: GeneralSettingsProps): ReactElement {
  const [text, setText] = useState(() => JSON.stringify(dashboard, null, 2));
  const [problem, setProblem] = useState('');
  const apply = () => {
    const read = readDashboard(text, dashboard.uid);
    if (typeof read === 'string') return setProblem(read);
    setProblem('');
    onChange(() => read);
  };
  return (
    <div className={classes.fields}>
      <div className={classes.json}>
        <CodeEditor
          label="The dashboard as JSON"
          value={text}
          onChange={setText}
          extensions={LANGUAGE}
          lineNumbers
          onRun={apply}
        />
      </div>
      {problem !== '' && (
        <p className={classes.problem} role="alert">
          {problem}
        </p>
      )}
      <Group justify="end">
        <Button variant="default" onClick={() => void copyText(text)}>
          Copy
        </Button>
        <Button onClick={apply}>Apply</Button>
      </Group>
    </div>
  );
}

/** The dashboard, or a sentence that says why it is none. */
function readDashboard(text: string, uid: string): Dashboard | string {
  try {
    const read = parseDashboard(JSON.parse(text));
    return read.uid === uid
      ? read
      : `uid: must stay "${uid}": a dashboard of another uid is another dashboard. Save a copy instead.`;
  } catch (error) {
    if (error instanceof SyntaxError) return `This is not JSON: ${error.message}.`;
    if (error instanceof BadRequest) return error.message;
    throw error;
  }
}

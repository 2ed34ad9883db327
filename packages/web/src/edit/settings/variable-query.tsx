import { Textarea } from '@mantine/core';
import type { SourceRef } from '@vitrine/model/dashboard.ts';
import type { VariableQueryField } from '@vitrine/plugins/contract.ts';
import type { ReactElement } from 'react';
import { useSourceWeb } from '../panel/source-webs.ts';
import { SpecJson } from '../panel/spec-json.tsx';
import classes from './settings.module.css';

export interface VariableQueryProps {
  readonly source: SourceRef;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly onChange: (spec: Readonly<Record<string, unknown>>) => void;
}

const PLAIN: VariableQueryField = {
  label: 'Query',
  placeholder: '',
  hint: 'In the words of the data source.',
  language: '',
};

/** The query whose answer are a variable's values, in the words of its source. */
export function VariableQuery({ source, spec, onChange }: VariableQueryProps): ReactElement {
  const { label, placeholder, hint, language } = useSourceWeb(source).web?.variableQuery ?? PLAIN;
  const text = spec['query'];
  // Some saved dashboards have a query that is no text.
  if (typeof text !== 'string' && Object.keys(spec).length > 0) {
    return <SpecJson label={label} value={spec} onChange={onChange} />;
  }
  return <Text {...{ label, placeholder, hint, language, onChange }} text={typeof text === 'string' ? text : ''} />;
}

interface TextProps extends VariableQueryField {
  readonly text: string;
  readonly onChange: VariableQueryProps['onChange'];
}

function Text({ label, placeholder, hint, language, text, onChange }: TextProps): ReactElement {
  return (
    <Textarea
      label={language === '' || label !== PLAIN.label ? label : `${label} (${language})`}
      description={hint}
      placeholder={placeholder}
      className={classes.code}
      autosize
      minRows={1}
      maxRows={16}
      spellCheck={false}
      error={language === 'JSON' && text.trim() !== '' ? jsonProblem(text) : undefined}
      value={text}
      onChange={(event) => {
        // What stood beside the text, such as a kind of query, would contradict it.
        onChange({ query: event.currentTarget.value });
      }}
    />
  );
}

function jsonProblem(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    // A variable within it is no JSON until it stands for something.
    return text.includes('$') ? undefined : `This is not JSON yet: ${(error as Error).message}.`;
  }
}

import { Autocomplete } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { ReactElement } from 'react';

import { askNames } from './ask-names.ts';

export interface NameFieldProps {
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly width?: number;
  /** What is asked for names: "measurements". */
  readonly what: string;
  /** A search of the same names always has the same text. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly ask: (path: string) => Promise<unknown>;
  readonly onChange: (name: string) => void;
  /** Offered besides: "*". */
  readonly more?: readonly string[];
}

const MOST = 200;

/** A name that the data source knows, or any other: a variable, a regular expression. Asked for when somebody comes to it. */
export function NameField(props: NameFieldProps): ReactElement {
  const { label, value, what, parameters, ask, onChange, more = [] } = props;
  const [isOpen, setOpen] = useState(false);
  const [names, setNames] = useState<readonly string[]>([]);
  // The parameters count by what they say: they are another object at each render.
  const asked = new URLSearchParams(parameters).toString();
  useEffect(() => {
    if (!isOpen) return undefined;
    let isOver = false;
    void askNames(ask, what, Object.fromEntries(new URLSearchParams(asked))).then((found) => {
      if (!isOver) setNames(found);
    });
    return () => {
      isOver = true;
    };
  }, [ask, isOpen, what, asked]);
  return (
    <Autocomplete
      size="xs"
      w={props.width ?? 180}
      aria-label={label}
      placeholder={props.placeholder ?? label}
      data={[...new Set([...more, ...names])]}
      limit={MOST}
      value={value}
      onFocus={() => setOpen(true)}
      onChange={onChange}
    />
  );
}

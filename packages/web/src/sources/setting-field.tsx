import { Button, PasswordInput, Textarea } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import type { SettingControl } from '@vitrine/plugins/contract.ts';
import type { ReactElement } from 'react';
import { Control } from '../edit/form/control.tsx';
import { secretName } from './source-draft.ts';
import classes from './sources.module.css';

export interface SettingFieldProps {
  readonly control: SettingControl;
  /** undefined is not said; of a secret, that nothing was written here. */
  readonly value: unknown;
  /** Whether there is a saved secret. */
  readonly isSet: boolean;
  /** A file says what it is. */
  readonly isLocked: boolean;
  readonly problem: string | undefined;
  readonly onChange: (value: unknown) => void;
}

/** One setting of a data source. */
export function SettingField({ control, value, isSet, isLocked, problem, onChange }: SettingFieldProps): ReactElement {
  const { path, label, hint, input, otherwise } = control;
  if (input.kind !== 'secret') {
    return <Control {...{ label, hint, input, value, otherwise, onChange }} error={problem} fields={NO_FIELDS} />;
  }
  const { placeholder = '', lines } = input;
  if (value === undefined && (isSet || isLocked)) {
    return (
      <div role="group" aria-label={label}>
        <div data-label>{label}</div>
        <div className={classes.secret}>
          <span className={classes.set}>
            <IconLock size={14} aria-hidden />
            {isSet ? 'Set, and never shown' : 'Not set'}
          </span>
          {!isLocked && (
            <Button size="compact-sm" variant="default" aria-label={`Reset ${label}`} onClick={() => onChange('')}>
              Reset
            </Button>
          )}
        </div>
      </div>
    );
  }
  const text = typeof value === 'string' ? value : '';
  const named = {
    label,
    size: 'xs',
    placeholder,
    value: text,
    // A browser's own passwords are none of a data source's.
    autoComplete: 'new-password',
    name: secretName(path) ?? path,
    ...(hint === undefined ? {} : { description: hint }),
    ...(problem === undefined ? {} : { error: problem }),
    // Nothing written and nothing saved says nothing; a saved one is taken away by an empty text.
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      onChange(event.currentTarget.value === '' && !isSet ? undefined : event.currentTarget.value),
  } as const;
  return (
    <div className={classes.written}>
      {lines === undefined ? (
        <PasswordInput {...named} visibilityToggleButtonProps={{ 'aria-label': `Show or hide ${label}` }} />
      ) : (
        <Textarea {...named} minRows={lines} maxRows={16} autosize spellCheck={false} />
      )}
      {isSet && (
        <Button size="compact-xs" variant="subtle" color="gray" onClick={() => onChange(undefined)}>
          Keep the saved one
        </Button>
      )}
    </div>
  );
}

const NO_FIELDS: readonly string[] = [];

import { Autocomplete, MultiSelect, NumberInput, SegmentedControl, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { REDUCERS } from '@vitrine/compute/reducers.ts';
import { UNIT_IDS } from '@vitrine/model/unit/unit-table.ts';
import { formatText } from '@vitrine/model/unit.ts';
import type { OptionChoice, OptionInput } from '@vitrine/plugins/contract.ts';
import type { ReactElement } from 'react';
import { ColorField } from './color-field.tsx';
import { readPath } from './path.ts';

export interface ControlProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly input: OptionInput;
  /** undefined is not said. */
  readonly value: unknown;
  readonly otherwise: unknown;
  /** Names of the fields of the answer. */
  readonly fields: readonly string[];
  readonly onChange: (value: unknown) => void;
  /** What is wrong with it, below it. */
  readonly error?: string | undefined;
}

const FEW_CHOICES = 4;
const SHORT_CHOICES = 34;
const REDUCER_CHOICES = [...REDUCERS.values()].map(({ id, title }) => ({ value: id, label: title }));
const UNIT_EXAMPLE = 1_234.5;

/** One option with its label, whatever it holds. What is not said shows what holds then. */
export function Control({ label, hint, input, value, otherwise, fields, onChange, error }: ControlProps): ReactElement {
  const about = { ...(hint === undefined ? {} : { description: hint }), ...(error === undefined ? {} : { error }) };
  const named = { label, size: 'xs', ...about } as const;
  const shown = value ?? otherwise;
  switch (input.kind) {
    case 'switch':
      return <Switch {...named} checked={shown === true} onChange={(event) => onChange(event.currentTarget.checked)} />;
    case 'number':
      return (
        <NumberInput
          {...named}
          value={typeof shown === 'number' ? shown : ''}
          placeholder={input.placeholder ?? 'auto'}
          {...(input.min === undefined ? {} : { min: input.min })}
          {...(input.max === undefined ? {} : { max: input.max })}
          {...(input.step === undefined ? {} : { step: input.step })}
          onChange={(next) => onChange(typeof next === 'number' ? next : undefined)}
        />
      );
    case 'text':
      return input.lines === undefined ? (
        <TextInput
          {...named}
          value={textOf(shown)}
          placeholder={input.placeholder ?? ''}
          onChange={(event) => onChange(event.currentTarget.value || undefined)}
        />
      ) : (
        <Textarea
          {...named}
          value={textOf(shown)}
          placeholder={input.placeholder ?? ''}
          minRows={input.lines}
          maxRows={24}
          autosize
          onChange={(event) => onChange(event.currentTarget.value || undefined)}
        />
      );
    case 'choice':
      return <Choice {...{ named, choices: input.choices, shown, onChange }} />;
    case 'choices':
      return (
        <MultiSelect
          {...named}
          data={input.choices.map(({ label }) => label)}
          value={Array.isArray(shown) ? input.choices.filter(({ value }) => shown.includes(value)).map(({ label }) => label) : []}
          onChange={(labels) => onChange(input.choices.filter(({ label }) => labels.includes(label)).map(({ value }) => value))}
        />
      );
    case 'reducers': {
      const ids = (Array.isArray(shown) ? shown : [shown]).filter((id): id is string => typeof id === 'string');
      return input.many ? (
        <MultiSelect {...named} searchable data={REDUCER_CHOICES} value={ids} onChange={onChange} />
      ) : (
        <Select
          {...named}
          searchable
          allowDeselect={false}
          data={REDUCER_CHOICES}
          value={ids[0] ?? null}
          onChange={(id) => id !== null && onChange(Array.isArray(otherwise) ? [id] : id)}
        />
      );
    }
    case 'color':
      return <ColorField label={label} value={textOf(shown)} onChange={onChange} />;
    case 'unit':
      return (
        <Autocomplete
          {...named}
          placeholder="none, or your own word"
          data={UNIT_IDS as string[]}
          limit={60}
          maxDropdownHeight={300}
          renderOption={({ option }) => (
            <>
              <span>{option.value}</span>
              <span data-faint>{formatText(UNIT_EXAMPLE, option.value)}</span>
            </>
          )}
          value={textOf(shown)}
          onChange={(unit) => onChange(unit === '' ? undefined : unit)}
        />
      );
    case 'field':
      return (
        <Autocomplete
          {...named}
          placeholder="auto"
          data={[...new Set(fields)]}
          value={textOf(input.asMatcher === true ? readPath(shown, 'options') : shown)}
          onChange={(name) =>
            onChange(name === '' ? undefined : input.asMatcher === true ? { id: 'byName', options: name } : name)
          }
        />
      );
  }
}

interface ChoiceProps {
  readonly named: { readonly label: string; readonly size: 'xs' };
  readonly choices: readonly OptionChoice[];
  readonly shown: unknown;
  readonly onChange: (value: unknown) => void;
}

/** Few short words stand side by side; more of them drop down. */
function Choice({ named, choices, shown, onChange }: ChoiceProps): ReactElement {
  const key = JSON.stringify(shown);
  const found = choices.find(({ value }) => JSON.stringify(value) === key);
  const pick = (label: string | null) => {
    const next = choices.find((choice) => choice.label === label);
    if (next !== undefined) onChange(next.value);
  };
  const labels = choices.map(({ label }) => label);
  if (choices.length <= FEW_CHOICES && labels.join('').length <= SHORT_CHOICES) {
    return (
      <div role="group" aria-label={named.label}>
        <div data-label>{named.label}</div>
        <SegmentedControl size="xs" fullWidth data={labels} value={found?.label ?? ''} onChange={pick} />
      </div>
    );
  }
  return <Select {...named} allowDeselect={false} data={labels} value={found?.label ?? null} onChange={pick} />;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

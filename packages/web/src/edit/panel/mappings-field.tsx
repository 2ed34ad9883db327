import { NumberInput, Select, TextInput } from '@mantine/core';
import type { MappedResult, SpecialValue, ValueMapping } from '@vitrine/model/field-config.ts';
import type { ReactElement } from 'react';
import { ColorField } from '../form/color-field.tsx';
import { RowList } from '../form/row-list.tsx';
import classes from './panel-editor.module.css';

const KINDS = [
  { value: 'value', label: 'Value' },
  { value: 'range', label: 'Range' },
  { value: 'regex', label: 'Pattern' },
  { value: 'special', label: 'Special' },
];
const SPECIALS: readonly { value: SpecialValue; label: string }[] = [
  { value: 'null', label: 'no value' },
  { value: 'nan', label: 'NaN' },
  { value: 'null+nan', label: 'no value or NaN' },
  { value: 'true', label: 'true' },
  { value: 'false', label: 'false' },
  { value: 'empty', label: 'empty text' },
];

export interface MappingsFieldProps {
  readonly mappings: readonly ValueMapping[] | undefined;
  readonly onChange: (mappings: readonly ValueMapping[] | undefined) => void;
}

/** What values are called and how they are coloured; the first that fits decides. */
export function MappingsField({ mappings, onChange }: MappingsFieldProps): ReactElement {
  return (
    <div className={classes.stack} role="group" aria-label="Value mappings">
      <div data-label>Value mappings</div>
      <RowList
        ordered
        noun="mapping"
        rows={mappings ?? []}
        onChange={(next) => onChange(next.length === 0 ? undefined : next)}
        make={(): ValueMapping => ({ kind: 'value', value: '', result: {} })}
      >
        {(mapping, change) => (
          <div className={classes.stack}>
            <div className={classes.line}>
              <Select
                size="xs"
                w={96}
                aria-label="Kind of mapping"
                allowDeselect={false}
                data={KINDS}
                value={mapping.kind}
                onChange={(kind) => change(emptyMapping(kind as ValueMapping['kind'], mapping.result))}
              />
              <Match mapping={mapping} onChange={change} />
            </div>
            <div className={classes.line}>
              <TextInput
                className={classes.grow}
                size="xs"
                aria-label="Shown as"
                placeholder="Shown as"
                value={mapping.result.text ?? ''}
                onChange={(event) => change({ ...mapping, result: withText(mapping.result, event.currentTarget.value) })}
              />
              <ColorField
                bare
                label="Colour"
                value={mapping.result.color ?? ''}
                onChange={(color) => change({ ...mapping, result: { ...mapping.result, color } })}
              />
            </div>
          </div>
        )}
      </RowList>
    </div>
  );
}

function Match({
  mapping,
  onChange,
}: {
  readonly mapping: ValueMapping;
  readonly onChange: (next: ValueMapping) => void;
}): ReactElement {
  switch (mapping.kind) {
    case 'value':
      return (
        <TextInput
          className={classes.grow}
          size="xs"
          aria-label="Value"
          placeholder="Value"
          value={mapping.value}
          onChange={(event) => onChange({ ...mapping, value: event.currentTarget.value })}
        />
      );
    case 'regex':
      return (
        <TextInput
          className={classes.grow}
          size="xs"
          aria-label="Pattern"
          placeholder="/^gpu-(\d+)$/"
          value={mapping.pattern}
          onChange={(event) => onChange({ ...mapping, pattern: event.currentTarget.value })}
        />
      );
    case 'special':
      return (
        <Select
          className={classes.grow}
          size="xs"
          aria-label="Special value"
          allowDeselect={false}
          data={SPECIALS}
          value={mapping.match}
          onChange={(match) => onChange({ ...mapping, match: match as SpecialValue })}
        />
      );
    case 'range': {
      const { from, to, ...rest } = mapping;
      const write = (ends: { readonly from?: number | undefined; readonly to?: number | undefined }) =>
        onChange({
          ...rest,
          ...(ends.from === undefined ? {} : { from: ends.from }),
          ...(ends.to === undefined ? {} : { to: ends.to }),
        });
      return (
        <>
          <NumberInput
            size="xs"
            aria-label="From"
            placeholder="From"
            value={from ?? ''}
            onChange={(value) => write({ from: numberOf(value), to })}
          />
          <NumberInput
            size="xs"
            aria-label="To"
            placeholder="To"
            value={to ?? ''}
            onChange={(value) => write({ from, to: numberOf(value) })}
          />
        </>
      );
    }
  }
}

function emptyMapping(kind: ValueMapping['kind'], result: MappedResult): ValueMapping {
  switch (kind) {
    case 'value':
      return { kind, value: '', result };
    case 'range':
      return { kind, result };
    case 'regex':
      return { kind, pattern: '', result };
    case 'special':
      return { kind, match: 'null', result };
  }
}

function withText(result: MappedResult, text: string): MappedResult {
  const { color, icon } = result;
  return { ...(text === '' ? {} : { text }), ...(color === undefined ? {} : { color }), ...(icon === undefined ? {} : { icon }) };
}

function numberOf(value: string | number): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

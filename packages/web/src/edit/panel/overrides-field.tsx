import { ActionIcon, Autocomplete, Button, Menu, MultiSelect, Select, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import type { FieldOverride, FieldSettings } from '@vitrine/model/field-config.ts';
import type { OptionControl } from '@vitrine/plugins/contract.ts';
import type { ReactElement } from 'react';
import { RowList } from '../form/row-list.tsx';
import { readPath, writePath } from '../form/path.ts';
import { CustomSetting, Setting, SETTINGS } from './field-settings.tsx';
import type { SettingName } from './field-settings.tsx';
import classes from './panel-editor.module.css';

const MATCHERS = [
  { value: 'byName', label: 'Field with the name' },
  { value: 'byNames', label: 'Fields with the names' },
  { value: 'byRegexp', label: 'Fields whose name matches' },
  { value: 'byType', label: 'Fields of the type' },
  { value: 'byFrameRefID', label: 'Fields of the query' },
  { value: 'byValue', label: 'Fields whose value' },
];
const TYPES = ['number', 'string', 'time', 'boolean', 'other'];

export interface OverridesFieldProps {
  readonly overrides: readonly FieldOverride[];
  readonly controls: readonly OptionControl[];
  readonly fields: readonly string[];
  readonly refIds: readonly string[];
  readonly onChange: (overrides: readonly FieldOverride[]) => void;
}

/** Settings for some fields only. */
export function OverridesField({ overrides, controls, fields, refIds, onChange }: OverridesFieldProps): ReactElement {
  const custom = controls.filter(({ path }) => path.startsWith('custom.'));
  return (
    <RowList
      ordered
      noun="override"
      rows={overrides}
      onChange={onChange}
      make={(): FieldOverride => ({ matcher: { id: 'byName', options: '' }, properties: [] })}
    >
      {(override, change) => (
        <div className={classes.override}>
          <Matcher matcher={override.matcher} {...{ fields, refIds }} onChange={(matcher) => change({ ...override, matcher })} />
          {override.properties.map((property, index) => (
            <div key={property.id} className={classes.line}>
              <div className={classes.grow}>
                <Property
                  property={property}
                  {...{ custom, fields }}
                  onChange={(value) =>
                    change({ ...override, properties: override.properties.with(index, { id: property.id, value }) })
                  }
                />
              </div>
              <ActionIcon
                size="sm"
                variant="subtle"
                color="gray"
                aria-label={`Remove ${property.id}`}
                onClick={() => change({ ...override, properties: override.properties.toSpliced(index, 1) })}
              >
                <IconX size={14} />
              </ActionIcon>
            </div>
          ))}
          <AddProperty
            taken={override.properties.map(({ id }) => id)}
            custom={custom}
            onAdd={(id) => change({ ...override, properties: [...override.properties, { id }] })}
          />
        </div>
      )}
    </RowList>
  );
}

interface PropertyProps {
  readonly property: FieldOverride['properties'][number];
  readonly custom: readonly OptionControl[];
  readonly fields: readonly string[];
  readonly onChange: (value: unknown) => void;
}

function Property({ property: { id, value }, custom, fields, onChange }: PropertyProps): ReactElement {
  const settings = writePath({}, id, value) as FieldSettings;
  const set = (next: FieldSettings) => onChange(readPath(next, id));
  const control = custom.find(({ path }) => path === id);
  if (control !== undefined) return <CustomSetting {...{ control, settings, fields }} onChange={set} />;
  if (SETTINGS.some(({ name }) => name === id)) {
    return <Setting name={id as SettingName} {...{ settings, fields }} onChange={set} />;
  }
  // What this kind of panel does not know stays as it is.
  return (
    <span className={classes.unknown}>
      {id}: <code>{JSON.stringify(value)}</code>
    </span>
  );
}

function AddProperty(props: {
  readonly taken: readonly string[];
  readonly custom: readonly OptionControl[];
  readonly onAdd: (id: string) => void;
}): ReactElement {
  const { taken, custom, onAdd } = props;
  const offered: readonly { readonly id: string; readonly label: string }[] = [
    ...SETTINGS.map(({ name, label }) => ({ id: name, label })),
    ...custom.map(({ path, label, group }) => ({ id: path, label: `${group}: ${label}` })),
  ].filter(({ id }) => !taken.includes(id));
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target>
        <Button size="compact-xs" variant="subtle" leftSection={<IconPlus size={14} />}>
          Add a setting
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={classes.menu}>
        {offered.map(({ id, label }) => (
          <Menu.Item key={id} onClick={() => onAdd(id)}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Matcher(props: {
  readonly matcher: FieldOverride['matcher'];
  readonly fields: readonly string[];
  readonly refIds: readonly string[];
  readonly onChange: (matcher: FieldOverride['matcher']) => void;
}): ReactElement {
  const { matcher, fields, refIds, onChange } = props;
  const { id, options } = matcher;
  const known = MATCHERS.some(({ value }) => value === id);
  const names = readPath(options, 'names');
  const set = (next: unknown) => onChange({ id, options: next });
  const text = typeof options === 'string' ? options : '';
  return (
    <div className={classes.stack}>
      <Select
        size="xs"
        aria-label="Which fields"
        allowDeselect={false}
        data={known ? MATCHERS : [...MATCHERS, { value: id, label: id }]}
        value={id}
        onChange={(next) =>
          next !== null && onChange({ id: next, options: next === 'byNames' ? { mode: 'include', names: [] } : '' })
        }
      />
      {id === 'byName' && (
        <Autocomplete size="xs" aria-label="Name" placeholder="Name" data={[...new Set(fields)]} value={text} onChange={set} />
      )}
      {id === 'byNames' && (
        <MultiSelect
          size="xs"
          aria-label="Names"
          searchable
          data={[...new Set([...fields, ...(Array.isArray(names) ? (names as string[]) : [])])]}
          value={Array.isArray(names) ? (names as string[]) : []}
          onChange={(next) => set({ mode: 'include', names: next })}
        />
      )}
      {id === 'byRegexp' && (
        <TextInput
          size="xs"
          aria-label="Pattern"
          placeholder="/^p\d+/"
          value={text}
          onChange={(event) => set(event.currentTarget.value)}
        />
      )}
      {id === 'byType' && <Select size="xs" aria-label="Type" data={TYPES} value={text || null} onChange={set} />}
      {id === 'byFrameRefID' && (
        <Select size="xs" aria-label="Query" data={refIds as string[]} value={text || null} onChange={set} />
      )}
    </div>
  );
}

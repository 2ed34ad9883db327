import { Button, Menu, MultiSelect, NumberInput, Select, Switch, TagsInput, Textarea, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import type { Dashboard } from '@vitrine/model/dashboard.ts';
import { BUILTIN_SOURCE } from '@vitrine/model/dashboard.ts';
import type { Variable, VariableSort } from '@vitrine/model/variable.ts';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { RowList } from '../form/row-list.tsx';
import type { SourceChoice } from '../panel/queries-tab.tsx';
import { VariableQuery } from './variable-query.tsx';
import type { GeneralSettingsProps } from './general-settings.tsx';
import { emptyVariable, VARIABLE_KINDS } from './empty-variable.ts';
import { OptionsPreview } from './options-preview.tsx';
import classes from './settings.module.css';

const NAME = /^(?!__)\w{1,100}$/;
const HIDES = [
  { value: 'none', label: 'Shown' },
  { value: 'label', label: 'Without its label' },
  { value: 'variable', label: 'Hidden' },
  { value: 'menu', label: 'In the menu' },
];
const SORTS: readonly { readonly value: VariableSort; readonly label: string }[] = [
  { value: 'none', label: 'as they come' },
  { value: 'alphabetical', label: 'A to Z' },
  { value: 'alphabetical-desc', label: 'Z to A' },
  { value: 'alphabetical-ci', label: 'a to z, whatever the case' },
  { value: 'alphabetical-ci-desc', label: 'z to a, whatever the case' },
  { value: 'numerical', label: '1 to 9' },
  { value: 'numerical-desc', label: '9 to 1' },
  { value: 'natural', label: 'gpu2 before gpu10' },
  { value: 'natural-desc', label: 'gpu10 before gpu2' },
];

export interface VariableSettingsProps extends GeneralSettingsProps {
  readonly sources: readonly SourceChoice[];
}

/** What a reader may choose. The order is that of the bar. */
export function VariableSettings({ dashboard, sources, onChange }: VariableSettingsProps): ReactElement {
  const [open, setOpen] = useState<number>();
  const set = (variables: readonly Variable[], step?: string) => onChange((now) => ({ ...now, variables }), step);
  return (
    <div className={classes.fields}>
      {dashboard.variables.length === 0 && (
        <p className={classes.faint}>
          A variable stands where a query or a title writes <code>$name</code>, and the reader chooses it in the bar.
        </p>
      )}
      <RowList ordered noun="variable" rows={dashboard.variables} onChange={(rows) => set(rows, 'variables')}>
        {(variable, change, index) => (
          <div className={classes.item}>
            <div className={classes.summary}>
              <strong>${variable.name}</strong>
              <code className={classes.grow}>{summarize(variable)}</code>
              <Button
                size="compact-xs"
                variant="subtle"
                aria-expanded={open === index}
                onClick={() => setOpen((now) => (now === index ? undefined : index))}
              >
                {open === index ? 'Close' : 'Edit'}
              </Button>
            </div>
            {open === index && <VariableForm {...{ variable, dashboard, sources }} onChange={change} />}
          </div>
        )}
      </RowList>
      <Menu position="bottom-start" withinPortal>
        <Menu.Target>
          <Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} />} w="fit-content">
            Add variable
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {VARIABLE_KINDS.map(({ kind, label }) => (
            <Menu.Item
              key={kind}
              onClick={() => {
                set([...dashboard.variables, emptyVariable(kind, freeName(dashboard, kind))]);
                setOpen(dashboard.variables.length);
              }}
            >
              {label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

interface VariableFormProps {
  readonly variable: Variable;
  readonly dashboard: Dashboard;
  readonly sources: readonly SourceChoice[];
  readonly onChange: (variable: Variable) => void;
}

function VariableForm({ variable, dashboard, sources, onChange }: VariableFormProps): ReactElement {
  // A name that is no name yet is kept here: the document must stay one that can be saved.
  const [name, setName] = useState(variable.name);
  const taken = dashboard.variables.some((other) => other !== variable && other.name === name);
  const problem = name.startsWith('__')
    ? 'Names that begin with __ are built in, as $__interval is.'
    : !NAME.test(name)
      ? 'Letters, digits and _ only.'
      : taken
        ? 'Another variable has that name.'
        : undefined;
  return (
    <>
      <div className={classes.pair}>
        <TextInput
          label="Name"
          value={name}
          error={problem}
          onChange={(event) => {
            const next = event.currentTarget.value;
            setName(next);
            const free = !dashboard.variables.some((other) => other !== variable && other.name === next);
            if (NAME.test(next) && free) onChange({ ...variable, name: next });
          }}
        />
        <TextInput
          label="Label"
          value={variable.label}
          onChange={(event) => onChange({ ...variable, label: event.currentTarget.value })}
        />
        <Select
          label="In the bar"
          allowDeselect={false}
          data={HIDES}
          value={variable.hide}
          onChange={(hide) => onChange({ ...variable, hide: hide as Variable['hide'] })}
        />
      </div>
      <TextInput
        label="Description"
        value={variable.description}
        onChange={(event) => onChange({ ...variable, description: event.currentTarget.value })}
      />
      <OwnFields {...{ variable, sources, onChange }} />
      {'multi' in variable && (
        <div className={classes.pair}>
          <Switch
            size="xs"
            label="Several at once"
            checked={variable.multi}
            onChange={(event) => onChange({ ...variable, multi: event.currentTarget.checked })}
          />
          <Switch
            size="xs"
            label="Offer All"
            checked={variable.includeAll}
            onChange={(event) => onChange({ ...variable, includeAll: event.currentTarget.checked })}
          />
          {variable.includeAll && (
            <TextInput
              size="xs"
              label="All stands for"
              placeholder="all options, joined"
              value={variable.allValue}
              onChange={(event) => onChange({ ...variable, allValue: event.currentTarget.value })}
            />
          )}
        </div>
      )}
      {(variable.kind === 'query' || variable.kind === 'datasource') && (
        <OptionsPreview variable={variable} dashboard={dashboard} />
      )}
    </>
  );
}

type OwnFieldsProps = Pick<VariableFormProps, 'variable' | 'sources' | 'onChange'>;

function OwnFields({ variable, sources, onChange }: OwnFieldsProps): ReactElement | null {
  const pickSource = (uid: string | null) => sources.find(({ ref }) => ref.uid === uid)?.ref ?? BUILTIN_SOURCE;
  const sourceData = sources.map(({ ref, name }) => ({ value: ref.uid, label: name }));
  switch (variable.kind) {
    case 'query':
      return (
        <>
          <div className={classes.pair}>
            <Select
              label="Source"
              allowDeselect={false}
              data={
                sources.some(({ ref }) => ref.uid === variable.source.uid)
                  ? sourceData
                  : [
                      ...sourceData,
                      { value: variable.source.uid, label: variable.source.uid || variable.source.type || 'default' },
                    ]
              }
              value={variable.source.uid}
              onChange={(uid) => {
                const source = pickSource(uid);
                // What was asked of another kind of source means nothing to this one.
                const spec = source.type === variable.source.type ? variable.spec : { query: '' };
                onChange({ ...variable, source, spec });
              }}
            />
            <Select
              label="Asked"
              allowDeselect={false}
              data={[
                { value: 'load', label: 'when the page opens' },
                { value: 'range', label: 'when the range changes' },
                { value: 'never', label: 'never again' },
              ]}
              value={variable.refresh}
              onChange={(refresh) => onChange({ ...variable, refresh: refresh as typeof variable.refresh })}
            />
            <Select
              label="Sorted"
              allowDeselect={false}
              data={SORTS as { value: string; label: string }[]}
              value={variable.sort}
              onChange={(sort) => onChange({ ...variable, sort: sort as VariableSort })}
            />
          </div>
          <VariableQuery
            key={variable.source.uid}
            source={variable.source}
            spec={variable.spec}
            onChange={(spec) => onChange({ ...variable, spec })}
          />
          <TextInput
            label="Keep what matches"
            placeholder={'/.*-(?<text>\\w+)-(?<value>\\d+)/'}
            value={variable.regex}
            onChange={(event) => onChange({ ...variable, regex: event.currentTarget.value })}
          />
        </>
      );
    case 'custom':
      return (
        <Textarea
          label="Options"
          description="One a line: value, or name : value"
          autosize
          minRows={3}
          defaultValue={variable.options.map(({ text, value }) => (text === value ? value : `${text} : ${value}`)).join('\n')}
          onChange={(event) => onChange({ ...variable, options: readOptions(event.currentTarget.value) })}
        />
      );
    case 'interval':
      return (
        <div className={classes.pair}>
          <TagsInput
            label="Durations"
            value={variable.values as string[]}
            onChange={(values) => onChange({ ...variable, values })}
          />
          <Switch
            label="Offer auto"
            checked={variable.auto}
            onChange={(event) => onChange({ ...variable, auto: event.currentTarget.checked })}
          />
          {variable.auto && (
            <>
              <NumberInput
                label="Auto makes so many steps"
                min={1}
                max={10_000}
                value={variable.autoCount}
                onChange={(autoCount) => {
                  if (typeof autoCount === 'number' && Number.isInteger(autoCount) && autoCount > 0)
                    onChange({ ...variable, autoCount });
                }}
              />
              <TextInput
                label="but none shorter than"
                value={variable.autoMin}
                onChange={(event) => onChange({ ...variable, autoMin: event.currentTarget.value })}
              />
            </>
          )}
        </div>
      );
    case 'datasource':
      return (
        <div className={classes.pair}>
          <TextInput
            label="Type of source"
            value={variable.type}
            onChange={(event) => onChange({ ...variable, type: event.currentTarget.value })}
          />
          <TextInput
            label="Keep names that match"
            value={variable.regex}
            onChange={(event) => onChange({ ...variable, regex: event.currentTarget.value })}
          />
        </div>
      );
    case 'constant':
    case 'textbox':
      return (
        <TextInput
          label={variable.kind === 'constant' ? 'Value' : 'Opens with'}
          value={variable.current}
          onChange={(event) => onChange({ ...variable, current: event.currentTarget.value })}
        />
      );
    case 'switch': {
      const set = (change: { readonly enabledValue?: string; readonly disabledValue?: string }) => {
        const next = { ...variable, ...change };
        onChange({ ...next, current: variable.current === variable.enabledValue ? next.enabledValue : next.disabledValue });
      };
      return (
        <div className={classes.pair}>
          <TextInput
            label="On stands for"
            value={variable.enabledValue}
            onChange={(event) => set({ enabledValue: event.currentTarget.value })}
          />
          <TextInput
            label="Off stands for"
            value={variable.disabledValue}
            onChange={(event) => set({ disabledValue: event.currentTarget.value })}
          />
        </div>
      );
    }
    case 'adhoc':
    case 'groupby':
      return (
        <MultiSelect
          label="Source"
          maxValues={1}
          data={sourceData}
          value={[variable.source.uid]}
          onChange={(uids) => onChange({ ...variable, source: pickSource(uids.at(-1) ?? null) })}
        />
      );
  }
}

function readOptions(text: string): { readonly text: string; readonly value: string }[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [, named, value] = /^(.+?)\s+:\s+(.+)$/.exec(line) ?? [];
      return named === undefined || value === undefined ? { text: line, value: line } : { text: named, value };
    });
}

function summarize(variable: Variable): string {
  switch (variable.kind) {
    case 'query':
      return typeof variable.spec['query'] === 'string' ? variable.spec['query'] : JSON.stringify(variable.spec);
    case 'custom':
      return variable.options.map(({ value }) => value).join(', ');
    case 'interval':
      return variable.values.join(', ');
    case 'datasource':
      return `sources of type ${variable.type}`;
    case 'adhoc':
      return 'filters on labels';
    case 'groupby':
      return 'labels to group by';
    default:
      return variable.current;
  }
}

function freeName({ variables }: Dashboard, kind: string): string {
  for (let n = 0; ; n++) {
    const name = n === 0 ? kind : `${kind}${n + 1}`;
    if (!variables.some((variable) => variable.name === name)) return name;
  }
}

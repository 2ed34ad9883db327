import { NumberInput, SegmentedControl, Select, Switch, Textarea, TextInput } from '@mantine/core';
import type { Panel } from '@vitrine/model/dashboard.ts';
import type { FieldSettings } from '@vitrine/model/field-config.ts';
import type { OptionControl, PanelSpec } from '@vitrine/plugins/contract.ts';
import { useState } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { usePanelSpecs } from '../../plugins/use-panel-specs.ts';
import { Control } from '../form/control.tsx';
import { readPath, writePath } from '../form/path.ts';
import { CustomSetting, Setting, SETTINGS } from './field-settings.tsx';
import { LinksField } from './links-field.tsx';
import { OverridesField } from './overrides-field.tsx';
import classes from './panel-editor.module.css';

export interface OptionsPaneProps {
  readonly panel: Panel;
  /** Names of the fields of the answer. */
  readonly fields: readonly string[];
  readonly variables: readonly string[];
  /** `step` joins what is done in a row into one step of undoing. */
  readonly onChange: (update: (panel: Panel) => Panel, step: string) => void;
}

/** Everything about a panel that is not its data: its kind, its look, its fields. Searchable. */
export function OptionsPane({ panel, fields, variables, onChange }: OptionsPaneProps): ReactElement {
  const [search, setSearch] = useState('');
  const specs = usePanelSpecs();
  const spec = specs.find(({ kind }) => kind === panel.kind);
  const words = search.trim().toLowerCase();
  const fits = (...texts: readonly string[]) => words === '' || texts.some((text) => text.toLowerCase().includes(words));
  const read = (path: string) =>
    path.startsWith('custom.') ? readPath(panel.fieldConfig.defaults, path) : readPath(panel.options, path);
  const controls = (spec?.controls ?? []).filter(({ label, group, when }) => (when?.(read) ?? true) && fits(label, group));
  const groups = Map.groupBy(controls, ({ group }) => group);
  const settings = SETTINGS.filter(
    ({ name, label }) => (spec?.fieldSettings === undefined || spec.fieldSettings.includes(name)) && fits(label, 'Field'),
  );
  const setDefaults = (defaults: FieldSettings, name: string) =>
    onChange((now) => ({ ...now, fieldConfig: { ...now.fieldConfig, defaults } }), `field ${name}`);
  const refIds = panel.queries.map(({ refId }) => refId);
  return (
    <div>
      <KindPicker
        kind={panel.kind}
        specs={specs}
        spec={spec}
        onChange={(kind) => onChange((now) => ({ ...now, kind }), 'kind')}
      />
      <TextInput
        mt={8}
        size="xs"
        aria-label="Search options"
        placeholder="Search options"
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      {fits('Panel', 'Title', 'Description', 'Links', 'Repeat', 'Transparent') && (
        <Group title="Panel">
          <PanelWords panel={panel} variables={variables} onChange={onChange} />
        </Group>
      )}
      {[...groups].map(([title, own]) => (
        <Group key={title} title={title}>
          {own.map((control) => (
            <OwnControl key={control.path} {...{ control, panel, fields, onChange, setDefaults }} />
          ))}
        </Group>
      ))}
      {settings.length > 0 && (
        <Group title="Field">
          {settings.map(({ name }) => (
            <Setting
              key={name}
              name={name}
              settings={panel.fieldConfig.defaults}
              fields={fields}
              onChange={(next) => setDefaults(next, name)}
            />
          ))}
        </Group>
      )}
      {fits('Overrides') && (
        <Group title="Overrides">
          <OverridesField
            overrides={panel.fieldConfig.overrides}
            controls={spec?.controls ?? []}
            fields={fields}
            refIds={refIds}
            onChange={(overrides) => onChange((now) => ({ ...now, fieldConfig: { ...now.fieldConfig, overrides } }), 'overrides')}
          />
        </Group>
      )}
    </div>
  );
}

interface OwnControlProps extends Pick<OptionsPaneProps, 'panel' | 'fields' | 'onChange'> {
  readonly control: OptionControl;
  readonly setDefaults: (defaults: FieldSettings, name: string) => void;
}

function OwnControl({ control, panel, fields, onChange, setDefaults }: OwnControlProps): ReactElement {
  const { path } = control;
  if (path.startsWith('custom.')) {
    return (
      <CustomSetting
        control={control}
        settings={panel.fieldConfig.defaults}
        fields={fields}
        onChange={(next) => setDefaults(next, path)}
      />
    );
  }
  return (
    <Control
      {...control}
      value={readPath(panel.options, path)}
      fields={fields}
      onChange={(value) => onChange((now) => ({ ...now, options: writePath(now.options, path, value) }), `option ${path}`)}
    />
  );
}

function KindPicker(props: {
  readonly kind: string;
  readonly specs: readonly PanelSpec<unknown>[];
  readonly spec: PanelSpec<unknown> | undefined;
  readonly onChange: (kind: string) => void;
}): ReactElement {
  const { kind, specs, spec, onChange } = props;
  const known = specs.map((one) => ({ value: one.kind, label: one.title }));
  return (
    <Select
      label="Kind of panel"
      searchable
      allowDeselect={false}
      data={spec === undefined ? [...known, { value: kind, label: `${kind} (not in this Vitrine)` }] : known}
      description={spec?.description}
      value={kind}
      onChange={(next) => next !== null && onChange(next)}
    />
  );
}

function PanelWords({ panel, variables, onChange }: Pick<OptionsPaneProps, 'panel' | 'variables' | 'onChange'>): ReactElement {
  const { repeat } = panel;
  return (
    <>
      <TextInput
        label="Title"
        size="xs"
        value={panel.title}
        onChange={(event) => {
          const title = event.currentTarget.value;
          onChange((now) => ({ ...now, title }), 'title');
        }}
      />
      <Textarea
        label="Description"
        description="Markdown, behind the i in the panel's head."
        size="xs"
        autosize
        minRows={2}
        maxRows={8}
        value={panel.description}
        onChange={(event) => {
          const description = event.currentTarget.value;
          onChange((now) => ({ ...now, description }), 'description');
        }}
      />
      <Switch
        size="xs"
        label="Without a frame"
        checked={panel.transparent}
        onChange={(event) => {
          const transparent = event.currentTarget.checked;
          onChange((now) => ({ ...now, transparent }), 'transparent');
        }}
      />
      <LinksField label="Panel links" links={panel.links} onChange={(links) => onChange((now) => ({ ...now, links }), 'links')} />
      <Select
        label="Repeat for each value of"
        size="xs"
        clearable
        placeholder="no variable"
        data={
          repeat === undefined || variables.includes(repeat.variable) ? (variables as string[]) : [...variables, repeat.variable]
        }
        value={repeat?.variable ?? null}
        onChange={(variable) =>
          onChange(
            (now) => ({
              ...now,
              repeat: variable === null ? undefined : { direction: 'horizontal', maxPerRow: 4, ...now.repeat, variable },
            }),
            'repeat',
          )
        }
      />
      {repeat !== undefined && (
        <>
          <SegmentedControl
            size="xs"
            aria-label="Where the copies go"
            data={[
              { value: 'horizontal', label: 'Beside each other' },
              { value: 'vertical', label: 'Below each other' },
            ]}
            value={repeat.direction}
            onChange={(direction) => onChange((now) => ({ ...now, repeat: { ...repeat, direction: direction } }), 'repeat')}
          />
          {repeat.direction === 'horizontal' && (
            <NumberInput
              size="xs"
              label="Most in a row"
              min={1}
              max={24}
              value={repeat.maxPerRow}
              onChange={(maxPerRow) => {
                if (typeof maxPerRow === 'number') onChange((now) => ({ ...now, repeat: { ...repeat, maxPerRow } }), 'repeat');
              }}
            />
          )}
        </>
      )}
    </>
  );
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactElement {
  return (
    <section className={classes.group} aria-label={title}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

import type { FieldSettings } from '@vitrine/model/field-config.ts';
import type { OptionControl } from '@vitrine/plugins/contract.ts';
import type { ReactElement } from 'react';
import { Control } from '../form/control.tsx';
import { readPath, writePath } from '../form/path.ts';
import { ColorModeField } from './color-mode-field.tsx';
import { FIELD_CONTROLS } from './field-controls.ts';
import { LinksField } from './links-field.tsx';
import { MappingsField } from './mappings-field.tsx';
import { ThresholdsField } from './thresholds-field.tsx';

export type SettingName = keyof FieldSettings;

export interface SettingProps {
  readonly name: SettingName;
  readonly settings: FieldSettings;
  readonly fields: readonly string[];
  readonly onChange: (settings: FieldSettings) => void;
}

/** Those that the editor shows, in its order. */
export const SETTINGS: readonly { readonly name: SettingName; readonly label: string }[] = [
  ...FIELD_CONTROLS.map(({ path, label }) => ({ name: path, label })),
  { name: 'color', label: 'Colour' },
  { name: 'thresholds', label: 'Thresholds' },
  { name: 'mappings', label: 'Value mappings' },
  { name: 'links', label: 'Data links' },
];

/** One of the settings that any field may have. */
export function Setting({ name, settings, fields, onChange }: SettingProps): ReactElement | null {
  const set = (value: unknown) => onChange(writePath(settings, name, value));
  switch (name) {
    case 'color':
      return <ColorModeField color={settings.color} onChange={set} />;
    case 'thresholds':
      return <ThresholdsField thresholds={settings.thresholds} onChange={set} />;
    case 'mappings':
      return <MappingsField mappings={settings.mappings} onChange={set} />;
    case 'links':
      return (
        <LinksField label="Data links" links={settings.links} onChange={(links) => set(links.length === 0 ? undefined : links)} />
      );
    default: {
      const control = FIELD_CONTROLS.find(({ path }) => path === name);
      return control === undefined ? null : <Control {...control} value={settings[name]} fields={fields} onChange={set} />;
    }
  }
}

/** One of a panel kind's own settings of a field. */
export function CustomSetting(props: {
  readonly control: OptionControl;
  readonly settings: FieldSettings;
  readonly fields: readonly string[];
  readonly onChange: (settings: FieldSettings) => void;
}): ReactElement {
  const { control, settings, fields, onChange } = props;
  return (
    <Control
      {...control}
      value={readPath(settings, control.path)}
      fields={fields}
      onChange={(value) => onChange(writePath(settings, control.path, value))}
    />
  );
}

import { Select } from '@mantine/core';
import type { FieldColor } from '@vitrine/model/field-config.ts';
import { SCHEME_IDS } from '@vitrine/ui/theme/color-scheme.ts';
import type { ReactElement } from 'react';
import { ColorField } from '../form/color-field.tsx';

const MODES = [
  { value: '', label: 'As the panel does' },
  { value: 'thresholds', label: 'From thresholds' },
  { value: 'fixed', label: 'One colour' },
  { value: 'shades', label: 'Shades of one colour' },
  { value: 'palette-classic', label: 'A colour for each series' },
  { value: 'palette-classic-by-name', label: 'A colour for each name' },
  { value: 'palette-colorblind', label: 'A colour for each series, for the colour-blind' },
  ...SCHEME_IDS.map((id) => ({ value: id, label: id.replace('continuous-', 'Scheme ') })),
];
const BY = [
  { value: 'last', label: 'Last value' },
  { value: 'min', label: 'Lowest value' },
  { value: 'max', label: 'Highest value' },
];

export interface ColorModeFieldProps {
  readonly color: FieldColor | undefined;
  readonly onChange: (color: FieldColor | undefined) => void;
}

/** How a field gets its colour. */
export function ColorModeField({ color, onChange }: ColorModeFieldProps): ReactElement {
  const mode = color?.mode ?? '';
  const needsColor = mode === 'fixed' || mode === 'shades';
  const byValue = mode === 'thresholds' || mode.startsWith('continuous-');
  return (
    <>
      <Select
        label="Colour"
        size="xs"
        allowDeselect={false}
        data={MODES}
        value={mode}
        onChange={(next) => onChange(next === null || next === '' ? undefined : { ...color, mode: next })}
      />
      {needsColor && (
        <ColorField
          label="Which"
          value={color?.fixedColor ?? ''}
          onChange={(fixedColor) => onChange({ mode, ...color, fixedColor })}
        />
      )}
      {byValue && (
        <Select
          label="A series takes the colour of its"
          size="xs"
          allowDeselect={false}
          data={BY}
          value={color?.seriesBy ?? 'last'}
          onChange={(next) => onChange({ mode, ...color, seriesBy: next as 'last' | 'min' | 'max' })}
        />
      )}
    </>
  );
}

import { ColorSwatch, Popover, TextInput, UnstyledButton } from '@mantine/core';
import { HUE_NAMES, inkOf } from '@vitrine/ui/theme/color-name.ts';
import { useThemeName } from '@vitrine/ui/theme/theme-provider.tsx';
import type { ReactElement } from 'react';
import classes from './form.module.css';

export interface ColorFieldProps {
  readonly label: string;
  /** As documents name it; "" is none. */
  readonly value: string;
  readonly onChange: (color: string) => void;
  /** Only the swatch, for rows that say by their place what it is. */
  readonly bare?: boolean;
}

const STATUSES = ['healthy', 'warning', 'critical', 'unknown', 'neutral', 'text', 'transparent'] as const;

/** A colour by its name, which is right in both themes, or any other as hex. */
export function ColorField({ label, value, onChange, bare = false }: ColorFieldProps): ReactElement {
  const theme = useThemeName();
  const swatch = (name: string) => (
    <UnstyledButton
      key={name}
      aria-label={name}
      aria-pressed={name === value}
      title={name}
      className={classes.swatch}
      onClick={() => onChange(name)}
    >
      <ColorSwatch color={inkOf(name, theme)} size={18} />
    </UnstyledButton>
  );
  return (
    <Popover position="bottom-start" withinPortal shadow="md">
      <Popover.Target>
        <UnstyledButton className={classes.color} aria-label={`${label}: ${value === '' ? 'none' : value}`}>
          {!bare && <span data-label>{label}</span>}
          <span className={classes.colorValue}>
            <ColorSwatch color={inkOf(value === '' ? undefined : value, theme)} size={18} />
            {!bare && (value === '' ? 'none' : value)}
          </span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={classes.swatches} role="group" aria-label="Statuses">
          {STATUSES.map(swatch)}
        </div>
        {HUE_NAMES.map((shades) => (
          <div key={shades[2]} className={classes.swatches} role="group" aria-label={shades[2] ?? ''}>
            {shades.map(swatch)}
          </div>
        ))}
        <TextInput
          mt={8}
          size="xs"
          label="Name or hex"
          placeholder="#7eb26d"
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

import type { FieldSettings } from '@vitrine/model/field-config.ts';
import type { OptionControl } from '@vitrine/plugins/contract.ts';

/** The settings that any field may have and that one control can show. The rest (thresholds, mappings, links) have editors of their own. */
export const FIELD_CONTROLS: readonly (OptionControl & { readonly path: keyof FieldSettings })[] = [
  { path: 'unit', label: 'Unit', group: 'Field', input: { kind: 'unit' }, otherwise: '' },
  { path: 'decimals', label: 'Decimals', group: 'Field', input: { kind: 'number', min: 0, max: 20 }, otherwise: undefined },
  { path: 'min', label: 'Min', group: 'Field', input: { kind: 'number' }, otherwise: undefined },
  { path: 'max', label: 'Max', group: 'Field', input: { kind: 'number' }, otherwise: undefined },
  {
    path: 'fieldMinMax',
    label: 'Min and max of each field alone',
    group: 'Field',
    input: { kind: 'switch' },
    otherwise: false,
  },
  {
    path: 'displayName',
    label: 'Display name',
    group: 'Field',
    hint: 'May hold ${__field.labels.pod} and variables.',
    input: { kind: 'text' },
    otherwise: '',
  },
  { path: 'noValue', label: 'Where there is no value', group: 'Field', input: { kind: 'text', placeholder: '–' }, otherwise: '' },
];

import { ALL_VALUE, type VariableOption, type VariableValue } from '@vitrine/model/variable.ts';

export interface OptionList {
  /** What the search found; undefined while nothing has come. */
  readonly options: readonly VariableOption[] | undefined;
  readonly search: string;
  /** These stand first while nothing is searched for. */
  readonly pickedFirst: VariableValue;
  readonly includeAll: boolean;
  /** What is typed may be chosen though it is no option. */
  readonly allowCustom: boolean;
}

/** The options as they stand in the list: what is typed, All, what is chosen, and the others. */
export function listOptions({
  options = [],
  search,
  pickedFirst,
  includeAll,
  allowCustom,
}: OptionList): readonly VariableOption[] {
  const wanted = search.trim();
  if (wanted !== '') {
    const isThere = options.some(({ text, value }) => text === wanted || value === wanted);
    const all = includeAll && 'all'.startsWith(wanted.toLowerCase()) ? [ALL] : [];
    // Behind what was found: Enter takes the first that is found, and what was typed only where nothing is.
    return [...all, ...options, ...(allowCustom && !isThere ? [{ text: wanted, value: wanted }] : [])];
  }
  const picked = (typeof pickedFirst === 'string' ? [pickedFirst] : pickedFirst).filter(
    (value) => value !== '' && value !== ALL_VALUE,
  );
  const byValue = new Map(options.map((option) => [option.value, option]));
  const chosen = new Set(picked);
  return [
    ...(includeAll ? [ALL] : []),
    ...picked.map((value) => byValue.get(value) ?? { text: value, value }),
    ...options.filter(({ value }) => !chosen.has(value)),
  ];
}

const ALL: VariableOption = { text: 'All', value: ALL_VALUE };

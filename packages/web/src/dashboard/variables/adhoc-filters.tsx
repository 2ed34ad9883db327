import { ActionIcon, Autocomplete, Button, CloseButton, Popover, Select, UnstyledButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { VariableOptionsAnswer } from '@vitrine/model/api.ts';
import type { AdhocFilter, AdhocOperator, AdhocVariable } from '@vitrine/model/variable.ts';
import { useState } from 'react';
import type { FormEvent, ReactElement } from 'react';
import type { DashboardScope } from '../scope.ts';
import { variableOptionsQuery } from './known-options.ts';
import classes from './variables-bar.module.css';

interface AdhocFiltersProps {
  readonly variable: AdhocVariable;
  readonly scope: DashboardScope;
  readonly title: string;
  /** Whether what it opens lies above the page; else it is a part of what it hangs in. */
  readonly withinPortal: boolean;
}

const OPERATORS: readonly { readonly value: AdhocOperator; readonly label: string }[] = [
  { value: '=', label: '= is' },
  { value: '!=', label: '!= is not' },
  { value: '=~', label: '=~ matches' },
  { value: '!~', label: '!~ does not match' },
  { value: '=|', label: '=| is one of' },
  { value: '!=|', label: '!=| is none of' },
  { value: '<', label: '< is less than' },
  { value: '>', label: '> is more than' },
];

/** Filters on labels that hold for every query of the source: each can be changed and taken away, and new ones added. */
export function AdhocFilters({ variable, scope, title, withinPortal }: AdhocFiltersProps): ReactElement {
  const { variables } = scope;
  const filters = variables.filters[variable.name] ?? [];
  const [edited, setEdited] = useState<number | undefined>();
  const set = (next: readonly AdhocFilter[]): void => {
    setEdited(undefined);
    variables.chooseFilters(variable.name, next);
  };
  return (
    <div className={classes.filters} role="group" aria-label={title}>
      {filters.map((filter, at) => (
        <span key={`${filter.key} ${at}`} className={classes.filter}>
          <FilterPopover
            {...{ variable, scope, filter, withinPortal }}
            others={filters.filter((_, other) => other !== at)}
            opened={edited === at}
            onClose={() => setEdited(undefined)}
            onSave={(next) => set(filters.map((each, other) => (other === at ? next : each)))}
          >
            <UnstyledButton className={classes.filterText} onClick={() => setEdited(at)} title={writeFilter(filter)}>
              {writeFilter(filter)}
            </UnstyledButton>
          </FilterPopover>
          <CloseButton
            size="sm"
            aria-label={`Take away ${writeFilter(filter)}`}
            onClick={() => set(filters.filter((_, other) => other !== at))}
          />
        </span>
      ))}
      <FilterPopover
        {...{ variable, scope, withinPortal }}
        filter={undefined}
        others={filters}
        opened={edited === filters.length}
        onClose={() => setEdited(undefined)}
        onSave={(next) => set([...filters, next])}
      >
        <ActionIcon variant="default" aria-label={`Add a filter to ${title}`} onClick={() => setEdited(filters.length)}>
          <IconPlus size={15} />
        </ActionIcon>
      </FilterPopover>
    </div>
  );
}

function writeFilter({ key, operator, value, values }: AdhocFilter): string {
  return `${key} ${operator} ${(values ?? [value]).join(', ')}`;
}

interface FilterFormProps {
  readonly variable: AdhocVariable;
  readonly scope: DashboardScope;
  readonly filter: AdhocFilter | undefined;
  /** What is offered is what these leave. */
  readonly others: readonly AdhocFilter[];
  readonly onSave: (filter: AdhocFilter) => void;
}

interface FilterPopoverProps extends FilterFormProps {
  readonly opened: boolean;
  readonly withinPortal: boolean;
  readonly onClose: () => void;
  readonly children: ReactElement;
}

function FilterPopover({ opened, withinPortal, onClose, children, ...form }: FilterPopoverProps): ReactElement {
  return (
    <Popover {...{ opened, withinPortal }} onChange={(next) => next || onClose()} position="bottom-start" trapFocus>
      <Popover.Target>{children}</Popover.Target>
      <Popover.Dropdown>{opened && <FilterForm {...form} />}</Popover.Dropdown>
    </Popover>
  );
}

function FilterForm({ variable, scope, filter, others, onSave }: FilterFormProps): ReactElement {
  const [key, setKey] = useState(filter?.key ?? '');
  const [operator, setOperator] = useState<AdhocOperator>(filter?.operator ?? '=');
  const [value, setValue] = useState(filter === undefined ? '' : (filter.values ?? [filter.value]).join(', '));
  const [settledKey] = useDebouncedValue(key.trim(), 150);
  const { range, variables } = scope;
  const asked = {
    ...variables.asked,
    variable,
    values: variables.neededBy(variable),
    filters: { ...variables.asked.filters, [variable.name]: others },
    range,
  };
  const [settledValue] = useDebouncedValue(value, 150);
  const names = useQuery({ ...variableOptionsQuery({ ...asked, search: settledKey }), placeholderData: keepPreviousData });
  const values = useQuery({
    ...variableOptionsQuery({ ...asked, search: settledValue, key: settledKey }),
    enabled: settledKey !== '',
    placeholderData: keepPreviousData,
  });
  const isList = operator === '=|' || operator === '!=|';
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (key.trim() === '') return;
    const list = value.split(',').map((each) => each.trim());
    onSave(isList ? { key: key.trim(), operator, value: list[0] ?? '', values: list } : { key: key.trim(), operator, value });
  };
  return (
    <form className={classes.filterForm} onSubmit={submit}>
      <Autocomplete
        label="Label"
        data-autofocus
        data={textsOf(names.data)}
        limit={50}
        value={key}
        onChange={setKey}
        comboboxProps={{ withinPortal: false }}
        spellCheck={false}
      />
      <Select
        label="Compared by"
        data={OPERATORS}
        value={operator}
        onChange={(next) => next !== null && setOperator(next)}
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
      />
      <Autocomplete
        label={isList ? 'Values, with commas between' : 'Value'}
        data={isList ? [] : textsOf(values.data)}
        limit={50}
        value={value}
        onChange={setValue}
        comboboxProps={{ withinPortal: false, position: 'top-start' }}
        spellCheck={false}
      />
      <Button type="submit" disabled={key.trim() === ''}>
        Filter
      </Button>
    </form>
  );
}

function textsOf(answer: VariableOptionsAnswer | undefined): string[] {
  return [...new Set(answer?.options.map(({ value }) => value))];
}

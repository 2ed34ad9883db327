import { Button, CloseButton, Popover, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconCheck } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ownOptions, searchOptions } from '@vitrine/compute/variable/options.ts';
import { ALL_VALUE, type Variable, type VariableOption, type VariableValue } from '@vitrine/model/variable.ts';
import { useRowWindow } from '@vitrine/ui/widget/use-row-window.ts';
import { useId, useMemo, useRef, useState } from 'react';
import type { CSSProperties, KeyboardEvent, ReactElement, ReactNode } from 'react';
import type { DashboardScope } from '../scope.ts';
import { isAsked, MOST_OPTIONS, variableOptionsQuery } from './known-options.ts';
import { listOptions } from './list-options.ts';
import classes from './variables-bar.module.css';

type Choosable = Exclude<Variable, { kind: 'textbox' | 'switch' | 'adhoc' | 'constant' }>;

interface OptionPickerProps {
  readonly variable: Choosable;
  readonly scope: DashboardScope;
  readonly title: string;
  readonly opened: boolean;
  /** Whether it lies above the page; else it is a part of what it hangs in. */
  readonly withinPortal: boolean;
  /** What is ticked: chosen when the list closes, so that not every tick is a question to all panels. */
  readonly picked: VariableValue;
  readonly onPick: (picked: VariableValue) => void;
  /** With what is chosen; absent is what is ticked. */
  readonly onClose: (chosen?: VariableValue) => void;
  /** What it hangs on. */
  readonly children: ReactNode;
}

const ROW_PX = 30;
/** As the style sheet has it, without its padding. */
const LIST_PX = 312;
/** Typing is one question, not five. */
const SETTLE_MS = 120;

/** A variable's options: searched on the server, however many there are; a multiple choice counts when the list closes. */
export function OptionPicker({ opened, withinPortal, children, ...rest }: OptionPickerProps): ReactElement {
  return (
    <Popover {...{ opened, withinPortal }} onChange={(next) => next || rest.onClose()} position="bottom-start" trapFocus>
      <Popover.Target>{children}</Popover.Target>
      <Popover.Dropdown p={0} className={classes.picker}>
        {opened && <Options {...rest} />}
      </Popover.Dropdown>
    </Popover>
  );
}

function Options(props: Omit<OptionPickerProps, 'opened' | 'withinPortal' | 'children'>): ReactElement {
  const { variable, scope, title, picked, onPick, onClose } = props;
  const id = useId();
  const [search, setSearch] = useState('');
  const [settled] = useDebouncedValue(search, SETTLE_MS);
  const isMulti = 'multi' in variable && variable.multi;
  const { found, total, error, isFetching } = useFound(variable, scope, settled);
  // In the order in which they stood when the list opened: nothing moves away under the pointer.
  const [pickedAtFirst] = useState(picked);
  const items = useMemo(
    () =>
      listOptions({
        options: found,
        search,
        pickedFirst: pickedAtFirst,
        includeAll: 'includeAll' in variable && variable.includeAll,
        allowCustom: 'allowCustomValue' in variable && variable.allowCustomValue,
      }),
    [found, search, pickedAtFirst, variable],
  );
  const [active, setActive] = useState(0);
  const at = Math.min(active, items.length - 1);
  const list = useRef<HTMLDivElement>(null);
  const view = useRowWindow(items.length, ROW_PX, LIST_PX);

  const isPicked = (value: string): boolean => (typeof picked === 'string' ? picked === value : picked.includes(value));
  const pick = ({ value }: VariableOption): void => {
    if (!isMulti) onClose(value);
    else onPick(picked === ALL_VALUE || value === ALL_VALUE ? turnAll(picked, value) : turn(picked, value));
  };
  const move = (to: number): void => {
    const next = Math.max(0, Math.min(items.length - 1, to));
    setActive(next);
    const box = list.current;
    if (box === null) return;
    // Just so far that it can be seen.
    box.scrollTop = Math.max(Math.min(box.scrollTop, next * ROW_PX), (next + 1) * ROW_PX - LIST_PX);
  };
  const onKey = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 10, PageUp: at - 10 };
    const to = steps[event.key];
    const item = items[at];
    if (to !== undefined) move(to);
    else if (event.key === 'Enter' && item !== undefined) pick(item);
    else return;
    event.preventDefault();
  };

  return (
    <>
      <div className={classes.search}>
        <TextInput
          data-autofocus
          aria-label={`Search ${title}`}
          placeholder={'allowCustomValue' in variable && variable.allowCustomValue ? 'Search, or type a value' : 'Search'}
          role="combobox"
          aria-expanded
          aria-controls={`${id}-list`}
          aria-activedescendant={items.length === 0 ? undefined : `${id}-${at}`}
          value={search}
          onChange={({ currentTarget }) => {
            setSearch(currentTarget.value);
            setActive(0);
          }}
          onKeyDown={onKey}
          rightSection={search === '' ? undefined : <CloseButton size="sm" aria-label="Clear" onClick={() => setSearch('')} />}
          spellCheck={false}
          autoComplete="off"
        />
      </div>
      <div
        ref={list}
        id={`${id}-list`}
        className={classes.list}
        role="listbox"
        aria-label={title}
        aria-multiselectable={isMulti}
        aria-busy={isFetching}
        onScroll={view.onScroll}
      >
        <div style={{ height: items.length * ROW_PX, position: 'relative' } satisfies CSSProperties}>
          {items.slice(view.start, view.end).map((item, offset) => {
            const index = view.start + offset;
            return (
              // Keys are heard by the field above: the focus stays there.
              <div
                key={item.value}
                id={`${id}-${index}`}
                className={classes.option}
                role="option"
                tabIndex={-1}
                aria-selected={isPicked(item.value)}
                aria-posinset={index + 1}
                aria-setsize={items.length}
                data-active={index === at || undefined}
                style={{ translate: `0 ${index * ROW_PX}px` } satisfies CSSProperties}
                onMouseDown={(event) => event.preventDefault()}
                onMouseMove={() => index !== at && setActive(index)}
                onClick={() => pick(item)}
                onKeyDown={onKey}
                title={item.text === item.value ? item.value : `${item.text} (${item.value})`}
              >
                <i className={classes.box} data-round={!isMulti || undefined} aria-hidden>
                  {isPicked(item.value) && <IconCheck size={12} stroke={2.4} />}
                </i>
                <span>{item.text}</span>
              </div>
            );
          })}
        </div>
      </div>
      <div className={classes.foot} role="status">
        <span>{error ?? summary(items.length, found, total, isFetching)}</span>
        {isMulti && (
          <Button size="compact-xs" variant="default" onClick={() => onClose()}>
            Done
          </Button>
        )}
      </div>
    </>
  );
}

/** All on or off; a single value after All is the only one. */
function turnAll(picked: VariableValue, value: string): VariableValue {
  if (value !== ALL_VALUE) return [value];
  return picked === ALL_VALUE ? [] : ALL_VALUE;
}

function turn(picked: VariableValue, value: string): VariableValue {
  const values = typeof picked === 'string' ? [picked].filter(Boolean) : picked;
  return values.includes(value) ? values.filter((each) => each !== value) : [...values, value];
}

function summary(shown: number, found: readonly VariableOption[] | undefined, total: number, isFetching: boolean): string {
  if (found === undefined) return isFetching ? 'Looking…' : '';
  if (shown === 0) return 'Nothing has that name.';
  if (total > found.length) {
    return `The first ${found.length.toLocaleString('en')} of ${total.toLocaleString('en')}. Type to find the others.`;
  }
  return total === 1 ? '1 value' : `${total.toLocaleString('en')} values`;
}

interface Found {
  readonly found: readonly VariableOption[] | undefined;
  readonly total: number;
  readonly error: string | undefined;
  readonly isFetching: boolean;
}

/** What a search finds: among the options that the dashboard holds, or on the server. */
function useFound(variable: Choosable, { variables, range }: DashboardScope, search: string): Found {
  const own = useMemo(
    () =>
      ownOptions(variable, {
        timeZone: range.timeZone,
        find: () => undefined,
        builtin: () => undefined,
      })?.map(({ text, value }) => ({ text: variables.text(text), value: variables.replace(value) })),
    [variable, variables, range.timeZone],
  );
  const { data, error, isFetching } = useQuery({
    ...variableOptionsQuery({ ...variables.asked, variable, values: variables.neededBy(variable), range, search }),
    enabled: isAsked(variable),
    placeholderData: keepPreviousData,
  });
  return useMemo(() => {
    if (own !== undefined) {
      const { options, total } = searchOptions(own, search, MOST_OPTIONS);
      return { found: options, total, error: undefined, isFetching: false };
    }
    return { found: data?.options, total: data?.total ?? 0, error: error?.message, isFetching };
  }, [own, search, data, error, isFetching]);
}

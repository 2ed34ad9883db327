import { ActionIcon } from '@mantine/core';
import { IconFilter, IconX } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useId, useImperativeHandle, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, ReactElement, Ref } from 'react';
import { filterNamesQuery, filterValuesQuery } from '../runs-queries.ts';
import { applyCompletion, beganValue, completeFilter, MOST_OPTIONS } from './complete-filter.ts';
import type { Completion, FilterValue } from './complete-filter.ts';
import classes from './filter-field.module.css';
import { knownValues } from './known-values.ts';

/** What is wrong with a filter, and where in it. */
export interface FilterProblem {
  readonly message: string;
  /** Half-open, in characters. */
  readonly from: number;
  readonly to: number;
}

export interface FilterFieldProps {
  readonly value: string;
  readonly onChange: (text: string) => void;
  /** undefined where the filter can be read. */
  readonly check: (text: string) => FilterProblem | undefined;
  /** Whose runs' values are offered: names of projects, none for all, and whether those in the bin. */
  readonly projects: readonly string[];
  readonly isBin: boolean;
  readonly ref?: Ref<{ focus: () => void }>;
}

const PAUSE_MS = 250;
const NO_NAMES = { metrics: [], params: [], tags: [] };

/** The filter, which knows the names that can stand in it and shows where it can't be read. */
export function FilterField({ value, onChange, check, projects, isBin, ref }: FilterFieldProps): ReactElement {
  const input = useRef<HTMLInputElement>(null);
  const marks = useRef<HTMLDivElement>(null);
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  const [caret, setCaret] = useState(0);
  const [isOpen, setIsOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const listId = useId();
  const problemId = useId();
  useImperativeHandle(ref, () => ({ focus: () => input.current?.focus() }), []);
  // The URL may change without the field; what it has sent itself comes back, and more may have been typed since.
  const [sent, setSent] = useState(value);
  if (known !== value) {
    setKnown(value);
    if (value !== sent) setText(value);
  }
  useEffect(() => {
    if (text === value) return;
    // What can't be read yet is being typed: the table keeps what it shows.
    if (check(text) !== undefined) return;
    const timer = setTimeout(() => {
      setSent(text);
      onChange(text);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, value, check, onChange]);

  const names = useQuery({ ...filterNamesQuery, enabled: isOpen, placeholderData: keepPreviousData }).data ?? NO_NAMES;
  const values = useValues(text, caret, projects, isBin, isOpen);
  const found = useMemo(() => completeFilter(text, caret, names, () => values), [text, caret, names, values]);
  const options = isOpen ? found.options : [];
  const problem = useMemo(() => (text.trim() === '' ? undefined : check(text)), [text, check]);
  // While somebody types at its end, the text is only not finished.
  const isUnfinished = isOpen && problem !== undefined && problem.to >= text.trimEnd().length;

  const note = (): void => setCaret(input.current?.selectionStart ?? 0);
  const take = (option: Completion): void => {
    const next = applyCompletion(text, found, option);
    setText(next.text);
    setChosen(-1);
    const field = input.current;
    // When the field has the text.
    requestAnimationFrame(() => {
      field?.setSelectionRange(next.caret, next.caret);
      setCaret(next.caret);
    });
  };
  const onKey = (event: KeyboardEvent): void => {
    const count = options.length;
    const option = options[chosen];
    if (event.key === 'ArrowDown' && count > 0) setChosen((chosen + 1) % count);
    else if (event.key === 'ArrowUp' && count > 0) setChosen((chosen - 1 + count) % count);
    else if ((event.key === 'Enter' || event.key === 'Tab') && option !== undefined) take(option);
    else if (event.key === 'Enter') {
      setIsOpen(false);
      onChange(text);
    } else if (event.key === 'Escape' && isOpen && count > 0) setIsOpen(false);
    else if (event.key === 'Escape') input.current?.blur();
    else return;
    event.preventDefault();
  };
  return (
    <div className={classes.field} data-typing>
      <IconFilter size={15} className={classes.icon} aria-hidden />
      <div className={classes.box}>
        <div ref={marks} className={classes.marks} aria-hidden>
          {problem !== undefined && !isUnfinished && (
            <>
              {text.slice(0, problem.from)}
              <span className={classes.wrong}>{text.slice(problem.from, Math.max(problem.to, problem.from + 1)) || ' '}</span>
            </>
          )}
        </div>
        <input
          ref={input}
          className={classes.input}
          type="text"
          role="combobox"
          aria-label="Filter runs"
          aria-autocomplete="list"
          aria-expanded={options.length > 0}
          aria-controls={listId}
          aria-activedescendant={options[chosen] === undefined ? undefined : `${listId}-${chosen}`}
          aria-invalid={(problem !== undefined && !isUnfinished) || undefined}
          aria-describedby={problemId}
          placeholder='Filter: params.lr > 0.01 and status = "running", or words of the name'
          autoComplete="off"
          spellCheck={false}
          maxLength={4_000}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setIsOpen(true);
            setChosen(-1);
            note();
          }}
          onSelect={note}
          onFocus={() => setIsOpen(true)}
          onBlur={() => setIsOpen(false)}
          onKeyDown={onKey}
          onScroll={() => {
            if (marks.current !== null && input.current !== null) marks.current.scrollLeft = input.current.scrollLeft;
          }}
        />
      </div>
      {text !== '' && (
        <ActionIcon
          size={22}
          aria-label="No filter"
          onClick={() => {
            setText('');
            onChange('');
          }}
        >
          <IconX size={14} />
        </ActionIcon>
      )}
      {options.length > 0 && (
        <ul className={classes.list} role="listbox" id={listId} aria-label="What can stand here">
          {options.map((option, index) => (
            <li
              key={`${option.kind} ${option.text}`}
              ref={index === chosen ? intoView : undefined}
              id={`${listId}-${index}`}
              className={classes.option}
              role="option"
              aria-selected={index === chosen}
              // Before the field loses the focus.
              onPointerDown={(event) => {
                event.preventDefault();
                take(option);
              }}
            >
              <code>{option.text}</code>
              <span className={classes.about}>{option.about === '' ? option.kind : option.about}</span>
            </li>
          ))}
        </ul>
      )}
      <p id={problemId} className={classes.problem} role="status" hidden={problem === undefined || isUnfinished}>
        {problem?.message}
      </p>
    </div>
  );
}

const NO_VALUES: readonly FilterValue[] = [];

/** What the field can be compared with whose value is being typed: what there can be, or what there is in the runs. */
function useValues(
  text: string,
  caret: number,
  projects: readonly string[],
  isBin: boolean,
  isOpen: boolean,
): readonly FilterValue[] {
  const began = useMemo(() => beganValue(text, caret), [text, caret]);
  const known = useMemo(() => (began === undefined ? [] : knownValues(began.field)), [began]);
  const { data } = useQuery({
    ...filterValuesQuery({
      field: began?.fieldText ?? '',
      text: began?.typed ?? '',
      ...(projects.length === 0 ? {} : { projects }),
      ...(isBin ? { deleted: true } : {}),
      limit: MOST_OPTIONS,
    }),
    enabled: isOpen && known === 'asked',
  });
  return useMemo(() => {
    if (known !== 'asked') return known.map((value) => ({ value, about: '' }));
    return (
      data?.values.map(({ value, runs }) => ({ value, about: runs === 1 ? '1 run' : `${runs.toLocaleString('en')} runs` })) ??
      NO_VALUES
    );
  }, [known, data]);
}

function intoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: 'nearest' });
}

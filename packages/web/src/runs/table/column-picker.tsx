import { ActionIcon, Button, Checkbox, Popover, SegmentedControl, Switch, TextInput } from '@mantine/core';
import { IconColumns3, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { RunTableAnswer } from '@vitrine/model/run-api.ts';
import { useRows } from '@vitrine/ui/table/use-rows.ts';
import { useMemo, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import { useSize } from '../../dashboard/use-size.ts';
import { filterNamesQuery } from '../runs-queries.ts';
import { METRIC_SHOWS, readColumn, RUN_FACTS } from './columns.ts';
import type { MetricShow } from './columns.ts';
import classes from './column-picker.module.css';

export interface ColumnPickerProps {
  /** Keys of the columns that are shown. */
  readonly shown: readonly string[];
  readonly head: RunTableAnswer | undefined;
  readonly isOwn: boolean;
  readonly same: boolean;
  readonly onToggle: (key: string) => void;
  readonly onSame: (same: boolean) => void;
  /** Those that tell most again. */
  readonly onOwn: () => void;
}

type Kind = 'metrics' | 'params' | 'others';

const LINE_PX = 32;
const SHOW_WORDS: Readonly<Record<MetricShow, string>> = { curve: 'curve', last: 'last', best: 'best', min: 'min', max: 'max' };

/** Which columns the table has, found by name among thousands. */
export function ColumnPicker(props: ColumnPickerProps): ReactElement {
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<IconColumns3 size={15} />}
          onClick={() => setOpened(!opened)}
          aria-expanded={opened}
        >
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.box} aria-label="Columns">
        {opened && <Picker {...props} />}
      </Popover.Dropdown>
    </Popover>
  );
}

function Picker({ shown, head, isOwn, same, onToggle, onSame, onOwn }: ColumnPickerProps): ReactElement {
  const [kind, setKind] = useState<Kind>('metrics');
  const [text, setText] = useState('');
  const names = useQuery(filterNamesQuery).data;
  const on = useMemo(() => new Set(shown), [shown]);
  const lines = useMemo(() => {
    const all =
      kind === 'metrics'
        ? (names?.metrics ?? head?.metrics ?? [])
        : kind === 'params'
          ? [...new Set([...(head?.params.map(({ name }) => name) ?? []), ...(names?.params ?? [])])]
          : [...RUN_FACTS.filter((fact) => fact !== 'name'), ...(names?.tags ?? []).map((tag) => `tag ${tag}`)];
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    return all.filter((name) => words.every((word) => name.toLowerCase().includes(word)));
  }, [kind, names, head, text]);
  const scroller = useRef<HTMLDivElement>(null);
  const { height } = useSize(scroller);
  const rows = useRows({ count: lines.length, rowHeight: LINE_PX, viewHeight: height, scroller });
  return (
    <>
      <div className={classes.top}>
        <TextInput
          data-autofocus
          aria-label="Search columns"
          placeholder="Search by name"
          leftSection={<IconSearch size={15} />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <SegmentedControl
          aria-label="Kind of columns"
          data={[
            { value: 'metrics', label: 'Metrics' },
            { value: 'params', label: 'Parameters' },
            { value: 'others', label: 'Others' },
          ]}
          value={kind}
          onChange={(next) => setKind(next === 'params' || next === 'others' ? next : 'metrics')}
        />
      </div>
      <div ref={scroller} className={classes.scroller} role="list" aria-label="Columns to choose from">
        {lines.length === 0 && (
          <p className={classes.none}>{text === '' ? 'There are none yet.' : `None has “${text}” in its name.`}</p>
        )}
        <div className={classes.lines} style={{ height: rows.total }}>
          {rows.items.map(({ index, start }) => {
            const name = lines[index]!;
            return (
              <div key={name} className={classes.line} role="listitem" style={{ transform: `translateY(${start}px)` }}>
                {kind === 'metrics' ? (
                  <MetricChoice metric={name} on={on} onToggle={onToggle} />
                ) : (
                  <Choice column={kind === 'params' ? `param ${name}` : name} on={on} onToggle={onToggle} />
                )}
              </div>
            );
          })}
        </div>
      </div>
      <div className={classes.foot}>
        <Switch
          label="Parameters that are the same"
          disabled={!isOwn}
          checked={same}
          onChange={(event) => onSame(event.currentTarget.checked)}
        />
        <Button size="compact-sm" variant="default" disabled={isOwn} onClick={onOwn}>
          As usual
        </Button>
      </div>
    </>
  );
}

interface ChoiceProps {
  readonly column: string;
  readonly on: ReadonlySet<string>;
  readonly onToggle: (key: string) => void;
}

function Choice({ column, on, onToggle }: ChoiceProps): ReactElement {
  const title = readColumn(column)?.title ?? column;
  return (
    <Checkbox
      size="xs"
      className={classes.choice}
      label={title}
      title={title}
      checked={on.has(column)}
      onChange={() => onToggle(column)}
    />
  );
}

function MetricChoice({ metric, on, onToggle }: Omit<ChoiceProps, 'column'> & { readonly metric: string }): ReactElement {
  return (
    <>
      <span className={classes.metric} title={metric}>
        {metric}
      </span>
      {METRIC_SHOWS.map((shows) => {
        const key = `${shows} ${metric}`;
        const isOn = on.has(key);
        return (
          <ActionIcon
            key={shows}
            className={classes.show}
            size={24}
            data-on={isOn || undefined}
            aria-pressed={isOn}
            aria-label={`${shows} of ${metric}`}
            onClick={() => onToggle(key)}
          >
            {SHOW_WORDS[shows]}
          </ActionIcon>
        );
      })}
    </>
  );
}

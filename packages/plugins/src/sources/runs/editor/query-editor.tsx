import { Autocomplete, NumberInput, Select, TagsInput, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { KeyboardEvent, ReactElement } from 'react';

import type { QueryEditorProps } from '../../../contract.ts';
import classes from './query-editor.module.css';

const X = [
  { value: '', label: 'The page’s, else step' },
  { value: 'step', label: 'Step' },
  { value: 'epoch', label: 'Epoch' },
  { value: 'elapsed', label: 'Time since the start' },
  { value: 'time', label: 'Time' },
  { value: 'metric', label: 'Another metric' },
];
const SMOOTHING = [
  { value: 'none', label: 'None' },
  { value: 'ema', label: 'Exponential (TensorBoard)' },
  { value: 'twema', label: 'Time-weighted (W&B)' },
  { value: 'gaussian', label: 'Gaussian' },
  { value: 'mean', label: 'Running mean' },
];
const BANDS = [
  { value: '', label: 'None' },
  { value: 'std', label: 'Mean ± std' },
  { value: 'minmax', label: 'Min to max' },
  { value: 'ci95', label: '95 % confidence' },
];
const AMOUNT = { weight: 0.6, points: 10 };

/** What the server's half answers to `/names`. */
interface Names {
  readonly metrics: readonly string[];
  readonly groups: readonly string[];
}

const NO_NAMES: Names = { metrics: [], groups: [] };

/** Which runs, which metrics of them, and how they are drawn. */
export function QueryEditor({ spec, onChange, onRun, ask }: QueryEditorProps): ReactElement {
  const [search, setSearch] = useState('');
  const names = useNames(ask, search);
  const set = (change: Readonly<Record<string, unknown>>) => onChange({ ...spec, ...change });
  const x = textOf(spec['x']);
  const smoothing = textOf(spec['smoothing']) || 'ema';
  const groupBy = textOf(spec['groupBy']);
  const isWeight = smoothing === 'ema' || smoothing === 'twema';
  const amount = typeof spec['amount'] === 'number' ? spec['amount'] : isWeight ? AMOUNT.weight : AMOUNT.points;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    onRun();
  };
  return (
    <div className={classes.query} onKeyDown={onKeyDown}>
      <TextInput
        label="Runs"
        size="xs"
        placeholder={'all, or: project = "resnet" and params.lr > 0.01'}
        value={textOf(spec['runs'])}
        onChange={(event) => set({ runs: event.currentTarget.value })}
      />
      <TagsInput
        label="Metrics"
        size="xs"
        placeholder="train/loss, or a pattern: /loss$/"
        data={[...names.metrics]}
        value={textsOf(spec['metrics'])}
        searchValue={search}
        onSearchChange={setSearch}
        onChange={(metrics) => set({ metrics })}
        limit={200}
        acceptValueOnBlur
      />
      <div className={classes.options}>
        <Select label="X" size="xs" w={160} allowDeselect={false} data={X} value={x} onChange={(next) => set({ x: next })} />
        {x === 'metric' && (
          <Autocomplete
            label="Metric of x"
            size="xs"
            w={180}
            limit={200}
            data={[...names.metrics]}
            value={textOf(spec['xMetric'])}
            onChange={(xMetric) => set({ xMetric })}
          />
        )}
        <Select
          label="Smoothing"
          size="xs"
          w={190}
          allowDeselect={false}
          data={SMOOTHING}
          value={smoothing}
          onChange={(next) =>
            set({ smoothing: next, amount: next === 'ema' || next === 'twema' ? AMOUNT.weight : AMOUNT.points })
          }
        />
        {smoothing !== 'none' && (
          <NumberInput
            label={isWeight ? 'Weight' : smoothing === 'gaussian' ? 'Std, points' : 'Points'}
            size="xs"
            w={90}
            {...(isWeight ? { min: 0, max: 0.999, step: 0.05, decimalScale: 3 } : { min: 1, max: 10_000 })}
            value={amount}
            onChange={(next) => typeof next === 'number' && set({ amount: next })}
          />
        )}
        <Autocomplete
          label="Group by"
          size="xs"
          w={180}
          placeholder="each run"
          limit={200}
          data={[...names.groups]}
          value={groupBy}
          onChange={(next) => set({ groupBy: next })}
        />
        {groupBy.trim() !== '' && (
          <Select
            label="Band"
            size="xs"
            w={150}
            allowDeselect={false}
            data={BANDS}
            value={textOf(spec['band'])}
            onChange={(band) => set({ band })}
          />
        )}
      </div>
    </div>
  );
}

function useNames(ask: QueryEditorProps['ask'], search: string): Names {
  const [names, setNames] = useState(NO_NAMES);
  useEffect(() => {
    let isCurrent = true;
    ask(`/names?text=${encodeURIComponent(search)}`).then(
      (found) => isCurrent && setNames(found as Names),
      // Without help a name can still be written.
      () => {},
    );
    return () => {
      isCurrent = false;
    };
  }, [ask, search]);
  return names;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

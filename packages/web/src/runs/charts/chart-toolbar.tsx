import { ActionIcon, Button, Menu, SegmentedControl, Select, Slider, Switch, TextInput } from '@mantine/core';
import { IconAdjustments, IconSearch, IconX, IconZoomReset } from '@tabler/icons-react';
import type { CurvesRequest, Smoothing } from '@vitrine/model/run-api.ts';
import { useEffect, useRef, useState } from 'react';
import type { ReactElement, Ref } from 'react';
import { readSmoothing, writeSmoothing } from '../runs-view.ts';
import type { ChartLook } from '../runs-view.ts';
import classes from './chart-toolbar.module.css';

export interface ChartToolbarProps {
  readonly look: ChartLook;
  readonly onLook: (change: Partial<ChartLook>, how?: 'push' | 'replace') => void;
  /** What x can be besides steps and times. */
  readonly metrics: readonly string[];
  /** Whether lines are groups, with bands. */
  readonly isGrouped?: boolean;
  readonly searchRef?: Ref<HTMLInputElement>;
}

const XS = [
  { value: 'step', label: 'Step' },
  { value: 'epoch', label: 'Epoch' },
  { value: 'elapsed', label: 'Elapsed' },
  { value: 'time', label: 'Wall time' },
];

const SMOOTHINGS: readonly { readonly value: Smoothing['kind']; readonly label: string }[] = [
  { value: 'ema', label: 'EMA' },
  { value: 'twema', label: 'Time-weighted EMA' },
  { value: 'gaussian', label: 'Gaussian' },
  { value: 'mean', label: 'Running mean' },
  { value: 'none', label: 'No smoothing' },
];

const USUAL_SMOOTHINGS: Readonly<Record<Smoothing['kind'], Smoothing>> = {
  none: { kind: 'none' },
  ema: { kind: 'ema', weight: 0.6 },
  twema: { kind: 'twema', weight: 0.6 },
  gaussian: { kind: 'gaussian', points: 5 },
  mean: { kind: 'mean', points: 10 },
};

const BANDS: readonly { readonly value: NonNullable<CurvesRequest['band']>; readonly label: string }[] = [
  { value: 'std', label: 'Mean ± std' },
  { value: 'minmax', label: 'Mean, min–max' },
  { value: 'ci95', label: 'Mean, 95 % CI' },
];

const MOST_METRICS = 100;
const PAUSE_MS = 150;

/** How all charts of the page are drawn. */
export function ChartToolbar({ look, onLook, metrics, isGrouped = false, searchRef }: ChartToolbarProps): ReactElement {
  const smoothing = readSmoothing(look.smooth) ?? USUAL_SMOOTHINGS.none;
  const isZoomed = look.from !== undefined;
  return (
    <div className={classes.bar} role="toolbar" aria-label="Charts">
      <TextInput
        {...(searchRef === undefined ? {} : { ref: searchRef })}
        className={classes.search}
        aria-label="Search charts"
        placeholder="Search charts"
        leftSection={<IconSearch size={15} />}
        maxLength={200}
        value={look.find}
        onChange={(event) => onLook({ find: event.currentTarget.value })}
        rightSection={
          look.find === '' ? undefined : (
            <ActionIcon size={22} aria-label="Show all charts" onClick={() => onLook({ find: '' })}>
              <IconX size={14} />
            </ActionIcon>
          )
        }
      />
      <Select
        className={classes.x}
        aria-label="What x is"
        leftSection={<span className={classes.letter}>x</span>}
        data={[
          { group: 'Over', items: XS },
          { group: 'A metric', items: metrics.map((metric) => ({ value: `metric ${metric}`, label: metric })) },
        ]}
        searchable={metrics.length > 10}
        limit={MOST_METRICS}
        nothingFoundMessage="No such metric"
        allowDeselect={false}
        value={look.x}
        // A range of steps means nothing over another x.
        onChange={(x) => x !== null && onLook({ x, from: undefined, to: undefined })}
      />
      <SmoothingField smoothing={smoothing} onChange={(next) => onLook({ smooth: writeSmoothing(next) })} />
      {isGrouped && (
        <Select
          className={classes.band}
          aria-label="Bands of groups"
          data={BANDS}
          allowDeselect={false}
          value={look.band}
          onChange={(band) => {
            const known = BANDS.find(({ value }) => value === band);
            if (known !== undefined) onLook({ band: known.value });
          }}
        />
      )}
      <Menu position="bottom-end" closeOnItemClick={false}>
        <Menu.Target>
          <Button variant="default" leftSection={<IconAdjustments size={15} />}>
            Axes
          </Button>
        </Menu.Target>
        <Menu.Dropdown className={classes.axes}>
          <Switch label="Logarithmic x" checked={look.logx} onChange={(event) => onLook({ logx: event.currentTarget.checked })} />
          <Switch label="Logarithmic y" checked={look.logy} onChange={(event) => onLook({ logy: event.currentTarget.checked })} />
          <Switch
            label="Leave outliers out"
            checked={look.clip}
            onChange={(event) => onLook({ clip: event.currentTarget.checked })}
          />
          <div>
            <span data-label>Size of charts</span>
            <SegmentedControl
              aria-label="Size of charts"
              fullWidth
              data={[
                { value: 's', label: 'Small' },
                { value: 'm', label: 'Medium' },
                { value: 'l', label: 'Large' },
              ]}
              value={look.size}
              onChange={(size) => onLook({ size: size === 's' || size === 'l' ? size : 'm' })}
            />
          </div>
        </Menu.Dropdown>
      </Menu>
      {isZoomed && (
        <Button
          variant="default"
          leftSection={<IconZoomReset size={15} />}
          onClick={() => onLook({ from: undefined, to: undefined }, 'push')}
        >
          Whole x
        </Button>
      )}
    </div>
  );
}

interface SmoothingFieldProps {
  readonly smoothing: Smoothing;
  readonly onChange: (smoothing: Smoothing) => void;
}

function SmoothingField({ smoothing, onChange }: SmoothingFieldProps): ReactElement {
  return (
    <div className={classes.smoothing}>
      <Select
        className={classes.kind}
        aria-label="Smoothing"
        data={SMOOTHINGS}
        allowDeselect={false}
        value={smoothing.kind}
        onChange={(kind) => {
          const known = SMOOTHINGS.find(({ value }) => value === kind);
          if (known !== undefined) onChange(USUAL_SMOOTHINGS[known.value]);
        }}
      />
      {smoothing.kind !== 'none' && <Amount key={smoothing.kind} smoothing={smoothing} onChange={onChange} />}
    </div>
  );
}

interface AmountProps {
  readonly smoothing: Exclude<Smoothing, { kind: 'none' }>;
  readonly onChange: (smoothing: Smoothing) => void;
}

/** How much. The charts follow while it is dragged, a little behind. */
function Amount({ smoothing, onChange }: AmountProps): ReactElement {
  const isWeight = smoothing.kind === 'ema' || smoothing.kind === 'twema';
  const asked = isWeight ? smoothing.weight : smoothing.points;
  const [shown, setShown] = useState(asked);
  const [known, setKnown] = useState(asked);
  // Something else than the slider may have changed it.
  if (known !== asked) {
    setKnown(asked);
    setShown(asked);
  }
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const take = (amount: number): void => {
    clearTimeout(timer.current);
    if (amount !== asked)
      onChange(isWeight ? { kind: smoothing.kind, weight: amount } : { kind: smoothing.kind, points: amount });
  };
  return (
    <>
      <Slider
        className={classes.slider}
        thumbLabel="How much smoothing"
        size="sm"
        label={null}
        {...(isWeight ? { min: 0, max: 0.999, step: 0.001 } : { min: 1, max: 200, step: 1 })}
        value={shown}
        onChange={(amount) => {
          setShown(amount);
          clearTimeout(timer.current);
          timer.current = setTimeout(take, PAUSE_MS, amount);
        }}
        onChangeEnd={take}
      />
      <span className={classes.amount}>{isWeight ? shown.toFixed(shown > 0.99 ? 3 : 2) : shown}</span>
    </>
  );
}

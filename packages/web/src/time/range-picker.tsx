import { ActionIcon, Button, Popover, Tooltip, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconChevronDown, IconChevronLeft, IconChevronRight, IconZoomOut } from '@tabler/icons-react';
import { zoneOffsetMs } from '@vitrine/compute/civil-time.ts';
import { describeRange, formatOffset, formatTime, parseTimeRange } from '@vitrine/compute/time.ts';
import type { Calendar } from '@vitrine/compute/time.ts';
import type { TimeRangeText } from '@vitrine/model/dashboard.ts';
import { lazy, Suspense } from 'react';
import type { ReactElement } from 'react';
import classes from './time-controls.module.css';

/** Comes when it is wanted: most pages are looked at over the ranges beside it. */
const RangeForm = lazy(async () => ({ default: (await import('./range-form.tsx')).RangeForm }));

const QUICK_RANGES = ['1m', '5m', '15m', '1h', '6h', '24h', '7d', '30d'].map((length) => ({ from: `now-${length}`, to: 'now' }));
const CALENDAR_RANGES = [
  { from: 'now/d', to: 'now' },
  { from: 'now-1d/d', to: 'now-1d/d' },
  { from: 'now/w', to: 'now' },
];

interface QuickRange extends TimeRangeText {
  readonly display: string;
}

export interface RangePickerProps {
  readonly range: TimeRangeText;
  readonly timeZone: string;
  /** Of the dashboard. */
  readonly calendar?: Calendar;
  readonly now: () => number;
  /** Why the URL's range can't be read, where it can't. */
  readonly problem: string | undefined;
  readonly opened: boolean;
  /** Offered instead of the usual ones, where there are some. */
  readonly quickRanges?: readonly QuickRange[];
  readonly onOpened: (opened: boolean) => void;
  readonly onRange: (range: TimeRangeText) => void;
  readonly onTimeZone: (timeZone: string) => void;
  readonly onShift: (direction: -1 | 1) => void;
  readonly onZoomOut: () => void;
}

/** Over which time, on whose clock. */
export function RangePicker(props: RangePickerProps): ReactElement {
  const { range, timeZone, now, problem, opened, quickRanges = [], onOpened, onRange } = props;
  const usual = [...QUICK_RANGES, ...CALENDAR_RANGES].map((quick) => ({ ...quick, display: describeRange(quick, timeZone) }));
  const nowMs = now();
  const choose = (next: TimeRangeText): void => {
    onOpened(false);
    onRange(next);
  };
  return (
    <div className={classes.range}>
      <Tooltip label="Half a range back">
        <ActionIcon className={classes.step} aria-label="Half a range back" onClick={() => props.onShift(-1)}>
          <IconChevronLeft size={16} />
        </ActionIcon>
      </Tooltip>
      <Popover opened={opened} onChange={onOpened} position="bottom-end" trapFocus withinPortal>
        <Popover.Target>
          <Tooltip
            label={<RangeInstants range={range} timeZone={timeZone} calendar={props.calendar} nowMs={nowMs} />}
            disabled={opened}
          >
            <Button
              variant="default"
              onClick={() => onOpened(!opened)}
              aria-label={`Time range: ${describeRange(range, timeZone)}`}
              leftSection={problem === undefined ? undefined : <IconAlertTriangle size={14} color="var(--v-warning)" />}
              rightSection={<IconChevronDown size={14} />}
            >
              {describeRange(range, timeZone)}
              {timeZone !== 'browser' && <span className={classes.zone}>{zoneName(timeZone)}</span>}
            </Button>
          </Tooltip>
        </Popover.Target>
        <Popover.Dropdown p={0}>
          <div className={classes.dropdown}>
            {problem !== undefined && (
              <p className={classes.problem} role="alert">
                The link’s range can’t be read, so the dashboard’s own is shown. {problem}
              </p>
            )}
            <div className={classes.columns}>
              <ul className={classes.quick} aria-label="Quick ranges">
                {(quickRanges.length > 0 ? quickRanges : usual).map((quick) => (
                  <li key={`${quick.from} ${quick.to}`}>
                    <UnstyledButton
                      className={classes.choice}
                      aria-pressed={quick.from === range.from && quick.to === range.to}
                      onClick={() => choose({ from: quick.from, to: quick.to })}
                    >
                      {quick.display || describeRange(quick, timeZone)}
                    </UnstyledButton>
                  </li>
                ))}
              </ul>
              <Suspense fallback={<div className={classes.form} />}>
                <RangeForm key={`${range.from} ${range.to} ${timeZone}`} {...props} onRange={choose} />
              </Suspense>
            </div>
          </div>
        </Popover.Dropdown>
      </Popover>
      <Tooltip label="Half a range forward">
        <ActionIcon className={classes.step} aria-label="Half a range forward" onClick={() => props.onShift(1)}>
          <IconChevronRight size={16} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Zoom out">
        <ActionIcon className={classes.step} aria-label="Zoom out" onClick={props.onZoomOut}>
          <IconZoomOut size={16} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

interface RangeInstantsProps {
  readonly range: TimeRangeText;
  readonly timeZone: string;
  readonly calendar: Calendar | undefined;
  readonly nowMs: number;
}

/** What a relative range means just now. */
function RangeInstants({ range, timeZone, calendar, nowMs }: RangeInstantsProps): ReactElement | null {
  const { fromMs, toMs } = parseTimeRange(range, nowMs, timeZone, calendar);
  return (
    <span className={classes.instants}>
      {formatTime(Math.floor(fromMs / 1_000) * 1_000, timeZone)} – {formatTime(Math.floor(toMs / 1_000) * 1_000, timeZone)}
      <br />
      {zoneName(timeZone)}, {formatOffset(zoneOffsetMs(toMs, timeZone))}
    </span>
  );
}

function zoneName(timeZone: string): string {
  return timeZone === 'browser' ? 'this computer’s clock' : timeZone.replaceAll('_', ' ');
}

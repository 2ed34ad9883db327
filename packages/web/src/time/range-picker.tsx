import { ActionIcon, Button, Popover, Select, TextInput, Tooltip, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconChevronDown, IconChevronLeft, IconChevronRight, IconZoomOut } from '@tabler/icons-react';
import { zoneOffsetMs } from '@vitrine/compute/civil-time.ts';
import { describeRange, formatOffset, formatTime, isRelative, parseTime, parseTimeRange } from '@vitrine/compute/time.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { TimeRangeText } from '@vitrine/model/dashboard.ts';
import { useMemo, useState } from 'react';
import type { FormEvent, ReactElement } from 'react';
import classes from './time-controls.module.css';

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
          <Tooltip label={<RangeInstants range={range} timeZone={timeZone} nowMs={nowMs} />} disabled={opened}>
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
              <RangeForm key={`${range.from} ${range.to} ${timeZone}`} {...props} onRange={choose} />
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
  readonly nowMs: number;
}

/** What a relative range means just now. */
function RangeInstants({ range, timeZone, nowMs }: RangeInstantsProps): ReactElement | null {
  const { fromMs, toMs } = parseTimeRange(range, nowMs, timeZone);
  return (
    <span className={classes.instants}>
      {formatTime(Math.floor(fromMs / 1_000) * 1_000, timeZone)} – {formatTime(Math.floor(toMs / 1_000) * 1_000, timeZone)}
      <br />
      {zoneName(timeZone)}, {formatOffset(zoneOffsetMs(toMs, timeZone))}
    </span>
  );
}

/** Two ends as text, each with what it means, and the zone. */
function RangeForm({ range, timeZone, now, onRange, onTimeZone }: RangePickerProps): ReactElement {
  const [from, setFrom] = useState(() => writeForField(range.from, timeZone));
  const [to, setTo] = useState(() => writeForField(range.to, timeZone));
  const nowMs = now();
  const fromEnd = readEnd('from', from, nowMs, timeZone);
  const toEnd = readEnd('to', to, nowMs, timeZone);
  const empty = fromEnd.atMs !== undefined && toEnd.atMs !== undefined && fromEnd.atMs >= toEnd.atMs;
  const ready = fromEnd.atMs !== undefined && toEnd.atMs !== undefined && !empty;
  const zones = useMemo(() => listZones(), []);

  function apply(event: FormEvent): void {
    event.preventDefault();
    if (ready) onRange({ from: writeForUrl(from, fromEnd.atMs), to: writeForUrl(to, toEnd.atMs) });
  }

  return (
    <form className={classes.form} onSubmit={apply}>
      <TextInput
        label="From"
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
        error={fromEnd.problem}
        description={fromEnd.meaning}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        placeholder="now-6h or 2026-01-02 03:04"
        spellCheck={false}
        autoComplete="off"
        data-autofocus
      />
      <TextInput
        label="To"
        value={to}
        onChange={(event) => setTo(event.currentTarget.value)}
        error={toEnd.problem ?? (empty ? 'This is not after the start.' : undefined)}
        description={toEnd.meaning}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        placeholder="now or 2026-01-02 05:06"
        spellCheck={false}
        autoComplete="off"
      />
      <Button type="submit" disabled={!ready} fullWidth>
        Show this range
      </Button>
      <Select
        label="Time zone"
        data={zones}
        value={timeZone}
        onChange={(zone) => zone !== null && onTimeZone(zone)}
        searchable
        allowDeselect={false}
        limit={60}
        nothingFoundMessage="No zone has that name."
        comboboxProps={{ withinPortal: false }}
        description={formatOffset(zoneOffsetMs(nowMs, timeZone))}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
      />
    </form>
  );
}

interface RangeEnd {
  readonly atMs?: number;
  readonly meaning?: string;
  readonly problem?: string;
}

function readEnd(field: 'from' | 'to', text: string, nowMs: number, timeZone: string): RangeEnd {
  try {
    const atMs = parseTime(field, text, { nowMs, timeZone, edge: field === 'from' ? 'start' : 'end' });
    const shown = formatTime(Math.floor(atMs / 1_000) * 1_000, timeZone);
    return shown === text.trim() ? { atMs } : { atMs, meaning: shown };
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    return { problem: error.message.slice(field.length + 2) };
  }
}

/** Absolute times are shown on the page's clock, relative ones as they were written. */
function writeForField(text: string, timeZone: string): string {
  if (isRelative(text)) return text;
  try {
    return formatTime(parseTime('from', text, { nowMs: 0, timeZone, edge: 'start' }), timeZone);
  } catch {
    // The reader mends what was written.
    return text;
  }
}

function writeForUrl(text: string, atMs: number): string {
  return isRelative(text) ? text.trim() : new Date(atMs).toISOString();
}

function zoneName(timeZone: string): string {
  return timeZone === 'browser' ? 'this computer’s clock' : timeZone.replaceAll('_', ' ');
}

function listZones(): { value: string; label: string }[] {
  const names = Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC');
  return [
    { value: 'browser', label: 'This computer’s clock' },
    { value: 'UTC', label: 'UTC' },
    ...names.map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') })),
  ];
}

import { Button, Select, TextInput } from '@mantine/core';
import { zoneOffsetMs } from '@vitrine/compute/civil-time.ts';
import { formatOffset, formatTime, isRelative, parseTime } from '@vitrine/compute/time.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { TimeRangeText } from '@vitrine/model/dashboard.ts';
import { useMemo, useState } from 'react';
import type { FormEvent, ReactElement } from 'react';
import classes from './time-controls.module.css';

interface RangeFormProps {
  readonly range: TimeRangeText;
  readonly timeZone: string;
  readonly now: () => number;
  readonly onRange: (range: TimeRangeText) => void;
  readonly onTimeZone: (timeZone: string) => void;
}

/** Two ends as text, each with what it means, and the zone. */
export function RangeForm({ range, timeZone, now, onRange, onTimeZone }: RangeFormProps): ReactElement {
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

function listZones(): { value: string; label: string }[] {
  const names = Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC');
  return [
    { value: 'browser', label: 'This computer’s clock' },
    { value: 'UTC', label: 'UTC' },
    ...names.map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') })),
  ];
}

import { Select, SegmentedControl, Switch, TagsInput, Textarea, TextInput } from '@mantine/core';
import type { Dashboard } from '@vitrine/model/dashboard.ts';
import type { ReactElement } from 'react';
import classes from './settings.module.css';
import type { Change } from './settings-dialog.tsx';

const MONTHS = Array.from({ length: 12 }, (_, month) =>
  new Intl.DateTimeFormat('en', { month: 'long', timeZone: 'UTC' }).format(new Date(Date.UTC(2000, month, 1))),
);
const ZONES = ['browser', 'utc', ...Intl.supportedValuesOf('timeZone')];
const REFRESHES = ['live', 'off', '5s', '10s', '30s', '1m', '5m', '15m', '30m', '1h'];

export interface GeneralSettingsProps {
  readonly dashboard: Dashboard;
  readonly onChange: Change;
}

/** What a dashboard is called, and what it opens with. */
export function GeneralSettings({ dashboard, onChange }: GeneralSettingsProps): ReactElement {
  const set = (change: Partial<Dashboard>, step: string) => onChange((now) => ({ ...now, ...change }), step);
  const { range, timePicker } = dashboard;
  return (
    <div className={classes.fields}>
      <TextInput label="Title" value={dashboard.title} onChange={(event) => set({ title: event.currentTarget.value }, 'title')} />
      <Textarea
        label="Description"
        autosize
        minRows={2}
        value={dashboard.description}
        onChange={(event) => set({ description: event.currentTarget.value }, 'description')}
      />
      <TagsInput label="Tags" value={dashboard.tags as string[]} onChange={(tags) => set({ tags }, 'tags')} />
      <div role="group" aria-label="What panels have along x">
        <div data-label>Along x</div>
        <SegmentedControl
          data={[
            { value: 'time', label: 'Time' },
            { value: 'step', label: 'Step' },
            { value: 'epoch', label: 'Epoch' },
            { value: 'elapsed', label: 'Elapsed' },
          ]}
          value={dashboard.x}
          onChange={(x) => set({ x: x }, 'x')}
        />
      </div>
      <div className={classes.pair}>
        <TextInput
          label="Opens from"
          value={range.from}
          onChange={(event) => set({ range: { ...range, from: event.currentTarget.value } }, 'from')}
        />
        <TextInput
          label="to"
          value={range.to}
          onChange={(event) => set({ range: { ...range, to: event.currentTarget.value } }, 'to')}
        />
        <Select
          label="Refresh"
          allowDeselect={false}
          data={REFRESHES.includes(dashboard.refresh) ? REFRESHES : [...REFRESHES, dashboard.refresh]}
          value={dashboard.refresh}
          onChange={(refresh) => refresh !== null && set({ refresh }, 'refresh')}
        />
      </div>
      <div className={classes.pair}>
        <Select
          label="Time zone"
          searchable
          limit={100}
          allowDeselect={false}
          data={ZONES.includes(dashboard.timezone) ? ZONES : [...ZONES, dashboard.timezone]}
          value={dashboard.timezone}
          onChange={(timezone) => timezone !== null && set({ timezone }, 'timezone')}
        />
        <Select
          label="Weeks begin on"
          allowDeselect={false}
          data={[
            { value: '', label: 'as usual here' },
            { value: 'monday', label: 'Monday' },
            { value: 'sunday', label: 'Sunday' },
            { value: 'saturday', label: 'Saturday' },
          ]}
          value={dashboard.weekStart}
          onChange={(weekStart) => set({ weekStart: weekStart ?? '' }, 'weekStart')}
        />
        <Select
          label="Fiscal year begins in"
          allowDeselect={false}
          data={MONTHS}
          value={MONTHS[dashboard.fiscalYearStartMonth] ?? null}
          onChange={(month) => set({ fiscalYearStartMonth: Math.max(0, MONTHS.indexOf(month ?? '')) }, 'fiscalYear')}
        />
      </div>
      <div className={classes.pair}>
        <Select
          label="Panels share"
          allowDeselect={false}
          data={[
            { value: 'off', label: 'nothing of the pointer' },
            { value: 'crosshair', label: 'the crosshair' },
            { value: 'tooltip', label: 'crosshair and tooltip' },
          ]}
          value={dashboard.cursor}
          onChange={(cursor) => set({ cursor: cursor as Dashboard['cursor'] }, 'cursor')}
        />
        <TextInput
          label="“Now” is that long ago"
          placeholder="1m, for data that come late"
          value={timePicker.nowDelay}
          onChange={(event) => set({ timePicker: { ...timePicker, nowDelay: event.currentTarget.value } }, 'nowDelay')}
        />
      </div>
      <Switch
        label="Hide the choice of time"
        checked={timePicker.hidden}
        onChange={(event) => set({ timePicker: { ...timePicker, hidden: event.currentTarget.checked } }, 'hidden')}
      />
    </div>
  );
}

import { useState } from 'react';
import type { ReactElement } from 'react';
import { serverClock } from '../api/server-clock.ts';
import type { OpenScope } from '../dashboard/use-dashboard-scope.ts';
import { RangePicker } from '../time/range-picker.tsx';

/** The range that panels show while they are edited. */
export function EditRange({
  scope,
  timeZone,
  problem,
  change,
}: Pick<OpenScope, 'scope' | 'timeZone' | 'problem' | 'change'>): ReactElement {
  const [opened, setOpened] = useState(false);
  return (
    <RangePicker
      range={scope.range.text}
      timeZone={timeZone}
      now={serverClock.now}
      problem={problem}
      opened={opened}
      quickRanges={scope.dashboard.timePicker.quickRanges}
      onOpened={setOpened}
      onRange={({ from, to }) => change({ from, to }, 'push')}
      onTimeZone={(tz) => change({ tz }, 'replace')}
      onShift={scope.shift}
      onZoomOut={scope.widen}
    />
  );
}

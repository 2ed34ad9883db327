import type { ReactElement } from 'react';

import classes from './no-data.module.css';

/** Nothing to show is a state with a way out, not a blank. `text` is the panel's own word for it. */
export function NoData({
  width,
  height,
  text,
  hint = 'Widen the range, or check that the query names a series that exists.',
}: {
  width: number;
  height: number;
  text?: string;
  hint?: string;
}): ReactElement {
  return (
    <div className={classes.none} style={{ width, height }} role="status">
      {height >= 120 && (
        <svg width={56} height={28} viewBox="0 0 56 28" aria-hidden="true">
          <path d="M2 26H54" stroke="var(--v-axis)" strokeWidth="1.5" fill="none" />
          <path d="M2 20C10 20 10 9 18 9" stroke="var(--v-axis)" strokeWidth="1.5" fill="none" />
          <path d="M38 14C46 14 46 6 54 6" stroke="var(--v-axis)" strokeWidth="1.5" fill="none" />
          <path d="M20 9.5L36 13.5" stroke="var(--v-axis)" strokeWidth="1.5" strokeDasharray="2 3" fill="none" />
        </svg>
      )}
      <span className={classes.text}>{text !== undefined && text !== '' ? text : 'No data in this range'}</span>
      {height >= 72 && width >= 200 && <span className={classes.hint}>{hint}</span>}
    </div>
  );
}

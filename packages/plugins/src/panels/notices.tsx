import type { ReactElement } from 'react';

import classes from './notices.module.css';

/** CSS pixels that `Notices` takes where there are some. */
export const NOTICE_LINE = 20;

/** What a reader should know of how the answer was read, in one line; whole when pointed at. */
export function Notices({ texts, width }: { readonly texts: readonly string[]; readonly width: number }): ReactElement | null {
  if (texts.length === 0) return null;
  const all = texts.join(' ');
  return (
    <p className={classes.notices} style={{ width, height: NOTICE_LINE }} title={all} role="status">
      {all}
    </p>
  );
}

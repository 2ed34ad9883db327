import { useMemo } from 'react';

import type { PanelContext } from '../contract.ts';

/** The page's context with the panel's own time zone, where it has one. */
export function useInZone(context: PanelContext, [zone]: readonly string[]): PanelContext {
  return useMemo(
    () => (zone === undefined || zone === '' ? context : { ...context, timeZone: zone === 'utc' ? 'UTC' : zone }),
    [context, zone],
  );
}

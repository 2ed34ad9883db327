import { useMemo } from 'react';

/** The same list as long as the names in it are the same, so that what hangs on it is not made anew with each answer. */
export function useNames(names: readonly string[]): readonly string[] {
  const text = JSON.stringify(names);
  return useMemo(() => JSON.parse(text) as readonly string[], [text]);
}

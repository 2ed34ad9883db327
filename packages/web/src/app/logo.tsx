import type { ReactElement } from 'react';

/** A loss that falls and a validation that rises again: what the page is for. */
export function Logo({ size = 22 }: { readonly size?: number }): ReactElement {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" strokeLinecap="round" aria-hidden>
      <rect width="32" height="32" rx="7" fill="var(--mantine-color-accent-7)" />
      <path d="M6 8c2.600 9 5 14 9 15.500S23 24 26 24" stroke="#fff" strokeWidth="3" />
      <path d="M6 21c4-1 6.500-9 10-11.500S23 8 26 8" stroke="#c3caff" strokeWidth="3" strokeDasharray="4.500 4.500" />
    </svg>
  );
}

import type { Shown } from './main.tsx';

/** Single values in all their forms. */
export const valuePieces: readonly Shown[] = [];

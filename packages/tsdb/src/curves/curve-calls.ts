import type { CurveBatch, CurveStore } from '@vitrine/model/curve-store.ts';
import type { StoreLog } from '../store-options.ts';

/** writer: owns the file. reader: answers beside it, so that a long read holds up no commit. */
export type CurveRole = 'writer' | 'reader';

export interface CurveWorkerOptions {
  readonly role: CurveRole;
  readonly folder: string;
}

/** What the main thread asks of either thread. Each is answered once. */
export type CurveCall =
  | { readonly kind: 'open' }
  | { readonly kind: 'append'; readonly batch: CurveBatch }
  | { readonly kind: 'label'; readonly run: string; readonly labels: Readonly<Record<string, string>> }
  | { readonly kind: 'remove'; readonly runs: readonly string[] }
  | { readonly kind: 'bytes' }
  | { readonly kind: ReadMethod; readonly args: readonly unknown[] };

/** Methods that are answered by the reader as they are called. */
export type ReadMethod = Extract<
  keyof CurveStore,
  'points' | 'pointsFrom' | 'summaries' | 'metricNames' | 'items' | 'item' | 'mark' | 'stats'
>;

/** What either says unasked, for the log. */
export interface CurveNote {
  readonly level: Parameters<StoreLog>[0];
  readonly sentence: string;
}

import type { CurveBatch, CurveStore } from '@vitrine/model/curve-store.ts';
import type { SentError } from '../protocol.ts';
import type { StopFlag } from '../stop-flag.ts';
import type { StoreLog } from '../store-options.ts';

/** writer: owns the file. reader: answers beside it, so that a long read holds up no commit. */
export type CurveRole = 'writer' | 'reader';

export interface CurveWorkerOptions {
  readonly role: CurveRole;
  readonly folder: string;
}

/** What the main thread asks of either thread. Each is answered once. */
export type CurveCall =
  | { readonly kind: 'append'; readonly batch: CurveBatch }
  | { readonly kind: 'label'; readonly run: string; readonly labels: Readonly<Record<string, string>> }
  | { readonly kind: 'remove'; readonly runs: readonly string[] }
  | { readonly kind: 'bytes' }
  | { readonly kind: 'close' }
  | { readonly kind: ReadMethod; readonly args: readonly unknown[]; readonly stop?: StopFlag };

/** Methods that are answered by the reader as they are called. */
export type ReadMethod = Extract<
  keyof CurveStore,
  'points' | 'pointsFrom' | 'summaries' | 'metricNames' | 'items' | 'item' | 'mark' | 'stats'
>;

export type CurveReply =
  | { readonly kind: 'open' }
  | { readonly kind: 'openFailed'; readonly error: SentError }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly error: SentError }
  | { readonly kind: 'log'; readonly level: Parameters<StoreLog>[0]; readonly sentence: string };

export type SentCall = CurveCall & { readonly id: number };

import type { MessagePort } from 'node:worker_threads';
import type { EvaluateRequest } from '@vitrine/model/sample-store.ts';
import type { SentResult } from '../protocol.ts';
import type { StoreLog } from '../store-options.ts';
import type { Bell } from './ask.ts';

/** What an evaluation thread is started with. */
export interface EvaluationThread {
  readonly folder: string;
  readonly curvesFolder: string | undefined;
  /** To the store's thread, which has the other end. */
  readonly store: MessagePort;
  readonly bell: Bell;
}

export interface EvaluationQuestion {
  readonly kind: 'evaluate';
  readonly request: EvaluateRequest;
  /** Where the query turns out to read more samples than this it is not answered, but called heavy. */
  readonly lightSamples: number;
}

export type EvaluationAnswer = { readonly kind: 'result'; readonly result: SentResult } | { readonly kind: 'heavy' };

export interface EvaluationNote {
  readonly kind: 'log';
  readonly level: Parameters<StoreLog>[0];
  readonly sentence: string;
}

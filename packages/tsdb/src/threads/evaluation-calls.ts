import type { MessagePort } from 'node:worker_threads';
import type { AnswerForm, EvaluateRequest, QueryStats } from '@vitrine/model/sample-store.ts';
import type { SentResult } from '../protocol.ts';
import type { StoreLog } from '../store-options.ts';
import type { Bell } from './ask.ts';
import type { Block } from './writings.ts';

/** What an evaluation thread is started with. */
export interface EvaluationThread {
  readonly folder: string;
  readonly curvesFolder: string | undefined;
  /** Its place among those that share heavy queries, and how many those are; 0 of 1 where it shares none. */
  readonly index: number;
  readonly of: number;
  /** It works for long at a time, so that whoever has something small to do goes first. */
  readonly isHeavy: boolean;
  /** To the store's thread, which has the other end. */
  readonly store: MessagePort;
  readonly bell: Bell;
}

export type EvaluationQuestion =
  | {
      readonly kind: 'evaluate';
      readonly request: EvaluateRequest;
      /** Where it is given the answer is written down. */
      readonly form: AnswerForm | undefined;
      /** Where the query turns out to read more samples, or to compute more values, than this it is not answered, but called heavy. */
      readonly lightSamples: number;
      /** The other threads may be asked to help. */
      readonly mayShare: boolean;
    }
  /** The next block of an answer that is being written. */
  | { readonly kind: 'more'; readonly writing: string };

export type EvaluationAnswer =
  | { readonly kind: 'result'; readonly result: SentResult }
  | { readonly kind: 'heavy' }
  | {
      readonly kind: 'written';
      readonly stats: QueryStats;
      /** The answer; where it is being written still, what stands before and behind the blocks. */
      readonly before: readonly Uint8Array[];
      readonly behind: readonly Uint8Array[];
      /** Blocks are had by `more`, in turns from the thread that answers and from the threads `helpers`. */
      readonly writing: string;
      readonly blocks: number;
      readonly helpers: readonly number[];
    }
  | { readonly kind: 'block'; readonly block: Block };

export type EvaluationOrder =
  /** The way to another thread with which this one shares queries. */
  | { readonly kind: 'peer'; readonly index: number; readonly port: MessagePort }
  /** The answer that was being written is over, or nobody takes the rest of it. */
  | { readonly kind: 'drop'; readonly writing: string };

export interface EvaluationNote {
  readonly kind: 'log';
  readonly level: Parameters<StoreLog>[0];
  readonly sentence: string;
}

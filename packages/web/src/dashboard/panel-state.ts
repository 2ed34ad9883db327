import { isEmpty } from '@vitrine/compute/merge.ts';
import type { Notice, PanelData } from '@vitrine/model/frame.ts';
import { ApiError } from '../api/client.ts';
import type { PanelPicture } from './panel-data.ts';

/** What a panel has to show. */
export type PanelState =
  /** Not in view yet, or not long enough on its way to say so. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly data: PanelData; readonly notices: readonly Notice[] }
  | { readonly kind: 'empty'; readonly data: PanelData; readonly notices: readonly Notice[] }
  /** `last` is the last good picture: shown greyed. */
  | { readonly kind: 'failed'; readonly sentence: string; readonly last: PanelData | undefined; readonly canRetry: boolean }
  /** The server can't be reached. The page says so once; the last good picture stays, greyed. */
  | { readonly kind: 'stale'; readonly last: PanelData; readonly notices: readonly Notice[] }
  | { readonly kind: 'forbidden'; readonly sentence: string };

export interface PanelProgress {
  readonly picture: PanelPicture | undefined;
  readonly lastGood: PanelData | undefined;
  readonly error: Error | null;
  /** Whether it has been asked for at all. */
  readonly asked: boolean;
}

export function panelState({ picture, lastGood, error, asked }: PanelProgress): PanelState {
  if (error !== null) {
    if (error instanceof ApiError && error.status === 403) return { kind: 'forbidden', sentence: error.message };
    const last = picture?.data ?? lastGood;
    if (error instanceof ApiError && error.status === 0 && last !== undefined) {
      return { kind: 'stale', last, notices: [{ level: 'warning', text: `This is old. ${error.message}` }] };
    }
    const canRetry = !(error instanceof ApiError && error.status === 404);
    return { kind: 'failed', sentence: sentenceOf(error), last, canRetry };
  }
  if (picture === undefined) return { kind: asked ? 'loading' : 'waiting' };
  const { data } = picture;
  // Some queries of the panel may have failed while others answered: the notices say which.
  const failed = data.notices.find(({ level }) => level === 'error');
  if (isEmpty(data)) {
    if (failed !== undefined) return { kind: 'failed', sentence: failed.text, last: lastGood, canRetry: true };
    return { kind: 'empty', data, notices: data.notices };
  }
  return { kind: 'ready', data, notices: data.notices };
}

/** A sentence ends like one. */
export function sentenceOf(error: Error): string {
  const text = error.message.trim();
  if (text === '') return 'Something went wrong.';
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

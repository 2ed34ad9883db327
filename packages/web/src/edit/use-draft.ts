import { useSyncExternalStore } from 'react';
import { draftOf, subscribeDrafts } from './draft.ts';
import type { DraftState } from './draft.ts';

/** The draft of a dashboard, as it changes; undefined before it was opened. */
export function useDraft(uid: string): DraftState | undefined {
  return useSyncExternalStore(subscribeDrafts, () => draftOf(uid));
}

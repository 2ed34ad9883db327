import type { DashboardAnswer } from '@vitrine/model/api.ts';
import type { Dashboard, Panel } from '@vitrine/model/dashboard.ts';
import { change, isChanged, markSaved, openHistory, redo, undo } from './history.ts';
import type { History } from './history.ts';

/** What the server said of a dashboard when it was opened or saved last. */
export type SavedMeta = Omit<DashboardAnswer, 'dashboard'>;

/** A dashboard that is being changed in this page. It outlives the page's components, so that the panel editor is the same draft. */
export interface DraftState {
  readonly history: History<Dashboard>;
  readonly meta: SavedMeta;
}

const drafts = new Map<string, DraftState>();
const listeners = new Set<() => void>();

function set(uid: string, state: DraftState | undefined): void {
  if (state === undefined) drafts.delete(uid);
  else drafts.set(uid, state);
  for (const listener of listeners) listener();
}

export function subscribeDrafts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function draftOf(uid: string): DraftState | undefined {
  return drafts.get(uid);
}

/** Whether anything anywhere in this page would be lost by leaving it. */
export function hasUnsavedChanges(): boolean {
  return [...drafts.values()].some(({ history }) => isChanged(history));
}

/** What the server has now. Changes that were made here stay; without any the draft is what the server has. */
export function openDraft({ dashboard, ...meta }: DashboardAnswer): void {
  const known = drafts.get(dashboard.uid);
  if (known !== undefined && isChanged(known.history)) return;
  if (known !== undefined && known.meta.revision === meta.revision && known.history.now === dashboard) return;
  set(dashboard.uid, { history: openHistory(dashboard), meta });
}

/** `step` joins what is done in a row into one step of undoing. */
export function act(uid: string, update: (dashboard: Dashboard) => Dashboard, step?: string): void {
  const known = drafts.get(uid);
  if (known === undefined) return;
  const history = change(known.history, update(known.history.now), step);
  if (history !== known.history) set(uid, { ...known, history });
}

export function undoDraft(uid: string): void {
  const known = drafts.get(uid);
  if (known !== undefined) set(uid, { ...known, history: undo(known.history) });
}

export function redoDraft(uid: string): void {
  const known = drafts.get(uid);
  if (known !== undefined) set(uid, { ...known, history: redo(known.history) });
}

/** Back to what is saved; undo brings the changes back. */
export function discardDraft(uid: string): void {
  const known = drafts.get(uid);
  if (known !== undefined) set(uid, { ...known, history: change(known.history, known.history.saved) });
}

/** The server took `sent`, and has it as `answer` says. */
export function savedDraft(uid: string, sent: Dashboard, { dashboard, ...meta }: DashboardAnswer): void {
  const known = drafts.get(uid);
  if (known === undefined) return;
  const marked = markSaved(known.history, sent);
  // Nothing was done meanwhile: the page shows what the server has.
  const history = marked.now === sent ? { ...marked, saved: dashboard, now: dashboard } : marked;
  set(uid, { history, meta });
}

/** The panel as it stands here, where the server has it otherwise or not at all. */
export function changedPanel(state: DraftState | undefined, id: number): Panel | undefined {
  if (state === undefined) return undefined;
  const { saved, now } = state.history;
  const panel = now.panels.find((one) => one.id === id);
  if (panel === undefined) return undefined;
  const same = saved.panels.find((one) => one.id === id) === panel && saved.variables === now.variables;
  return same ? undefined : panel;
}

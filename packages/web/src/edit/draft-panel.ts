import type { PanelDraft } from '@vitrine/model/api.ts';
import { changedPanel } from './draft.ts';
import type { DraftState } from './draft.ts';

const known = new WeakMap<object, WeakMap<object, PanelDraft>>();

/** What of a panel is to be tried out instead of what is saved; the same object while nothing changes. undefined where it is as saved. */
export function panelDraft(state: DraftState, id: number): PanelDraft | undefined {
  const panel = changedPanel(state, id);
  if (panel === undefined) return undefined;
  const { variables } = state.history.now;
  const ofPanel = known.get(panel) ?? new WeakMap<object, PanelDraft>();
  known.set(panel, ofPanel);
  const made = ofPanel.get(variables) ?? { panel, variables };
  ofPanel.set(variables, made);
  return made;
}

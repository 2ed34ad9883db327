import { expect, test } from 'vitest';
import { parseDashboard } from '@vitrine/model/parse/dashboard.ts';
import type { DashboardAnswer } from '@vitrine/model/api.ts';
import { act, changedPanel, discardDraft, draftOf, hasUnsavedChanges, openDraft, savedDraft, undoDraft } from './draft.ts';
import { addPanel, updatePanel } from './operations.ts';

function answer(uid: string, revision: number, title = 'A'): DashboardAnswer {
  const dashboard = addPanel(parseDashboard({ version: 2, uid, title, panels: [] }), undefined, { kind: 'stat' }).dashboard;
  return { dashboard, revision, builtin: false, folder: undefined, updatedMs: 0, updatedBy: 'owner', starred: false };
}

const title = (uid: string) => draftOf(uid)?.history.now.title;

test('what is saved again elsewhere is shown, unless something was changed here', () => {
  openDraft(answer('a', 1));
  openDraft(answer('a', 2, 'B'));
  expect(title('a')).toBe('B');
  act('a', (dashboard) => ({ ...dashboard, title: 'mine' }));
  openDraft(answer('a', 3, 'C'));
  expect(draftOf('a')).toMatchObject({ history: { now: { title: 'mine' } }, meta: { revision: 2 } });
  expect(hasUnsavedChanges()).toBe(true);
  discardDraft('a');
  expect(hasUnsavedChanges()).toBe(false);
  undoDraft('a');
  expect(title('a')).toBe('mine');
  discardDraft('a');
});

test('what is done while saving stays unsaved', () => {
  openDraft(answer('b', 1));
  act('b', (dashboard) => ({ ...dashboard, title: 'one' }));
  const sent = draftOf('b')!.history.now;
  act('b', (dashboard) => ({ ...dashboard, title: 'two' }));
  savedDraft('b', sent, { ...answer('b', 2), dashboard: sent });
  expect(draftOf('b')).toMatchObject({ history: { now: { title: 'two' } }, meta: { revision: 2 } });
  expect(hasUnsavedChanges()).toBe(true);
  savedDraft('b', draftOf('b')!.history.now, answer('b', 3, 'two'));
  expect(hasUnsavedChanges()).toBe(false);
});

test('only a panel that was changed is asked for as a draft', () => {
  openDraft(answer('c', 1));
  expect(changedPanel(draftOf('c'), 1)).toBeUndefined();
  act('c', (dashboard) => ({ ...dashboard, title: 'new' }));
  expect(changedPanel(draftOf('c'), 1)).toBeUndefined();
  act('c', (dashboard) => updatePanel(dashboard, 1, (panel) => ({ ...panel, title: 'Loss' })));
  expect(changedPanel(draftOf('c'), 1)).toMatchObject({ title: 'Loss' });
  act('c', (dashboard) => addPanel(dashboard, undefined, { kind: 'text' }).dashboard);
  expect(changedPanel(draftOf('c'), 2)).toMatchObject({ kind: 'text' });
});

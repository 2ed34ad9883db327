import { parseDashboard } from '@vitrine/model/parse/dashboard.ts';
import { DASHBOARD_VERSION } from '@vitrine/model/dashboard.ts';
import { openDraft } from './draft.ts';
import { freshUid } from './save/save.ts';

/** A dashboard that only this page knows until it is saved; answers its uid. */
export function startDashboard(): string {
  const uid = freshUid();
  const dashboard = parseDashboard({ version: DASHBOARD_VERSION, uid, title: 'New dashboard', panels: [] });
  openDraft({ dashboard, builtin: false, folder: undefined, revision: 0, updatedMs: 0, updatedBy: '', starred: false });
  return uid;
}

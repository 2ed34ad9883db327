import type { DashboardAnswer, SaveDashboardRequest } from '@vitrine/model/api.ts';
import type { Dashboard } from '@vitrine/model/dashboard.ts';
import { parseDashboard } from '@vitrine/model/parse/dashboard.ts';
import { ApiError, askJson } from '../../api/client.ts';
import { draftOf, savedDraft } from '../draft.ts';

export interface SaveChoice {
  readonly message: string;
  /** undefined leaves it where it is; "" is no folder. */
  readonly folder: string | undefined;
  /** Over what somebody else saved meanwhile. */
  readonly overwrite: boolean;
}

export type SaveOutcome =
  | { readonly kind: 'saved'; readonly answer: DashboardAnswer }
  /** Somebody else saved meanwhile; `theirs` is what the server has now. */
  | { readonly kind: 'conflict'; readonly sentence: string; readonly theirs: DashboardAnswer };

/** Saves what is shown now. Throws ApiError where the server refuses for another reason than a conflict. */
export async function saveDraft(uid: string, choice: SaveChoice): Promise<SaveOutcome> {
  const draft = draftOf(uid);
  if (draft === undefined) throw new Error('The dashboard is no longer open for editing.');
  const { history, meta } = draft;
  const dashboard = history.now;
  try {
    const answer = await putDashboard({
      dashboard,
      ...(choice.folder === undefined ? {} : { folder: choice.folder }),
      ...(choice.message === '' ? {} : { message: choice.message }),
      ...(choice.overwrite ? {} : { baseRevision: meta.revision }),
    });
    savedDraft(uid, dashboard, answer);
    return { kind: 'saved', answer };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
    return { kind: 'conflict', sentence: error.message, theirs: await getDashboard(uid) };
  }
}

/** A dashboard of that name that did not exist before. */
export async function saveCopy(dashboard: Dashboard, title: string, folder: string | undefined): Promise<DashboardAnswer> {
  return putDashboard({
    dashboard: { ...dashboard, uid: freshUid(), title },
    baseRevision: 0,
    ...(folder === undefined ? {} : { folder }),
  });
}

export function freshUid(): string {
  return crypto.randomUUID().replaceAll('-', '').slice(0, 14);
}

async function putDashboard(body: SaveDashboardRequest): Promise<DashboardAnswer> {
  return read(
    await askJson<DashboardAnswer>(`/api/dashboards/${encodeURIComponent(body.dashboard.uid)}`, { method: 'PUT', body }),
  );
}

async function getDashboard(uid: string): Promise<DashboardAnswer> {
  return read(await askJson<DashboardAnswer>(`/api/dashboards/${encodeURIComponent(uid)}`));
}

function read(answer: DashboardAnswer): DashboardAnswer {
  return { ...answer, dashboard: parseDashboard(answer.dashboard) };
}

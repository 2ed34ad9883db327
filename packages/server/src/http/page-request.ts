import { checkTimeZone } from '@vitrine/compute/civil-time.ts';
import type { Dashboard } from '@vitrine/model/dashboard.ts';
import { ADHOC_OPERATORS, type AdhocFilter, type Variable, type VariableValues } from '@vitrine/model/variable.ts';
import { z } from 'zod';
import type { Caller } from '../auth/guard.ts';
import type { CatalogEntry, DashboardCatalog } from '../query/dashboard-catalog.ts';
import type { Page } from '../query/page-scope.ts';
import { HttpError } from './errors.ts';

/** What requests of a page say of it: time, zone, chosen values. The limits of values are those of compute/variable/values.ts. */

/** The last millisecond that a Date can hold. */
const MAX_TIME_MS = 8.64e15;
export const pageTime = z.number().int().min(-MAX_TIME_MS).max(MAX_TIME_MS);
export const timeZone = z.string().max(100);

const variableName = z.string().min(1).max(100);
export const chosenValues = z.record(variableName, z.union([z.string(), z.array(z.string())]));
const adhocFilter = z
  .object({
    key: z.string(),
    operator: z.enum(ADHOC_OPERATORS),
    value: z.string(),
    values: z.array(z.string()).optional(),
  })
  .strict();
export const chosenFilters = z.record(variableName, z.array(adhocFilter));

export async function findDashboard(catalog: DashboardCatalog, uid: string): Promise<CatalogEntry> {
  const entry = await catalog.find(uid);
  if (entry === undefined) throw new HttpError('no_such_dashboard', `There is no dashboard "${uid}".`, 'dashboard');
  return entry;
}

interface PageBody {
  readonly fromMs: number;
  readonly toMs: number;
  readonly variables?: VariableValues | undefined;
  readonly filters?:
    | Record<string, readonly (Omit<AdhocFilter, 'values'> & { readonly values?: readonly string[] | undefined })[]>
    | undefined;
  readonly timeZone?: string | undefined;
}

/** `draft` are variables that are being tried out in place of the saved ones. Throws BadRequest on a zone that is none. */
export function pageOf(
  dashboard: Dashboard | undefined,
  draft: readonly Variable[] | undefined,
  body: PageBody,
  caller: Caller | undefined,
): Page {
  return {
    dashboard: { uid: dashboard?.uid ?? '', title: dashboard?.title ?? '' },
    variables: draft ?? dashboard?.variables ?? [],
    chosen: body.variables ?? {},
    x: dashboard?.x ?? 'time',
    filters: (body.filters ?? {}) as Page['filters'],
    fromMs: body.fromMs,
    toMs: body.toMs,
    calendar: { weekStart: dashboard?.weekStart ?? '', fiscalYearStartMonth: dashboard?.fiscalYearStartMonth ?? 0 },
    timeZone: zoneOf(body.timeZone ?? dashboard?.timezone ?? ''),
    user: caller === undefined || caller.kind === 'local' ? undefined : { login: caller.user.name },
  };
}

/** "browser" without a page to ask is the server's own zone. */
function zoneOf(text: string): string {
  if (text === '' || text === 'browser') return 'browser';
  return checkTimeZone('timeZone', text.toLowerCase() === 'utc' ? 'UTC' : text);
}

import { searchOptions } from '@vitrine/compute/variable/options.ts';
import type { VariableOptionsAnswer } from '@vitrine/model/api.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import { parseVariable } from '@vitrine/model/parse/variable.ts';
import type { Variable } from '@vitrine/model/variable.ts';
import { z } from 'zod';
import { mayEdit } from '../auth/guard.ts';
import type { DashboardCatalog } from '../query/dashboard-catalog.ts';
import { PageScope, type ScopeNeeds } from '../query/page-scope.ts';
import { abortOnDisconnect } from './abort-on-disconnect.ts';
import { HttpError } from './errors.ts';
import { chosenFilters, chosenValues, findDashboard, pageOf, pageTime, timeZone } from './page-request.ts';
import type { Routes } from './routes.ts';

const variableOptionsRequest = z
  .object({
    dashboard: z.string().max(100),
    variable: z.string().min(1).max(100),
    variables: chosenValues.default({}),
    filters: chosenFilters.optional(),
    fromMs: pageTime,
    toMs: pageTime,
    timeZone: timeZone.optional(),
    search: z.string().max(1_000).default(''),
    limit: z.number().int().min(1).max(1_000).default(100),
    key: z.string().max(1_000).optional(),
    draft: z.unknown().optional(),
  })
  .strict();

/** What can be chosen of a variable, searched and cut here: there may be 100,000 options. */
export function variableOptionsRoutes(app: Routes, catalog: DashboardCatalog, needs: ScopeNeeds): void {
  app.route({
    method: 'POST',
    url: '/api/variable-options',
    config: { access: 'page' },
    schema: { summary: 'What can be chosen of a variable', body: variableOptionsRequest },
    async handler(request, reply): Promise<VariableOptionsAnswer> {
      const { body } = request;
      const draft = body.draft === undefined ? undefined : parseVariable(new Read('draft', body.draft));
      if (draft !== undefined && !mayEdit(request.caller)) {
        throw new HttpError('not_allowed', 'Only those who may edit can try out a variable that is not saved.', 'draft');
      }
      const entry = draft !== undefined && body.dashboard === '' ? undefined : await findDashboard(catalog, body.dashboard);
      const saved = entry?.dashboard.variables ?? [];
      const variable = draft ?? saved.find(({ name }) => name === body.variable);
      if (variable === undefined) {
        throw new HttpError('not_found', `The dashboard "${body.dashboard}" has no variable "${body.variable}".`, 'variable');
      }
      const variables = draft === undefined ? saved : [...saved.filter(({ name }) => name !== draft.name), draft];
      const scope = new PageScope(pageOf(entry?.dashboard, variables, body, request.caller), needs, abortOnDisconnect(reply));
      return searchOptions(await optionsOf(scope, variable, body.key), body.search, body.limit);
    },
  });
}

function optionsOf(scope: PageScope, variable: Variable, key: string | undefined) {
  return variable.kind === 'adhoc' ? scope.filterOptions(variable, key) : scope.options(variable);
}

import { searchOptions } from '@vitrine/compute/variable/options.ts';
import type { VariableOptionsAnswer } from '@vitrine/model/api.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import { parseVariable } from '@vitrine/model/parse/variable.ts';
import { LimitExceeded } from '@vitrine/model/bad-request.ts';
import type { Variable, VariableOption } from '@vitrine/model/variable.ts';
import type { FastifyRequest } from 'fastify';
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
    drafts: z.array(z.unknown()).max(500).optional(),
  })
  .strict();

/** What can be chosen of a variable, searched and cut here: there may be 100,000 options. */
export function variableOptionsRoutes(
  app: Routes,
  catalog: DashboardCatalog,
  needsOf: (request: FastifyRequest) => ScopeNeeds,
): void {
  app.route({
    method: 'POST',
    url: '/api/variable-options',
    config: { access: 'page' },
    schema: { summary: 'What can be chosen of a variable', body: variableOptionsRequest },
    async handler(request, reply): Promise<VariableOptionsAnswer> {
      const { body } = request;
      const drafts = body.drafts?.map((draft, index) => parseVariable(new Read(`drafts[${index}]`, draft)));
      if (drafts !== undefined && !mayEdit(request.caller)) {
        throw new HttpError('not_allowed', 'Only those who may edit can try out variables that are not saved.', 'drafts');
      }
      const entry = drafts !== undefined && body.dashboard === '' ? undefined : await findDashboard(catalog, body.dashboard);
      const variables = drafts ?? entry?.dashboard.variables ?? [];
      const variable = variables.find(({ name }) => name === body.variable);
      if (variable === undefined) {
        throw new HttpError('not_found', `The dashboard "${body.dashboard}" has no variable "${body.variable}".`, 'variable');
      }
      const scope = new PageScope(
        pageOf(entry?.dashboard, variables, body, request.caller),
        needsOf(request),
        abortOnDisconnect(reply),
      );
      let options: readonly VariableOption[];
      try {
        options = await optionsOf(scope, variable, body.key);
      } catch (error) {
        // There are more than can be listed: they are searched where they are kept.
        const { key: label, search: text, limit } = body;
        if (!(error instanceof LimitExceeded) || variable.kind !== 'adhoc' || label === undefined) throw error;
        const found = await scope.searchFilterValues(variable, { label, text: text.trim(), limit });
        if (found === undefined) throw error;
        return { options: found.values.map((value) => ({ text: value, value })), total: found.total };
      }
      const settled = scope.settled(variable, options);
      return { ...searchOptions(options, body.search, body.limit), ...(settled === undefined ? {} : { settled }) };
    },
  });
}

function optionsOf(scope: PageScope, variable: Variable, key: string | undefined) {
  return variable.kind === 'adhoc' ? scope.filterOptions(variable, key) : scope.options(variable);
}

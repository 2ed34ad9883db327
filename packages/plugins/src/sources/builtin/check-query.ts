import { builtinValue } from '@vitrine/compute/variable/builtins.ts';
import { referencedNames, replaceVariables, type VariableScope } from '@vitrine/compute/variable/replace.ts';
import type { Expr } from '@vitrine/promql/ast.ts';
import { EVERY_SYNTAX, parse } from '@vitrine/promql/parse.ts';
import { parsePromQuery, type PromQuery } from './spec.ts';

/** Which windows a query reads does not matter to whether it parses. */
const SOME_TIMES: VariableScope = {
  timeZone: 'UTC',
  find: () => undefined,
  builtin: (name, path, format) =>
    builtinValue({ fromMs: 0, toMs: 3_600_000, stepMs: 60_000, timeZone: 'UTC' }, name, path, format),
};

/** The tree of a query that names no variables. Throws QueryError where its PromQL does not parse. */
export function parseBuiltinExpr(query: Pick<PromQuery, 'expr'>): Expr {
  return parse(replaceVariables(query.expr, SOME_TIMES), EVERY_SYNTAX);
}

/**
 * Throws BadRequest where the query is not well formed, QueryError where its PromQL does not parse. What a variable
 * stands for is not known before somebody looks at the dashboard: a query that names one is not parsed.
 */
export function checkBuiltinQuery(spec: unknown): void {
  const query = parsePromQuery(spec);
  if (referencedNames(replaceVariables(query.expr, SOME_TIMES)).length === 0) parseBuiltinExpr(query);
}

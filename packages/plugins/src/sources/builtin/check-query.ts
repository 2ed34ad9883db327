import { interpolate } from '@vitrine/compute/interpolate.ts';
import type { Expr } from '@vitrine/promql/ast.ts';
import { parse } from '@vitrine/promql/parse.ts';
import { type BuiltinQuery, builtinSpec } from './spec.ts';

/** The tree of a query's text. Which series it reads does not depend on the windows, so any step makes the text parse. */
export function parseBuiltinExpr(query: BuiltinQuery): Expr {
  return parse(interpolate(query.expr, { stepMs: 60_000, rangeMs: 3_600_000, scrapeIntervalMs: 15_000 }));
}

/** Throws BadRequest where the query is not well formed, QueryError where its PromQL does not parse. */
export function checkBuiltinQuery(spec: unknown): void {
  parseBuiltinExpr(builtinSpec.parseQuery(spec));
}

import { escapeRegex } from '@vitrine/compute/variable/format.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { type Matcher, QueryError } from '@vitrine/model/sample-store.ts';
import type { AdhocFilter } from '@vitrine/model/variable.ts';
import type { Expr, VectorSelector } from '@vitrine/promql/ast.ts';
import { EVERY_SYNTAX, parse } from '@vitrine/promql/parse.ts';
import { print } from '@vitrine/promql/print.ts';

/** The expression with the filters in every selector of its tree; unchanged where there are none. Throws QueryError where it does not parse. */
export function addFilters(expr: string, filters: readonly AdhocFilter[]): string {
  const matchers = filterMatchers(filters);
  if (matchers.length === 0) return expr;
  try {
    return print(narrow(parse(expr, EVERY_SYNTAX), matchers));
  } catch (cause) {
    if (!(cause instanceof QueryError)) throw cause;
    const names = [...new Set(matchers.map(({ label }) => label))].join(', ');
    const sentence = `The filters of the dashboard (${names}) cannot be put into the query, because it does not parse: ${cause.message}`;
    // Without the cause, which would say that a server is silent.
    throw new QueryError(cause.code, sentence);
  }
}

/** Filters as PromQL compares labels. Throws BadRequest for one that it cannot. */
export function filterMatchers(filters: readonly AdhocFilter[]): readonly Matcher[] {
  return filters.filter(({ key }) => key !== '').map(matcherOf);
}

function matcherOf({ key, operator, value, values }: AdhocFilter): Matcher {
  switch (operator) {
    case '=':
    case '!=':
    case '=~':
    case '!~':
      return { label: key, op: operator, value };
    case '=|':
    case '!=|':
      return { label: key, op: operator === '=|' ? '=~' : '!~', value: (values ?? [value]).map(escapeRegex).join('|') };
    case '<':
    case '>':
      throw new BadRequest(
        'filters',
        `"${key} ${operator} ${value}": labels of Prometheus are compared with =, !=, =~ and !~ only`,
      );
  }
}

function narrow(expr: Expr, matchers: readonly Matcher[]): Expr {
  const go = (inner: Expr): Expr => narrow(inner, matchers);
  switch (expr.kind) {
    case 'vectorSelector':
      return narrowSelector(expr, matchers);
    case 'matrixSelector':
      return { ...expr, selector: narrowSelector(expr.selector, matchers) };
    case 'call':
      return { ...expr, args: expr.args.map(go) };
    case 'aggregation':
      return { ...expr, expr: go(expr.expr), param: expr.param === undefined ? undefined : go(expr.param) };
    case 'binary':
      return { ...expr, left: go(expr.left), right: go(expr.right) };
    case 'subquery':
    case 'unary':
    case 'paren':
    case 'stepInvariant':
      return { ...expr, expr: go(expr.expr) };
    case 'number':
    case 'string':
      return expr;
  }
}

function narrowSelector(selector: VectorSelector, matchers: readonly Matcher[]): VectorSelector {
  return { ...selector, matchers: [...selector.matchers, ...matchers] };
}

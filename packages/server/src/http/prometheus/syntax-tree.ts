import type { AtModifier, Duration, DurationExpr, Expr, VectorSelector } from '@vitrine/promql/ast.ts';
import { functionSignatures } from '@vitrine/promql/functions-signatures.ts';
import { formatNumber } from '@vitrine/promql/json/write-number.ts';

/** An expression as /api/v1/parse_query shows it, in Prometheus' own shape. Durations are milliseconds. */
export function syntaxTree(expr: Expr): Readonly<Record<string, unknown>> {
  switch (expr.kind) {
    case 'number':
      return { type: 'numberLiteral', val: formatNumber(expr.value) };
    case 'string':
      return { type: 'stringLiteral', val: expr.value };
    case 'vectorSelector':
      return { type: 'vectorSelector', ...selectorMembers(expr) };
    case 'matrixSelector':
      return { type: 'matrixSelector', ...selectorMembers(expr.selector), range: milliseconds(expr.range) };
    case 'subquery':
      return {
        type: 'subquery',
        expr: syntaxTree(expr.expr),
        range: milliseconds(expr.range),
        offset: milliseconds(expr.offset),
        step: expr.step === undefined ? 0 : milliseconds(expr.step),
        ...atMembers(expr.at),
      };
    case 'call': {
      const { name, args, variadic, returns } = functionSignatures.get(expr.name)!;
      const func = { name, argTypes: args, variadic, returnType: returns };
      return { type: 'call', func, args: expr.args.map(syntaxTree) };
    }
    case 'aggregation':
      return {
        type: 'aggregation',
        op: expr.op,
        expr: syntaxTree(expr.expr),
        param: expr.param === undefined ? null : syntaxTree(expr.param),
        grouping: expr.grouping?.labels ?? [],
        without: expr.grouping?.kind === 'without',
      };
    case 'binary': {
      const { op, left, right, bool, matching } = expr;
      return {
        type: 'binaryExpr',
        op,
        lhs: syntaxTree(left),
        rhs: syntaxTree(right),
        matching:
          matching === undefined
            ? null
            : {
                card: matching.card,
                labels: matching.labels,
                on: matching.on,
                include: matching.include,
                fillValues: { lhs: matching.fillLeft ?? null, rhs: matching.fillRight ?? null },
              },
        bool,
      };
    }
    case 'unary':
      return { type: 'unaryExpr', op: expr.op, expr: syntaxTree(expr.expr) };
    case 'paren':
      return { type: 'parenExpr', expr: syntaxTree(expr.expr) };
    case 'stepInvariant':
      return syntaxTree(expr.expr);
  }
}

function selectorMembers({ name, matchers, offset, at, extension }: VectorSelector): Readonly<Record<string, unknown>> {
  return {
    name,
    offset: milliseconds(offset),
    matchers: matchers.map(({ label, op, value }) => ({ name: label, value, type: op })),
    ...atMembers(at),
    anchored: extension === 'anchored',
    smoothed: extension === 'smoothed',
  };
}

function atMembers(at: AtModifier | undefined): {
  readonly timestamp: number | null;
  readonly startOrEnd: 'start' | 'end' | null;
} {
  if (at === undefined) return { timestamp: null, startOrEnd: null };
  return at.kind === 'timestamp' ? { timestamp: at.timestampMs, startOrEnd: null } : { timestamp: null, startOrEnd: at.kind };
}

/** What depends on the query's step and range is 0 until there is a query, as in Prometheus. */
function milliseconds(duration: Duration): number {
  return typeof duration === 'number' ? duration : literal(duration);
}

function literal(duration: DurationExpr): number {
  return duration.kind === 'durationLiteral' ? duration.ms : 0;
}

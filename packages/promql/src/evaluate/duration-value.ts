import { QueryError } from '@vitrine/model/sample-store.ts';
import type { Duration, DurationExpr } from '../ast.ts';

/** What a duration expression may refer to. */
export interface QuerySpan {
  readonly stepMs: number;
  readonly rangeMs: number;
}

/** A duration in whole milliseconds. Throws where the expression divides by zero. */
export function durationMs(duration: Duration, query: QuerySpan): number {
  return typeof duration === 'number' ? duration : Math.trunc(Math.round(seconds(duration, query) * 1e9) / 1e6);
}

/** A duration that must look back: a range or the step of a subquery. */
export function positiveDurationMs(duration: Duration, query: QuerySpan): number {
  const ms = durationMs(duration, query);
  if (ms <= 0 && typeof duration !== 'number') {
    throw new QueryError('execution', 'duration must be greater than 0', duration.span);
  }
  return ms;
}

function seconds(expr: DurationExpr, query: QuerySpan): number {
  switch (expr.kind) {
    case 'durationLiteral':
      return expr.ms / 1000;
    case 'durationStep':
      return query.stepMs / 1000;
    case 'durationRange':
      return query.rangeMs / 1000;
    case 'durationParen':
      return seconds(expr.of, query);
    case 'durationUnary':
      return expr.op === '-' ? -seconds(expr.of, query) : seconds(expr.of, query);
    case 'durationCall': {
      const args = expr.args.map((arg) => seconds(arg, query));
      return expr.name === 'min_of' ? Math.min(...args) : Math.max(...args);
    }
    case 'durationBinary': {
      const [left, right] = [seconds(expr.left, query), seconds(expr.right, query)];
      switch (expr.op) {
        case '+':
          return left + right;
        case '-':
          return left - right;
        case '*':
          return left * right;
        case '^':
          return left ** right;
        case '/':
          if (right === 0) throw new QueryError('execution', 'division by zero', expr.span);
          return left / right;
        case '%':
          if (right === 0) throw new QueryError('execution', 'modulo by zero', expr.span);
          return left % right;
      }
    }
  }
}

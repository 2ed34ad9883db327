import { METRIC_NAME } from '@vitrine/model/labels.ts';
import { QueryError } from '@vitrine/model/sample-store.ts';
import type { Binary, Call, Expr, Span, ValueType, VectorMatching, VectorSelector } from './ast.ts';
import { documentedType, functionSignatures, valueType } from './functions-signatures.ts';
import { compileMatcher } from './match.ts';
import { quote } from './quote.ts';

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '>', '<=', '>=']);
const SET_OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'unless']);

/**
 * Checks that every part has the type its place wants. Throws QueryError (bad_data) at the first that has not, in the
 * order Prometheus looks: children first. `written` has the matching of each binary expression as it stood in the text.
 */
export function checkTypes(text: string, expr: Expr, written: ReadonlyMap<Binary, VectorMatching>): void {
  new TypeCheck(text, written).check(expr);
}

class TypeCheck {
  readonly #text: string;
  readonly #written: ReadonlyMap<Binary, VectorMatching>;

  constructor(text: string, written: ReadonlyMap<Binary, VectorMatching>) {
    this.#text = text;
    this.#written = written;
  }

  check(expr: Expr): ValueType {
    switch (expr.kind) {
      case 'number':
        return 'scalar';
      case 'string':
        return 'string';
      case 'vectorSelector':
        this.#selector(expr);
        return 'vector';
      case 'matrixSelector':
        this.#selector(expr.selector);
        return 'matrix';
      case 'subquery': {
        const type = this.check(expr.expr);
        if (type !== 'vector') fail(`subquery is only allowed on instant vector, got ${type} instead`, expr.span);
        return 'matrix';
      }
      case 'aggregation':
        this.#expect(expr.expr, 'vector', 'aggregation expression');
        if (expr.param !== undefined) {
          this.#expect(expr.param, expr.op === 'count_values' ? 'string' : 'scalar', 'aggregation parameter');
        }
        return 'vector';
      case 'unary': {
        const type = this.check(expr.expr);
        if (type === 'scalar' || type === 'vector') return type;
        return fail(
          `unary expression only allowed on expressions of type scalar or instant vector, got ${quote(documentedType(type))}`,
          expr.span,
        );
      }
      case 'binary':
        return this.#binary(expr);
      case 'call':
        this.#call(expr);
        return expr.type;
      case 'paren':
      case 'stepInvariant':
        return this.check(expr.expr);
    }
  }

  #expect(expr: Expr, wanted: ValueType, where: string): void {
    const type = this.check(expr);
    if (type !== wanted) {
      fail(`expected type ${documentedType(wanted)} in ${where}, got ${documentedType(type)}`, expr.span);
    }
  }

  #binary(expr: Binary): ValueType {
    const { op, bool, span } = expr;
    const left = this.check(expr.left);
    const right = this.check(expr.right);
    const matching = this.#written.get(expr);
    const setOperator = SET_OPERATORS.has(op);
    if (bool && !COMPARISONS.has(op)) {
      fail('bool modifier can only be used on comparison operators', this.#operatorSpan(expr));
    }
    if (COMPARISONS.has(op) && !bool && left === 'scalar' && right === 'scalar') {
      fail('comparisons between scalars must use BOOL modifier', this.#operatorSpan(expr));
    }
    const twice = matching?.on === true ? matching.labels.find((label) => matching.include.includes(label)) : undefined;
    if (twice !== undefined) {
      fail(`label ${quote(twice)} must not occur in ON and GROUP clause at once`, this.#operatorSpan(expr));
    }
    for (const [side, type] of [[expr.left, left] as const, [expr.right, right] as const]) {
      if (type !== 'scalar' && type !== 'vector') {
        fail('binary expression must contain only scalar and instant vector types', side.span);
      }
    }
    const fills = matching?.fillLeft !== undefined || matching?.fillRight !== undefined;
    if (left === 'vector' && right === 'vector') {
      if (setOperator && matching !== undefined && matching.card !== 'many-to-many') {
        fail(`no grouping allowed for ${quote(op)} operation`, span);
      }
      if (setOperator && fills) fail('filling in missing series not allowed for set operators', span);
      return 'vector';
    }
    if (matching !== undefined && matching.labels.length > 0) {
      fail('vector matching only allowed between instant vectors', span);
    }
    if (fills) fail('filling in missing series only allowed between instant vectors', span);
    if (setOperator) fail(`set operator ${quote(op)} not allowed in binary scalar expression`, span);
    return left === 'scalar' && right === 'scalar' ? 'scalar' : 'vector';
  }

  /** From the operator to the last character but one before the right side, as Prometheus reports it. */
  #operatorSpan({ left, right }: Binary): Span {
    let from = left.span.to;
    while (/\s/.test(this.#text[from] ?? '')) from++;
    let to = right.span.from - 1;
    while (/\s/.test(this.#text[to] ?? '')) to--;
    return { from, to };
  }

  #call(expr: Call): void {
    const { name, args, span } = expr;
    const signature = functionSignatures.get(name)!;
    const wanted = signature.args.length;
    if (signature.variadic === 0) {
      if (args.length !== wanted) {
        fail(`expected ${wanted} argument(s) in call to ${quote(name)}, got ${args.length}`, span);
      }
    } else {
      const least = wanted - 1;
      const most = least + signature.variadic;
      if (args.length < least) {
        fail(`expected at least ${least} argument(s) in call to ${quote(name)}, got ${args.length}`, span);
      }
      if (signature.variadic > 0 && args.length > most) {
        fail(`expected at most ${most} argument(s) in call to ${quote(name)}, got ${args.length}`, span);
      }
    }
    if (name === 'info' && args[1] !== undefined) this.#infoSelector(expr, args[1]);
    for (const [at, arg] of args.entries()) {
      // The second argument of info() may select everything, so its matchers are not checked.
      const type = name === 'info' && at === 1 ? valueType(arg) : this.check(arg);
      const expected = signature.args[Math.min(at, wanted - 1)]!;
      if (type !== expected) {
        fail(
          `expected type ${documentedType(expected)} in call to function ${quote(name)}, got ${documentedType(type)}`,
          arg.span,
        );
      }
    }
  }

  #infoSelector(call: Call, selector: Expr): void {
    const type = valueType(selector);
    if (type !== 'vector') {
      fail(`expected type instant vector in call to function "info", got ${documentedType(type)}`, call.span);
    }
    if (selector.kind !== 'vectorSelector') fail('expected label selectors only', selector.span);
    else if (selector.name !== '') fail('expected label selectors only, got vector selector instead', selector.span);
  }

  #selector({ name, matchers, span }: VectorSelector): void {
    if (name !== '') {
      const second = matchers.slice(0, -1).find((matcher) => matcher.label === METRIC_NAME);
      if (second !== undefined) fail(`metric name must not be set twice: ${quote(name)} or ${quote(second.value)}`, span);
      return;
    }
    // Keeps a slip from selecting every series there is.
    if (matchers.every((matcher) => compileMatcher(matcher)(''))) {
      fail('vector selector must contain at least one non-empty matcher', span);
    }
  }
}

function fail(message: string, span: Span): never {
  throw new QueryError('bad_data', message, span);
}

import { MAX_DURATION_SECONDS, parseDurationMs, secondsToMs } from '@vitrine/model/duration.ts';
import { METRIC_NAME } from '@vitrine/model/labels.ts';
import { QueryError } from '@vitrine/model/sample-store.ts';
import type { Matcher, Selector } from '@vitrine/model/sample-store.ts';
import type {
  Aggregation,
  AggregationOp,
  AtModifier,
  Binary,
  BinaryOp,
  Duration,
  DurationExpr,
  Expr,
  MatrixSelector,
  ParseOptions,
  Span,
  Subquery,
  VectorMatching,
  VectorSelector,
} from './ast.ts';
import { functionSignatures, valueType } from './functions-signatures.ts';
import { AGGREGATORS, describe, isLabelWord, isMetricWord, Lexer } from './lex.ts';
import type { Token } from './lex.ts';
import { compileRegex } from './match.ts';
import { metricsQlFunction, metricsQlWord } from './metrics-ql.ts';
import { parseNumber } from './number.ts';
import { quote, unquote } from './quote.ts';
import { checkTypes } from './type-check.ts';

/** Levels that an expression may nest: what walks a tree calls itself once a level. */
export const MAX_NESTING = 1000;

/** For who parses what some server may answer: whether it does is its own to say. */
export const EVERY_SYNTAX: ParseOptions = { extendedRangeSelectors: true, binaryFill: true };

const PRECEDENCE: ReadonlyMap<string, number> = new Map([
  ['or', 1],
  ['and', 2],
  ['unless', 2],
  ...['==', '!=', '<=', '<', '>=', '>', '</', '>/'].map((op) => [op, 3] as const),
  ['+', 4],
  ['-', 4],
  ...['*', '/', '%', 'atan2'].map((op) => [op, 5] as const),
  ['^', 6],
]);
const POWER = 6;
/** A sign binds as tight as a product: -1^2 is -(1^2), -1*2 is (-1)*2. */
const UNDER_SIGN = POWER;
const WITH_PARAMETER: ReadonlySet<string> = new Set(['topk', 'bottomk', 'count_values', 'quantile', 'limitk', 'limit_ratio']);
const EXPERIMENTAL_AGGREGATIONS: ReadonlySet<string> = new Set(['limitk', 'limit_ratio']);
const SET_OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'unless']);
const LEGACY_LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const DURATION_WANTED = 'number, duration, step(), or range()';

/**
 * Reads a PromQL expression and checks its types. Throws QueryError (bad_data) with the sentence and the position that
 * Prometheus 3.14 gives for the first mistake.
 */
export function parse(text: string, options: ParseOptions = {}): Expr {
  const parser = new Parser(text, options);
  const expr = parser.expression();
  checkTypes(text, expr, parser.writtenMatching);
  return expr;
}

/** Reads a bare selector (`up{job="api"}`), as the HTTP API takes it in `match[]`. Throws QueryError (bad_data). */
export function parseSelector(text: string): Selector {
  return new Parser(text, {}).selector().matchers;
}

/** A mistake as Prometheus prints it: `1:7: parse error: unexpected end of input`. Columns count characters from 1. */
export function describeParseError(text: string, error: QueryError): string {
  const before = text.slice(0, error.from ?? 0);
  const line = before.split('\n').length;
  const column = before.length - (before.lastIndexOf('\n') + 1) + 1;
  return `${line}:${column}: parse error: ${error.message}`;
}

class Parser {
  /** What was written between operator and right side, kept where the tree drops it because a side is no vector. */
  readonly writtenMatching = new Map<Binary, VectorMatching>();
  readonly #options: ParseOptions;
  readonly #lexer: Lexer;
  /** The next token, not yet taken. */
  #token: Token;
  /** Where the last taken token ends. */
  #end = 0;
  /** What an unexpected token is reported as being in: the innermost construct that has a message of its own. */
  readonly #contexts: (readonly [context: string, wanted: string])[] = [];
  readonly #heights = new Map<Expr, number>();
  #depth = 0;

  constructor(text: string, options: ParseOptions) {
    this.#options = options;
    this.#lexer = new Lexer(text);
    this.#token = this.#lexer.next();
  }

  expression(): Expr {
    if (this.#is('eof')) fail('no expression found in input', { from: 0, to: 0 });
    const expr = this.#binary(0);
    if (!this.#is('eof')) this.#unexpected();
    return expr;
  }

  selector(): VectorSelector {
    const token = this.#token;
    if (token.kind !== '{' && !isMetricWord(token.kind)) this.#unexpected();
    const selector = token.kind === '{' ? this.#vectorSelector(undefined) : this.#vectorSelector(this.#take());
    if (!this.#is('eof')) this.#unexpected();
    return selector;
  }

  /** Operators of at least this precedence, and what stands between them. */
  #binary(least: number): Expr {
    this.#depth++;
    if (this.#depth > MAX_NESTING) tooDeep(this.#token);
    let left = this.#operand();
    for (;;) {
      const precedence = PRECEDENCE.get(this.#token.kind);
      if (precedence === undefined || precedence < least) break;
      const op = this.#take().kind as BinaryOp;
      const modifiers = this.#binaryModifiers(op);
      const right = this.#binary(op === '^' ? precedence : precedence + 1);
      left = this.#newBinary(op, left, right, modifiers);
    }
    this.#depth--;
    return left;
  }

  #newBinary(op: BinaryOp, left: Expr, right: Expr, { bool, matching }: { bool: boolean; matching: VectorMatching }): Expr {
    const span = { from: left.span.from, to: right.span.to };
    if (this.#options.binaryFill !== true && (matching.fillLeft !== undefined || matching.fillRight !== undefined)) {
      fail('binop fill modifiers are experimental and not enabled', span);
    }
    const vectors = valueType(left) === 'vector' && valueType(right) === 'vector';
    const binary: Binary = { kind: 'binary', span, op, left, right, bool, matching: vectors ? matching : undefined };
    this.writtenMatching.set(binary, matching);
    return this.#grown(binary, [left, right]);
  }

  #binaryModifiers(op: BinaryOp): { bool: boolean; matching: VectorMatching } {
    const bool = this.#accept('bool');
    let card: VectorMatching['card'] = 'one-to-one';
    let on = false;
    let labels: readonly string[] = [];
    let include: readonly string[] = [];
    if (this.#is('on') || this.#is('ignoring')) {
      on = this.#take().kind === 'on';
      labels = this.#groupingLabels();
      if (this.#is('group_left') || this.#is('group_right')) {
        card = this.#take().kind === 'group_left' ? 'many-to-one' : 'one-to-many';
        if (this.#is('(')) include = this.#groupingLabels();
      }
    }
    let fillLeft: number | undefined;
    let fillRight: number | undefined;
    if (this.#accept('fill')) {
      fillLeft = fillRight = this.#fillValue();
    } else if (this.#accept('fill_left')) {
      fillLeft = this.#fillValue();
      if (this.#accept('fill_right')) fillRight = this.#fillValue();
    } else if (this.#accept('fill_right')) {
      fillRight = this.#fillValue();
      if (this.#accept('fill_left')) fillLeft = this.#fillValue();
    }
    if (SET_OPERATORS.has(op) && card === 'one-to-one') card = 'many-to-many';
    return { bool, matching: { card, on, labels, include, fillLeft, fillRight } };
  }

  #fillValue(): number {
    this.#expect('(');
    const value = this.#signedNumber();
    if (value === undefined) this.#unexpected();
    this.#expect(')');
    return value;
  }

  /** A primary expression, signs before it and modifiers after it. */
  #operand(): Expr {
    return this.#is('+') || this.#is('-') ? this.#signed() : this.#modified(this.#primary());
  }

  #signed(): Expr {
    const sign = this.#take();
    const expr = this.#binary(UNDER_SIGN);
    const span = { from: sign.from, to: expr.span.to };
    if (expr.kind === 'number') return { ...expr, span, value: sign.kind === '-' ? -expr.value : expr.value };
    return this.#grown({ kind: 'unary', span, op: sign.kind as '+' | '-', expr }, [expr]);
  }

  #primary(): Expr {
    const token = this.#token;
    switch (token.kind) {
      case '(': {
        this.#take();
        const expr = this.#binary(0);
        const to = this.#expect(')').to;
        return this.#grown({ kind: 'paren', span: { from: token.from, to }, expr }, [expr]);
      }
      case 'number':
      case 'duration':
        this.#take();
        return { kind: 'number', span: spanOf(token), value: literalSeconds(token), duration: token.kind === 'duration' };
      case 'string':
        this.#take();
        return { kind: 'string', span: spanOf(token), value: unquote(token.text) };
      case '{':
        return this.#vectorSelector(undefined);
    }
    if (!isMetricWord(token.kind)) this.#unexpected();
    this.#take();
    const next = this.#token.kind;
    if (AGGREGATORS.has(token.kind)) {
      if (next === '(' || next === 'by' || next === 'without') return this.#aggregation(token);
    } else if (next === '(' && isFunctionWord(token.kind)) {
      return this.#call(token);
    }
    return this.#vectorSelector(token);
  }

  /** [range], [range:step], offset, @, anchored and smoothed after an expression, in any order that makes sense. */
  #modified(primary: Expr): Expr {
    let expr = primary;
    for (;;) {
      switch (this.#token.kind) {
        case '[':
          expr = this.#brackets(expr);
          break;
        case 'offset':
          expr = this.#offset(expr);
          break;
        case '@':
          expr = this.#at(expr);
          break;
        case 'anchored':
        case 'smoothed':
          expr = this.#extended(expr, this.#take().kind as 'anchored' | 'smoothed');
          break;
        default:
          return expr;
      }
    }
  }

  #call(name: Token): Expr {
    const signature = functionSignatures.get(name.text);
    const elsewhere = signature === undefined ? metricsQlFunction(name.text) : undefined;
    // Before the arguments: those of MetricsQL may be unreadable as well.
    if (elsewhere !== undefined) fail(elsewhere, name);
    const args = this.#arguments();
    if (signature === undefined) fail(`unknown function with name ${quote(name.text)}`, name);
    if (signature.experimental && this.#options.experimentalFunctions === false) {
      fail(`function ${quote(name.text)} is not enabled`, name);
    }
    return this.#grown(
      { kind: 'call', span: { from: name.from, to: this.#end }, name: signature.name, args, type: signature.returns },
      args,
    );
  }

  #aggregation(name: Token): Expr {
    this.#contexts.push(['aggregation', '']);
    const before = this.#groupingClause();
    if (!this.#is('(')) this.#unexpected();
    const args = this.#arguments();
    this.#contexts.pop();
    const grouping = before ?? this.#groupingClause();
    const op = name.kind as AggregationOp;
    const span = { from: name.from, to: this.#end };
    if (args.length === 0) fail('no arguments for aggregate expression provided', span);
    if (EXPERIMENTAL_AGGREGATIONS.has(op) && this.#options.experimentalFunctions === false) {
      fail(`${op}() is experimental and must be enabled with --enable-feature=promql-experimental-functions`, span);
    }
    const wanted = WITH_PARAMETER.has(op) ? 2 : 1;
    if (args.length !== wanted) {
      fail(`wrong number of arguments for aggregate expression provided, expected ${wanted}, got ${args.length}`, span);
    }
    const expr = args[wanted - 1]!;
    const param = wanted === 2 ? args[0] : undefined;
    return this.#grown({ kind: 'aggregation', span, op, expr, param, grouping }, args);
  }

  #groupingClause(): Aggregation['grouping'] {
    if (!this.#is('by') && !this.#is('without')) return undefined;
    const kind = this.#take().kind as 'by' | 'without';
    return { kind, labels: this.#groupingLabels() };
  }

  #arguments(): readonly Expr[] {
    this.#expect('(');
    const args: Expr[] = [];
    if (this.#accept(')')) return args;
    for (;;) {
      args.push(this.#binary(0));
      if (!this.#is(',')) break;
      const comma = this.#take();
      if (!startsExpression(this.#token.kind)) fail('trailing commas not allowed in function call args', comma);
    }
    this.#expect(')');
    return args;
  }

  #groupingLabels(): readonly string[] {
    if (!this.#is('(')) this.#unexpectedIn('grouping opts', '"("');
    this.#take();
    const labels: string[] = [];
    while (!this.#is(')')) {
      const token = this.#token;
      if (token.kind === 'string') labels.push(unquote(token.text));
      else if (isLabelWord(token.kind) && LEGACY_LABEL.test(token.text)) labels.push(token.text);
      else this.#unexpectedIn('grouping opts', 'label');
      this.#take();
      if (this.#is(')')) break;
      if (!this.#is(',')) this.#unexpectedIn('grouping opts', '"," or ")"');
      this.#take();
    }
    this.#take();
    return labels;
  }

  #vectorSelector(name: Token | undefined): VectorSelector {
    const from = (name ?? this.#token).from;
    const matchers = this.#is('{') ? this.#matchers() : [];
    // A name before the braces comes last, as the type check's message about a second name relies on.
    if (name !== undefined) matchers.push({ label: METRIC_NAME, op: '=', value: name.text });
    return {
      kind: 'vectorSelector',
      span: { from, to: this.#end },
      name: name?.text ?? '',
      matchers,
      offset: 0,
      at: undefined,
      extension: undefined,
    };
  }

  #matchers(): Matcher[] {
    const matchers: Matcher[] = [];
    this.#take();
    while (!this.#is('}')) {
      matchers.push(this.#matcher());
      if (this.#is('}')) break;
      if (!this.#is(',')) this.#unexpectedIn('label matching', '"," or "}"');
      this.#take();
    }
    this.#take();
    return matchers;
  }

  #matcher(): Matcher {
    const name = this.#token;
    if (name.kind !== 'identifier' && name.kind !== 'string') this.#unexpectedIn('label matching', 'identifier or "}"');
    this.#take();
    const label = name.kind === 'string' ? unquote(name.text) : name.text;
    const op = this.#token.kind;
    if (op !== '=' && op !== '!=' && op !== '=~' && op !== '!~') {
      if (name.kind === 'identifier') this.#unexpectedIn('label matching', 'label matching operator');
      // A quoted text alone is the metric's name.
      return { label: METRIC_NAME, op: '=', value: label };
    }
    this.#take();
    if (!this.#is('string')) this.#unexpectedIn('label matching', 'string');
    const value = this.#take();
    const matcher: Matcher = { label, op, value: unquote(value.text) };
    if (op === '=~' || op === '!~') checkRegex(matcher.value, { from: name.from, to: value.to });
    return matcher;
  }

  #brackets(expr: Expr): Expr {
    const open = this.#take();
    const range = this.#positiveDuration(['subquery or range selector', DURATION_WANTED]);
    if (this.#is(']')) return this.#matrixSelector(expr, range, open, this.#take());
    if (!this.#is(':')) this.#unexpectedIn('subquery or range', '":" or "]"');
    this.#take();
    let step: Duration | undefined;
    if (!this.#is(']')) {
      step = this.#positiveDuration(['subquery selector', 'number, duration, step(), range(), or "]"']);
      if (!this.#is(']')) this.#unexpectedIn('subquery selector', '"]"');
    }
    const { to } = this.#take();
    const span = { from: expr.span.from, to };
    return this.#grown({ kind: 'subquery', span, expr, range, step, offset: 0, at: undefined }, [expr]);
  }

  #matrixSelector(expr: Expr, range: Duration, open: Token, close: Token): Expr {
    const brackets = { from: open.from, to: close.to };
    if (expr.kind !== 'vectorSelector') return fail('ranges only allowed for vector selectors', brackets);
    if (expr.offset !== 0) fail('no offset modifiers allowed before range', brackets);
    if (expr.at !== undefined) fail('no @ modifiers allowed before range', brackets);
    return { kind: 'matrixSelector', span: { from: expr.span.from, to: close.to }, selector: expr, range };
  }

  #offset(expr: Expr): Expr {
    this.#take();
    const offset = this.#offsetDuration();
    const target = modifiable(expr);
    if (target === undefined) {
      return fail(
        'offset modifier must be preceded by an instant vector selector or range vector selector or a subquery',
        expr.span,
      );
    }
    if (target.offset !== 0) fail('offset may not be set multiple times', expr.span);
    return this.#withModifier(expr, { offset });
  }

  #at(expr: Expr): Expr {
    this.#take();
    const at = this.#atTime(expr);
    const target = modifiable(expr);
    if (target === undefined) {
      return fail('@ modifier must be preceded by an instant vector selector or range vector selector or a subquery', expr.span);
    }
    if (target.at !== undefined) fail('@ <timestamp> may not be set multiple times', expr.span);
    return this.#withModifier(expr, { at });
  }

  #atTime(expr: Expr): AtModifier {
    const { kind } = this.#token;
    if (kind === 'start' || kind === 'end') {
      this.#take();
      if (!this.#is('(')) this.#unexpectedIn('@', 'timestamp');
      this.#take();
      if (!this.#is(')')) this.#unexpectedIn('@', 'timestamp');
      this.#take();
      return { kind };
    }
    const seconds = this.#signedNumber();
    if (seconds === undefined) return this.#unexpectedIn('@', 'timestamp');
    // Prometheus counts in 64 bits.
    if (!(Math.abs(seconds) < 2 ** 63)) {
      const shown = Number.isFinite(seconds) ? seconds.toFixed(6) : seconds > 0 ? '+Inf' : seconds < 0 ? '-Inf' : 'NaN';
      fail(`timestamp out of bounds for @ modifier: ${shown}`, expr.span);
    }
    return { kind: 'timestamp', timestampMs: Math.sign(seconds) * Math.round(Math.abs(seconds) * 1000) };
  }

  /** A selector or subquery with one more modifier, which its span takes in. */
  #withModifier(expr: Expr, change: { offset: Duration } | { at: AtModifier }): Expr {
    const span = { from: expr.span.from, to: this.#end };
    switch (expr.kind) {
      case 'matrixSelector': {
        const changed: MatrixSelector = { ...expr, span, selector: { ...expr.selector, ...change } };
        return changed;
      }
      case 'vectorSelector': {
        const changed: VectorSelector = { ...expr, span, ...change };
        return changed;
      }
      case 'subquery': {
        const changed: Subquery = { ...expr, span, ...change };
        return this.#grown(changed, [changed.expr]);
      }
      default:
        return expr;
    }
  }

  #extended(expr: Expr, extension: 'anchored' | 'smoothed'): Expr {
    if (this.#options.extendedRangeSelectors !== true) {
      fail(`${extension} modifier is experimental and not enabled`, expr.span);
    }
    if (expr.kind === 'subquery') fail(`${extension} modifier is not supported for subqueries`, expr.span);
    if (expr.kind !== 'vectorSelector' && expr.kind !== 'matrixSelector') {
      return fail(`${extension} modifier not implemented`, expr.span);
    }
    const selector = expr.kind === 'matrixSelector' ? expr.selector : expr;
    if (selector.extension !== undefined && selector.extension !== extension) {
      fail('anchored and smoothed modifiers cannot be used together', expr.span);
    }
    const changed: VectorSelector = { ...selector, extension };
    return expr.kind === 'matrixSelector' ? { ...expr, selector: changed } : changed;
  }

  #positiveDuration(context: readonly [string, string]): Duration {
    this.#contexts.push(context);
    const duration = this.#duration(0);
    this.#contexts.pop();
    if (duration.kind !== 'durationLiteral') return duration;
    if (duration.ms <= 0) fail('duration must be greater than 0', duration.span);
    return duration.ms;
  }

  /**
   * What stands after "offset" binds tighter than operators do: `a offset 5m + 1m` adds to `a offset 5m`, while
   * `a offset (5m + 1m)` is one duration.
   */
  #offsetDuration(): Duration {
    this.#contexts.push(['offset', DURATION_WANTED]);
    const signed = this.#is('+') || this.#is('-');
    const sign = signed ? this.#take() : undefined;
    const paren = this.#is('(');
    const first = this.#durationPrimary();
    const duration = sign === undefined ? (paren ? this.#durationAfter(first, 0) : first) : withSign(sign, first);
    this.#contexts.pop();
    return duration.kind === 'durationLiteral' ? duration.ms : duration;
  }

  #duration(least: number): DurationExpr {
    this.#depth++;
    if (this.#depth > MAX_NESTING) tooDeep(this.#token);
    const sign = this.#is('+') || this.#is('-') ? this.#take() : undefined;
    const first = sign === undefined ? this.#durationPrimary() : withSign(sign, this.#duration(UNDER_SIGN));
    const duration = this.#durationAfter(first, least);
    this.#depth--;
    return duration;
  }

  #durationAfter(first: DurationExpr, least: number): DurationExpr {
    let left = first;
    for (let links = 1; ; links++) {
      const { kind } = this.#token;
      const precedence = PRECEDENCE.get(kind);
      if (kind !== '+' && kind !== '-' && kind !== '*' && kind !== '/' && kind !== '%' && kind !== '^') return left;
      if (precedence === undefined || precedence < least) return left;
      if (this.#depth + links > MAX_NESTING) tooDeep(this.#token);
      const op = this.#take();
      const right = this.#duration(kind === '^' ? precedence : precedence + 1);
      this.#durationExpression(left.span);
      if (right.kind === 'durationLiteral' && right.ms === 0 && (kind === '/' || kind === '%')) {
        fail(kind === '/' ? 'division by zero' : 'modulo by zero', op);
      }
      left = { kind: 'durationBinary', span: { from: left.span.from, to: right.span.to }, op: kind, left, right };
    }
  }

  #durationPrimary(): DurationExpr {
    const token = this.#token;
    switch (token.kind) {
      case 'number':
      case 'duration': {
        this.#take();
        const seconds = literalSeconds(token);
        if (!(Math.abs(seconds) <= MAX_DURATION_SECONDS)) fail('duration out of range', token);
        return { kind: 'durationLiteral', span: spanOf(token), ms: secondsToMs(seconds), text: token.kind };
      }
      case 'step':
      case 'range': {
        this.#take();
        this.#expect('(');
        const span = { from: token.from, to: this.#expect(')').to };
        this.#durationExpression(span);
        return token.kind === 'step' ? { kind: 'durationStep', span } : { kind: 'durationRange', span };
      }
      case 'min_of':
      case 'max_of': {
        this.#take();
        this.#expect('(');
        const first = this.#duration(0);
        this.#expect(',');
        const second = this.#duration(0);
        const span = { from: token.from, to: this.#expect(')').to };
        this.#durationExpression(span);
        return { kind: 'durationCall', span, name: token.kind, args: [first, second] };
      }
      case '(': {
        this.#take();
        const of = this.#duration(0);
        this.#durationExpression(of.span);
        return { kind: 'durationParen', span: { from: token.from, to: this.#expect(')').to }, of };
      }
      default:
        return this.#unexpected();
    }
  }

  #durationExpression(span: Span): void {
    if (this.#options.durationExpressions === false) fail('experimental duration expression is not enabled', span);
  }

  /** A number with or without a sign, durations as seconds; undefined (and nothing but a sign taken) where there is none. */
  #signedNumber(): number | undefined {
    const sign = this.#is('+') || this.#is('-') ? this.#take().kind : '+';
    if (!this.#is('number') && !this.#is('duration')) return undefined;
    const value = literalSeconds(this.#take());
    return sign === '-' ? -value : value;
  }

  /** Notes how high the tree over these children is, and refuses one that is too high to walk. */
  #grown<T extends Expr>(expr: T, children: readonly Expr[]): T {
    let height = 1;
    for (const child of children) height = Math.max(height, (this.#heights.get(child) ?? 0) + 1);
    if (height > MAX_NESTING) tooDeep(expr.span);
    this.#heights.set(expr, height);
    return expr;
  }

  #take(): Token {
    const token = this.#token;
    this.#end = token.to;
    this.#token = this.#lexer.next();
    return token;
  }

  #is(kind: string): boolean {
    return this.#token.kind === kind;
  }

  #accept(kind: string): boolean {
    if (this.#token.kind !== kind) return false;
    this.#take();
    return true;
  }

  #expect(kind: string): Token {
    if (this.#token.kind !== kind) this.#unexpected();
    return this.#take();
  }

  #unexpected(): never {
    const [context, wanted] = this.#contexts.at(-1) ?? ['', ''];
    return this.#unexpectedIn(context, wanted);
  }

  #unexpectedIn(context: string, wanted: string): never {
    const afterOperand = this.#is('identifier') && (context === '' || context === 'aggregation');
    const elsewhere = afterOperand ? metricsQlWord(this.#token.text) : undefined;
    if (elsewhere !== undefined) fail(elsewhere, this.#token);
    const where = context === '' ? '' : ` in ${context}`;
    const instead = wanted === '' ? '' : `, expected ${wanted}`;
    return fail(`unexpected ${describe(this.#token)}${where}${instead}`, this.#token);
  }
}

function withSign(sign: Token, of: DurationExpr): DurationExpr {
  const span = { from: sign.from, to: of.span.to };
  if (of.kind === 'durationLiteral') return { ...of, span, ms: sign.kind === '-' ? -of.ms : of.ms };
  return sign.kind === '-' ? { kind: 'durationUnary', span, op: '-', of } : of;
}

/** The part of an expression that carries offset and @; undefined where it has none. */
function modifiable(expr: Expr): VectorSelector | Subquery | undefined {
  if (expr.kind === 'matrixSelector') return expr.selector;
  return expr.kind === 'vectorSelector' || expr.kind === 'subquery' ? expr : undefined;
}

function isFunctionWord(kind: string): boolean {
  switch (kind) {
    case 'identifier':
    case 'start':
    case 'end':
    case 'step':
    case 'range':
    case 'min_of':
    case 'max_of':
      return true;
    default:
      return false;
  }
}

function startsExpression(kind: string): boolean {
  switch (kind) {
    case '(':
    case '{':
    case '+':
    case '-':
    case 'number':
    case 'duration':
    case 'string':
      return true;
    default:
      return isMetricWord(kind);
  }
}

function literalSeconds(token: Token): number {
  try {
    return token.kind === 'duration' ? parseDurationMs(token.text) / 1000 : parseNumber(token.text);
  } catch (error) {
    throw new QueryError('bad_data', (error as Error).message, token, { cause: error });
  }
}

function checkRegex(expression: string, span: Span): void {
  try {
    compileRegex(expression);
  } catch (error) {
    // The flag is how the expression is compiled, not what was written.
    throw new QueryError('bad_data', (error as Error).message.replace('`(?s)', '`'), span, { cause: error });
  }
}

function spanOf({ from, to }: Token): Span {
  return { from, to };
}

function tooDeep(span: Span): never {
  return fail(
    `expression nests more than ${MAX_NESTING} levels deep, chained operators included; split it into several queries`,
    span,
  );
}

function fail(message: string, { from, to }: Span): never {
  throw new QueryError('bad_data', message, { from, to });
}

import { formatDurationMs } from '@vitrine/model/duration.ts';
import { METRIC_NAME } from '@vitrine/model/labels.ts';
import type { Matcher } from '@vitrine/model/sample-store.ts';
import type {
  Aggregation,
  AtModifier,
  Binary,
  Duration,
  DurationExpr,
  Expr,
  NumberLiteral,
  Subquery,
  VectorMatching,
  VectorSelector,
} from './ast.ts';
import { formatNumber } from './number.ts';
import { quote } from './quote.ts';

const LEGACY_LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Writes an expression in Prometheus' canonical form. Parsing what it writes gives an equal expression. */
export function print(expr: Expr): string {
  return compose(expr, print);
}

/** As print(), for who wants the parts of an expression too: what was written once is not put together again. */
export function rememberingPrint(): (expr: Expr) => string {
  const written = new Map<Expr, string>();
  const how = (expr: Expr): string => {
    let text = written.get(expr);
    if (text === undefined) {
      text = compose(expr, how);
      written.set(expr, text);
    }
    return text;
  };
  return how;
}

/** An expression of which `how` writes the parts. */
function compose(expr: Expr, how: (part: Expr) => string): string {
  switch (expr.kind) {
    case 'number':
      return printNumber(expr);
    case 'string':
      return quote(expr.value);
    case 'vectorSelector':
      return `${printName(expr)}${printAt(expr.at)}${printExtension(expr)}${printOffset(expr.offset)}`;
    case 'matrixSelector': {
      const { selector, range } = expr;
      const modifiers = `${printExtension(selector)}${printAt(selector.at)}${printOffset(selector.offset)}`;
      return `${printName(selector)}[${printDuration(range)}]${modifiers}`;
    }
    case 'subquery':
      return `${how(expr.expr)}${printSubqueryEnd(expr)}`;
    case 'call':
      return `${expr.name}(${expr.args.map(how).join(', ')})`;
    case 'aggregation':
      return `${printAggregationStart(expr)}(${expr.param === undefined ? '' : `${how(expr.param)}, `}${how(expr.expr)})`;
    case 'binary':
      return `${printLeft(expr, how)} ${printOperator(expr)} ${how(expr.right)}`;
    case 'unary':
      return `${expr.op}${how(expr.expr)}`;
    case 'paren':
      return `(${how(expr.expr)})`;
    case 'stepInvariant':
      return how(expr.expr);
  }
}

/** The left side of an operator, as `how` writes it. */
export function printLeft({ op, left }: Binary, how: (expr: Expr) => string): string {
  const text = how(left);
  // The sign of "+Inf" would take the power with it: +Inf ^ 2 is +(Inf ^ 2).
  return op === '^' && left.kind === 'number' ? text.replace('+', '') : text;
}

function printNumber({ value, duration }: NumberLiteral): string {
  return duration ? formatDurationMs(value * 1000) : formatNumber(value);
}

function printName({ name, matchers }: VectorSelector): string {
  const written = matchers
    .filter(({ label, op, value }) => !(label === METRIC_NAME && op === '=' && value === name && value !== ''))
    .map(printMatcher)
    .toSorted();
  return written.length === 0 && name !== '' ? name : `${name}{${written.join(',')}}`;
}

function printMatcher({ label, op, value }: Matcher): string {
  return `${printLabel(label)}${op}${quote(value)}`;
}

function printLabel(label: string): string {
  return LEGACY_LABEL.test(label) ? label : quote(label);
}

function printLabels(labels: readonly string[]): string {
  return labels.map(printLabel).join(', ');
}

function printAt(at: AtModifier | undefined): string {
  if (at === undefined) return '';
  return at.kind === 'timestamp' ? ` @ ${(at.timestampMs / 1000).toFixed(3)}` : ` @ ${at.kind}()`;
}

function printExtension({ extension }: VectorSelector): string {
  return extension === undefined ? '' : ` ${extension}`;
}

function printOffset(offset: Duration): string {
  return offset === 0 ? '' : ` offset ${printDuration(offset)}`;
}

function printDuration(duration: Duration): string {
  return typeof duration === 'number' ? formatDurationMs(duration) : printDurationExpr(duration);
}

function printDurationExpr(duration: DurationExpr): string {
  switch (duration.kind) {
    case 'durationLiteral':
      return duration.text === 'duration' ? formatDurationMs(duration.ms) : formatNumber(duration.ms / 1000);
    case 'durationStep':
      return 'step()';
    case 'durationRange':
      return 'range()';
    case 'durationUnary':
      return `${duration.op}${printDurationExpr(duration.of)}`;
    case 'durationBinary':
      return `${printDurationExpr(duration.left)} ${duration.op} ${printDurationExpr(duration.right)}`;
    case 'durationCall':
      return `${duration.name}(${duration.args.map(printDurationExpr).join(', ')})`;
    case 'durationParen':
      return `(${printDurationExpr(duration.of)})`;
  }
}

/** `sum by (a) `, without the brackets around its arguments. */
export function printAggregationStart({ op, grouping }: Aggregation): string {
  if (grouping === undefined || (grouping.kind === 'by' && grouping.labels.length === 0)) return op;
  return `${op} ${grouping.kind} (${printLabels(grouping.labels)}) `;
}

/** `[5m:1m] @ 1.000 offset 1m` */
export function printSubqueryEnd({ range, step, at, offset }: Subquery): string {
  return `[${printDuration(range)}:${step === undefined ? '' : printDuration(step)}]${printAt(at)}${printOffset(offset)}`;
}

/** `+ on (a) group_left ()`: what stands between the sides. */
export function printOperator({ op, bool, matching }: Binary): string {
  return `${op}${bool ? ' bool' : ''}${matching === undefined ? '' : printMatching(matching)}`;
}

function printMatching({ card, on, labels, include, fillLeft, fillRight }: VectorMatching): string {
  const grouped = card === 'many-to-one' || card === 'one-to-many';
  let text = '';
  if (labels.length > 0 || on || grouped) text += ` ${on ? 'on' : 'ignoring'} (${printLabels(labels)})`;
  if (grouped) text += ` group_${card === 'many-to-one' ? 'left' : 'right'} (${printLabels(include)})`;
  if (fillLeft !== undefined && fillLeft === fillRight) return `${text} fill (${formatNumber(fillLeft)})`;
  if (fillLeft !== undefined) text += ` fill_left (${formatNumber(fillLeft)})`;
  if (fillRight !== undefined) text += ` fill_right (${formatNumber(fillRight)})`;
  return text;
}

/**
 * PromQL that type-checks, chosen by a seeded generator, for comparing two servers. Times, ranges, offsets and steps are
 * whole tens of seconds from times that end in 7 s, so that no window's edge falls on a subquery's step.
 */
export class RandomQueries {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number in [0, 1) (mulberry32, as published into the public domain by Tommy Ettinger). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.next() * choices.length)] as T;
  }

  /** An instant vector, at most `depth` operations deep. */
  vector(depth: number): string {
    if (depth <= 0) return this.#selector();
    return this.pick([
      () => this.#selector(),
      () => this.#overRange(depth),
      () => this.#overRange(depth),
      () => this.#call(depth),
      () => this.#aggregation(depth),
      () => this.#aggregation(depth),
      () => this.#binary(depth),
      () => this.#binary(depth),
      () => this.#setOperation(depth),
      () => this.#histogramQuantile(),
    ])();
  }

  #scalar(depth: number): string {
    const choices = [() => this.#number(), () => this.#number(), () => 'time()', () => 'pi()'];
    if (depth > 0) {
      choices.push(
        () => `scalar(${this.vector(depth - 1)})`,
        () => `(${this.#scalar(depth - 1)} ${this.pick(ARITHMETIC)} ${this.#scalar(depth - 1)})`,
        () => `(${this.#scalar(depth - 1)} ${this.pick(COMPARISONS)} bool ${this.#scalar(depth - 1)})`,
      );
    }
    return this.pick(choices)();
  }

  #number(): string {
    return this.pick(['0', '1', '2', '-3', '0.5', '10', '100', '1e3', '-0.25', '7.5', 'NaN', 'Inf', '-Inf']);
  }

  #selector(): string {
    return this.#metric() + this.#shift();
  }

  #metric(): string {
    return `${this.pick(['requests_total', 'temperature', 'temperature', 'level'])}${this.pick(MATCHERS)}`;
  }

  #shift(): string {
    return this.pick([
      '',
      '',
      '',
      '',
      ' offset 1m',
      ' offset -2m',
      ` @ ${AT_SECONDS}`,
      ' @ start()',
      ` @ ${AT_SECONDS} offset 3m`,
    ]);
  }

  #range(depth: number): string {
    if (depth > 1 && this.next() < 0.3) {
      const step = this.pick(['', '10s', '20s', '30s', '1m']);
      // Without a step of its own a subquery has that of the server, which is a minute in both.
      return `(${this.#withoutSubquery(depth - 1)})[${this.pick(['2m', '5m', '10m'])}:${step}]${this.#shift()}`;
    }
    return `${this.#metric()}[${this.pick(['30s', '1m', '2m', '5m', '10m'])}]${this.#shift()}`;
  }

  /** A subquery in a subquery has edges that fall on steps. */
  #withoutSubquery(depth: number): string {
    for (;;) {
      const text = this.vector(depth);
      if (!/\]|:/.test(text.replaceAll(/\[\w+\]/g, ''))) return text;
    }
  }

  #overRange(depth: number): string {
    const range = this.#range(depth);
    const one = this.next();
    if (one < 0.14) return this.#extrapolated();
    // Where another argument moves with time 2.42 moves a window that is fixed by @ as well.
    if (one < 0.22) return `quantile_over_time(${range.includes('@') ? '0.7' : this.#scalar(depth - 1)}, ${range})`;
    if (one < 0.32) return this.#regression();
    return `${this.pick(RANGE_FUNCTIONS)}(${range})`;
  }

  /** Of infinite values 2.42 makes NaN, so it is a metric without them. */
  #regression(): string {
    const range = `${this.pick(['level', 'requests_total'])}${this.pick(MATCHERS)}[${this.pick(['1m', '5m', '10m'])}]`;
    return this.next() < 0.5
      ? `deriv(${range}${this.#shift()})`
      : `predict_linear(${range}${this.pick(['', ' offset 1m', ' offset -2m'])}, ${this.pick(['60', '-30', '3600'])})`;
  }

  /**
   * 2.42 takes a counter's way to zero before it looks how far the first sample is from the window's start, 3.x
   * afterwards: so these are asked of counters that are far from zero, or over long windows.
   */
  #extrapolated(): string {
    const range = this.pick([
      () => `requests_total${this.pick(MATCHERS)}[${this.pick(['5m', '10m'])}]`,
      () => `latency_bucket${this.pick(['', '{job="api"}', '{le="0.5"}'])}[${this.pick(['30s', '1m', '5m', '10m'])}]`,
    ])();
    return `${this.pick(['rate', 'increase'])}(${range}${this.#shift()})`;
  }

  #call(depth: number): string {
    const inner = (): string => this.vector(depth - 1);
    const scalar = (): string => this.#scalar(depth - 1);
    return this.pick([
      () => `${this.pick(MATH)}(${inner()})`,
      () => `${this.pick(MATH)}(${inner()})`,
      // Of large numbers the last digit of the argument decides.
      () => `${this.pick(['sin', 'cos', 'tan'])}(${this.pick(['level', 'temperature'])}${this.pick(MATCHERS)})`,
      // What day NaN is depends on the processor in Go.
      () => `${this.pick(CALENDAR)}(${this.pick(['level', 'timestamp(level)', 'requests_total * 3e3'])})`,
      () => `clamp(${inner()}, ${scalar()}, ${scalar()})`,
      () => `clamp_min(${inner()}, ${scalar()})`,
      () => `clamp_max(${inner()}, ${scalar()})`,
      () => `round(${inner()}, ${this.pick(['0.1', '1', '5', '0.25'])})`,
      () => `round(${inner()})`,
      () => `absent(${inner()})`,
      () => `vector(${scalar()})`,
      // With both @ and offset 2.42 leaves out series that it has without timestamp().
      () => `timestamp(${this.#metric()}${this.pick(['', ' offset 1m', ' offset -2m', ` @ ${AT_SECONDS}`])})`,
      () => `-(${inner()})`,
      () => `sort(${inner()})`,
      () => `label_replace(${inner()}, "zone", "z-$1", "instance", "(.).*")`,
      () => `label_replace(${inner()}, "job", "", "job", "api")`,
      () => `label_join(${inner()}, "both", "-", "job", "instance")`,
    ])();
  }

  #aggregation(depth: number): string {
    const by = this.pick([
      '',
      '',
      ' by (job)',
      ' by (instance)',
      ' by (job, instance)',
      ' without (instance)',
      ' without (job)',
      ' by (none)',
    ]);
    const inner = this.vector(depth - 1);
    const one = this.next();
    if (one < 0.1) return `quantile${by}(${this.pick(['0.5', '0', '1', '0.9', '-1', '2'])}, ${inner})`;
    if (one < 0.16) return `count_values${by}("value", floor(${this.#metric()} / 10))`;
    // Equal values may be ranked either way, so it is a metric without any.
    if (one < 0.26) return `${this.pick(['topk', 'bottomk'])}${by}(${this.pick(['1', '2', '3'])}, level${this.pick(MATCHERS)})`;
    // Of one infinite value 2.42 answers 0 and 3.x NaN.
    if (one < 0.36)
      return `${this.pick(['stddev', 'stdvar'])}${by}(${this.pick(['level', 'requests_total'])}${this.pick(MATCHERS)})`;
    return `${this.pick(AGGREGATIONS)}${by}(${inner})`;
  }

  #binary(depth: number): string {
    const operator = this.next() < 0.6 ? this.pick(ARITHMETIC) : this.pick(COMPARISONS);
    const bool = COMPARISONS.includes(operator) && this.next() < 0.4 ? ' bool' : '';
    const side = (): string => `(${this.vector(depth - 1)})`;
    const one = this.next();
    if (one < 0.25) return `${side()} ${operator}${bool} ${this.#scalar(depth - 1)}`;
    if (one < 0.4) return `${this.#scalar(depth - 1)} ${operator}${bool} ${side()}`;
    if (one < 0.6) {
      const grouped = `(sum by (job) (${this.vector(depth - 1)}))`;
      return this.next() < 0.5
        ? `${side()} ${operator}${bool} on (job) group_left ${grouped}`
        : `${grouped} ${operator}${bool} on (job) group_right (zone) ${side()}`;
    }
    return `${side()} ${operator}${bool}${this.pick(['', ' on (job, instance)', ' ignoring (zone)', ' on (instance)'])} ${side()}`;
  }

  #setOperation(depth: number): string {
    const matching = this.pick(['', ' on (job)', ' on (instance)', ' ignoring (instance)', ' on ()']);
    return `(${this.vector(depth - 1)}) ${this.pick(['and', 'or', 'unless'])}${matching} (${this.vector(depth - 1)})`;
  }

  #histogramQuantile(): string {
    const range = this.pick(['1m', '5m', '10m']);
    const by = this.pick(['le', 'le, job']);
    return `histogram_quantile(${this.pick(['0.5', '0.9', '0.99', '0', '1', '-1', '2'])}, sum by (${by}) (${this.pick(['rate', 'increase'])}(latency_bucket[${range}])))`;
  }
}

/** Seconds since 1970: the middle of the comparison's data. */
export const AT_SECONDS = 1_700_001_507;

const MATCHERS = [
  '',
  '',
  '{job="api"}',
  '{job!="api"}',
  '{instance=~"a|b"}',
  '{instance!~"a.*"}',
  '{job=~".+",instance="c"}',
  '{absent_label=""}',
  '{job="nobody"}',
];
// Not atan2: 2.42 keeps the metric's name.
const ARITHMETIC = ['+', '-', '*', '/', '%', '^'];
const COMPARISONS = ['==', '!=', '<', '<=', '>', '>='];
const AGGREGATIONS = ['sum', 'avg', 'min', 'max', 'count', 'group'];
const RANGE_FUNCTIONS =
  'irate delta idelta resets changes avg_over_time min_over_time max_over_time sum_over_time count_over_time stddev_over_time stdvar_over_time last_over_time present_over_time absent_over_time'.split(
    ' ',
  );
const MATH = 'abs ceil floor exp ln log2 log10 sqrt sgn deg rad asin acos atan sinh cosh tanh asinh acosh atanh'.split(' ');
const CALENDAR = 'minute hour day_of_week day_of_month day_of_year days_in_month month year'.split(' ');

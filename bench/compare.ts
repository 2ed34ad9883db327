/**
 * A matrix as the HTTP API gives it: label sets as sorted JSON → time → value. Metric names are left out:
 * VictoriaMetrics keeps them where Prometheus drops them, and no shape selects two metrics of one label set.
 */
export type Matrix = ReadonlyMap<string, ReadonlyMap<number, number>>;

type Point = readonly [seconds: number, value: string];

interface MatrixAnswer {
  readonly status: string;
  readonly error?: string;
  readonly data: {
    readonly result: readonly {
      readonly metric: Record<string, string>;
      readonly values?: readonly Point[];
      /** Of an instant query. */
      readonly value?: Point;
    }[];
  };
}

export function readMatrix(json: string): Matrix {
  const answer = JSON.parse(json) as MatrixAnswer;
  if (answer.status !== 'success') throw new Error(answer.error ?? 'the query failed');
  return new Map(
    answer.data.result.map(({ metric, values, value }) => [
      JSON.stringify(
        Object.entries(metric)
          .filter(([name]) => name !== '__name__')
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
      new Map((values ?? (value === undefined ? [] : [value])).map(([seconds, text]) => [seconds, Number(text)])),
    ]),
  );
}

/** A list of names, values or series, the same for every order. */
export function readList(json: string): string {
  const { data } = JSON.parse(json) as { data: (string | Record<string, string>)[] };
  return data
    .map((entry) =>
      typeof entry === 'string' ? entry : JSON.stringify(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1))),
    )
    .sort()
    .join('\n');
}

/** The same answer with ranks for series: "1" the greatest value at each time, and so on. */
export function byRank(matrix: Matrix): Matrix {
  const valuesAt = new Map<number, number[]>();
  for (const points of matrix.values()) {
    for (const [time, value] of points) {
      const values = valuesAt.get(time);
      if (values === undefined) valuesAt.set(time, [value]);
      else values.push(value);
    }
  }
  const ranks = new Map<string, Map<number, number>>();
  for (const [time, values] of valuesAt) {
    for (const [index, value] of values.toSorted((a, b) => b - a).entries()) {
      const rank = String(index + 1);
      if (!ranks.has(rank)) ranks.set(rank, new Map());
      ranks.get(rank)?.set(time, value);
    }
  }
  return ranks;
}

export interface Difference {
  readonly series: number;
  readonly missing: number;
  /** The greatest relative difference among points that both have. */
  readonly worst: number;
}

export function compareMatrices(got: Matrix, wanted: Matrix): Difference {
  let missing = 0;
  let worst = 0;
  for (const [key, points] of wanted) {
    const others = got.get(key);
    for (const [time, value] of points) {
      const other = others?.get(time);
      if (other === undefined) missing++;
      else worst = Math.max(worst, relativeDifference(other, value));
    }
  }
  for (const [key, points] of got) {
    for (const time of points.keys()) if (wanted.get(key)?.has(time) !== true) missing++;
  }
  return { series: wanted.size, missing, worst };
}

function relativeDifference(a: number, b: number): number {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return 0;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Number.POSITIVE_INFINITY;
  return Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));
}

import { bandOf } from '@vitrine/compute/curve/band.ts';
import type { BandRun } from '@vitrine/compute/curve/band.ts';
import { lastingRows } from '@vitrine/compute/curve/restarts.ts';
import { columnEdges, thinBand, thinCrowd, thinCurve, thinCurveCapacity } from '@vitrine/compute/curve/thin-curve.ts';
import type { CurveName } from '@vitrine/model/curve-store.ts';
import type { Field, Frame, Notice } from '@vitrine/model/frame.ts';
import type { CurveX } from '@vitrine/model/run-api.ts';
import { countOf } from './curve-memory.ts';
import type { CurveFile, CurveMemory } from './curve-memory.ts';
import type { CurveAnswer, CurveQuestion, QuestionRun } from './curve-question.ts';
import { EPOCH_METRIC } from './loaded-curve.ts';
import type { CurveView } from './loaded-curve.ts';

export interface AnswerNeeds {
  readonly file: CurveFile;
  readonly memory: CurveMemory;
  /** Counts questions. */
  readonly question: number;
  /** Called between lines: lets others in, and does as `goOn`. */
  readonly pause: () => Promise<void>;
  /** Called between what a line takes: throws where nobody waits any longer. */
  readonly goOn: () => void;
}

/** Points of all curves of an answer that are read at most. */
const MOST_POINTS = 100_000_000;
/** Of one curve: with what is computed from it, each point takes some 80 bytes while it is drawn. */
const MOST_OF_ONE = 20_000_000;
/** Of groups, whose runs are in memory together. */
const MOST_GROUPED_POINTS = 20_000_000;
/** Rows of all frames of an answer, as far as columns are thinned for them. */
const MOST_ROWS = 400_000;
const LEAST_COLUMNS = 64;
/** Up to so many stretches of a curve have all the columns of the plot each. */
const FEW_STRETCHES = 8;
/** More than these are drawn as one range of values. */
const MOST_STRETCHES = 256;

/** Reads, smooths, groups and thins. Answers whose curves are not there have no frames. */
export async function answerCurves(question: CurveQuestion, needs: AnswerNeeds): Promise<CurveAnswer> {
  const answer = new Answer(question, needs);
  for (const metric of question.metrics) {
    const [first] = question.runs;
    if (first?.group === undefined) await answer.lines(metric);
    else await answer.groups(metric);
  }
  return answer.done();
}

class Answer {
  readonly #question: CurveQuestion;
  readonly #needs: AnswerNeeds;
  readonly #frames: Frame[] = [];
  readonly #notices: Notice[] = [];
  readonly #columns: number;
  readonly #mostPoints: number;
  #lines = 0;
  #points = 0;
  #unread = 0;
  #longest = 0;
  #withoutX = 0;
  #crowds = 0;
  #coarse = 0;

  constructor(question: CurveQuestion, needs: AnswerNeeds) {
    this.#question = question;
    this.#needs = needs;
    const { runs, metrics, smoothing, widthPx } = question;
    this.#mostPoints = runs[0]?.group === undefined ? MOST_POINTS : MOST_GROUPED_POINTS;
    const parts = smoothing.kind === 'none' ? 1 : 2;
    const share = MOST_ROWS / (4 * parts * Math.max(1, runs.length * metrics.length));
    this.#columns = Math.ceil(Math.max(LEAST_COLUMNS, Math.min(widthPx, share)));
  }

  /** A line a run. */
  async lines(metric: string): Promise<void> {
    for (const run of this.#question.runs) {
      await this.#needs.pause();
      const found = this.#read(run, metric);
      if (found === undefined) continue;
      const { view, smooth } = found;
      if (smooth !== view.ys) this.#frames.push(this.#line(run, metric, 'raw', view, view.ys));
      this.#frames.push(this.#line(run, metric, smooth === view.ys ? 'raw' : 'smooth', view, smooth));
    }
  }

  /** A line a group, with its band. */
  async groups(metric: string): Promise<void> {
    for (const [group, runs] of Map.groupBy(this.#question.runs, (run) => run.group ?? '')) {
      const members: BandRun[] = [];
      for (const run of runs) {
        await this.#needs.pause();
        const found = this.#read(run, metric);
        if (found !== undefined) members.push(lasting(found.view.xs, found.smooth));
      }
      if (members.length > 0) await this.#band(group, metric, members);
    }
  }

  done(): CurveAnswer {
    const info = (text: string): number => this.#notices.push({ level: 'info', text });
    const { x } = this.#question;
    if (this.#unread > 0)
      this.#notices.push({
        level: 'warning',
        text: `${this.#unread} of the curves are not shown: together they have more than ${this.#mostPoints.toLocaleString('en')} points; choose fewer runs or metrics`,
      });
    if (this.#longest > 0)
      this.#notices.push({
        level: 'warning',
        text: `curves are not shown whose own points or those of their x are more than ${MOST_OF_ONE.toLocaleString('en')} (one has ${this.#longest.toLocaleString('en')}): export them, or log less often`,
      });
    if (this.#withoutX > 0)
      info(
        `${this.#withoutX.toLocaleString('en')} of ${this.#points.toLocaleString('en')} points have no ${x.kind === 'metric' ? `value of ${x.metric} at their step` : x.kind} and are left out`,
      );
    if (this.#crowds > 0)
      info(
        `${this.#crowds} ${this.#crowds === 1 ? 'curve goes' : 'curves go'} back in x more than ${MOST_STRETCHES} times: the lowest and the highest value of each pixel is drawn`,
      );
    if (this.#coarse > 0) info('bands of so many points are computed at evenly spaced x');
    return { frames: this.#frames, notices: this.#notices, lines: this.#lines, points: this.#points };
  }

  #read(run: QuestionRun, metric: string): { readonly view: CurveView; readonly smooth: Float64Array } | undefined {
    const { memory, file, goOn } = this.#needs;
    const { x } = this.#question;
    const name: CurveName = { run: run.id, metric };
    const points = countOf(file.version(name));
    if (points === 0) return undefined;
    const other = x.kind === 'metric' ? x.metric : x.kind === 'epoch' ? EPOCH_METRIC : undefined;
    const longest = Math.max(points, other === undefined ? 0 : countOf(file.version({ run: run.id, metric: other })));
    if (longest > MOST_OF_ONE) {
      this.#longest = Math.max(this.#longest, longest);
      return undefined;
    }
    if (this.#points + points > this.#mostPoints) {
      this.#unread++;
      return undefined;
    }
    const curve = memory.load(name, this.#needs);
    this.#points += curve.points.length;
    try {
      const view = curve.view(x, run.startedMs, {
        version: (metricOfX) => file.version({ run: run.id, metric: metricOfX }),
        read: (metricOfX) => file.readLogged({ run: run.id, metric: metricOfX }),
      });
      goOn();
      const smooth = curve.smooth(view, this.#question.smoothing);
      goOn();
      this.#withoutX += view.missing;
      if (view.xs.length === 0) return undefined;
      this.#lines++;
      return { view, smooth };
    } finally {
      // Also of what is called off.
      memory.settle(name);
    }
  }

  #line(run: QuestionRun, metric: string, part: string, view: CurveView, ys: Float64Array): Frame {
    const rows = this.#thin(view, ys);
    const xs = pick(view.xs, rows);
    const { runs, metrics } = this.#question;
    const name = metrics.length === 1 ? run.name : runs.length === 1 ? metric : `${run.name} ${metric}`;
    return this.#frame(name, { run: run.id, run_name: run.name, metric, part }, xs, pick(ys, rows), [
      { name: 'time', type: 'time', values: timesOf(view, rows) },
      { name: 'step', type: 'number', values: pick(view.steps, rows) },
    ]);
  }

  /** The rows that are drawn. */
  #thin(view: CurveView, ys: Float64Array): Uint32Array {
    const { logX } = this.#question;
    if (view.starts.length > MOST_STRETCHES) this.#crowds++;
    if (logX !== 'either') return this.#thinFor(view, ys, logX);
    const [even, log] = [this.#thinFor(view, ys, false), this.#thinFor(view, ys, true)];
    const all = Uint32Array.from(new Set([...even, ...log]));
    return view.starts.length > MOST_STRETCHES ? all.sort((a, b) => view.xs[a]! - view.xs[b]! || a - b) : all.sort();
  }

  #thinFor({ xs, starts }: CurveView, ys: Float64Array, log: boolean): Uint32Array {
    if (starts.length > MOST_STRETCHES) return thinCrowd(xs, ys, this.#edges(xs, starts, this.#columns, log));
    const columns =
      starts.length <= FEW_STRETCHES ? this.#columns : Math.max(16, Math.floor((this.#columns * FEW_STRETCHES) / starts.length));
    const rows = new Uint32Array(Math.min(xs.length, starts.length * thinCurveCapacity(columns)));
    const edges = this.#edges(xs, starts, columns, log);
    let count = 0;
    for (let stretch = 0; stretch < starts.length; stretch++)
      count = thinCurve(xs, ys, starts[stretch]!, starts[stretch + 1] ?? xs.length, edges, rows, count);
    return rows.subarray(0, count);
  }

  /** Columns of what is shown: where nobody said how much that is, of the line's own extent, so that none is wider than a pixel. */
  #edges(xs: Float64Array, starts: Uint32Array, columns: number, log: boolean): Float64Array {
    const { from, to } = this.#question;
    let low = Infinity;
    let high = -Infinity;
    for (let stretch = 0; stretch < starts.length; stretch++) {
      low = Math.min(low, xs[starts[stretch]!]!);
      high = Math.max(high, xs[(starts[stretch + 1] ?? xs.length) - 1]!);
    }
    low = Math.max(low, from);
    high = Math.max(low, Math.min(high, to));
    if (log && low <= 0 && high > 0) low = leastPositive(xs, high);
    return columnEdges(low, high, columns, log);
  }

  async #band(group: string, metric: string, members: readonly BandRun[]): Promise<void> {
    const { from, to, band: kind, metrics } = this.#question;
    // A group's lines are smooth: even columns do for what may be drawn either way.
    const logX = this.#question.logX === true;
    const band = await bandOf(members, kind ?? 'minmax', from, to, this.#needs.pause);
    if (band.isCoarse) this.#coarse++;
    if (band.xs.length === 0) return;
    const low = logX ? (band.xs.find((x) => x > 0) ?? band.xs[0]!) : band.xs[0]!;
    const edges = columnEdges(low, band.xs.at(-1)!, this.#columns, logX);
    const out = new Uint32Array(thinCurveCapacity(this.#columns));
    const rows = out.subarray(0, thinCurve(band.xs, band.mean, 0, band.xs.length, edges, out, 0));
    const name = metrics.length === 1 ? group : `${group} ${metric}`;
    const labels = (part: string) => ({ group, metric, part });
    if (kind !== undefined) {
      const thin = thinBand(band.xs, band.low, band.high, edges);
      this.#frames.push(this.#frame(name, labels('low'), thin.xs, thin.low, []));
      this.#frames.push(this.#frame(name, labels('high'), thin.xs.slice(), thin.high, []));
    }
    this.#frames.push(
      this.#frame(name, labels('smooth'), pick(band.xs, rows), pick(band.mean, rows), [
        { name: 'runs', type: 'number', values: Float64Array.from(rows, (row) => band.runs[row]!) },
      ]),
    );
  }

  #frame(
    name: string,
    labels: Readonly<Record<string, string>>,
    xs: Float64Array,
    ys: Float64Array,
    more: readonly Field[],
  ): Frame {
    const { refId, x } = this.#question;
    return {
      refId,
      name,
      shape: 'series',
      length: xs.length,
      fields: [
        xField(x, xs),
        { name: labels['metric']!, type: 'number', labels, config: { displayNameFromSource: name }, values: ys },
        ...more,
      ],
    };
  }
}

function xField(x: CurveX, values: Float64Array): Field {
  switch (x.kind) {
    case 'time':
      return { name: 'Time', type: 'time', values };
    case 'elapsed':
      return { name: 'elapsed', type: 'number', config: { unit: 'ms' }, values };
    case 'metric':
      return { name: x.metric, type: 'number', values };
    default:
      return { name: x.kind, type: 'number', values };
  }
}

/** The way that led to the end, as a function of x. */
function lasting(xs: Float64Array, ys: Float64Array): BandRun {
  const rows = lastingRows(xs);
  return rows === undefined ? { xs, ys } : { xs: pick(xs, rows), ys: pick(ys, rows) };
}

function timesOf({ times, places }: CurveView, rows: Uint32Array): Float64Array {
  return times.at(places === undefined ? rows : rows.map((row) => places[row]!));
}

function pick(values: Float64Array, rows: Uint32Array): Float64Array {
  const picked = new Float64Array(rows.length);
  for (let index = 0; index < rows.length; index++) picked[index] = values[rows[index]!]!;
  return picked;
}

function leastPositive(xs: Float64Array, otherwise: number): number {
  let least = otherwise;
  for (let index = 0; index < xs.length; index++) if (xs[index]! > 0 && xs[index]! < least) least = xs[index]!;
  return least;
}

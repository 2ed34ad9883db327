import { applyTransformations } from '@vitrine/compute/transform/apply.ts';
import { splitSeries } from '@vitrine/compute/transform/series.ts';
import { textsOf } from '@vitrine/compute/variable/order.ts';
import type { PanelDataRequest } from '@vitrine/model/api.ts';
import { BadRequest, LimitExceeded } from '@vitrine/model/bad-request.ts';
import { DASHBOARD_SOURCE_UID, type Panel, type Query, RUNS_SOURCE } from '@vitrine/model/dashboard.ts';
import type { Frame, Notice, PanelData, XDomain } from '@vitrine/model/frame.ts';
import type { Answers } from './answers.ts';
import { gazetteer } from './gazetteers.ts';
import { type Page, PageScope, type ScopeNeeds } from './page-scope.ts';
import { type AskedRange, minIntervalMs, panelGrid, panelRange } from './panel-range.ts';
import { isExpression, type QueryNeeds, runQueries } from './run-queries.ts';
import { compareOffsetMs, earlierFrames } from './time-compare.ts';
import { DEFAULT_TOP, topSeries } from './top-series.ts';

export interface RunPanelNeeds extends ScopeNeeds {
  readonly answers: Answers;
  readonly maxPoints: number;
}

export interface PanelRequest extends AskedRange, Pick<PanelDataRequest, 'top' | 'zoom'> {
  readonly panel: Panel;
  /** Of the whole dashboard: a panel may take the answers of another. */
  readonly panels: readonly Panel[];
  readonly page: Page;
  /** Stops after so many transformations; absent runs all. */
  readonly transformations?: number;
}

/** More than this no page could draw, nor hold for long. */
const MAX_CELLS = 10_000_000;

/**
 * Runs a panel: fills in variables, asks the sources, computes expressions and transformations, and keeps the highest of
 * too many series. Where some queries fail the others are shown beside a notice; where all fail the first one's error is thrown.
 */
export async function runPanel(request: PanelRequest, needs: RunPanelNeeds, signal: AbortSignal): Promise<PanelData> {
  const scope = new PageScope(request.page, needs, signal);
  const run = new PanelRun(request, scope, needs, signal);
  const { panel, sinceMs, stepMs } = request;
  if ((sinceMs === undefined) !== (stepMs === undefined)) {
    throw new BadRequest('sinceMs', 'goes together with the stepMs of the first answer; send both or neither');
  }
  const first = await run.answer(panel, sinceMs !== undefined && run.canGrow(panel));
  // Which series rank highest is known only from the whole of them.
  return sinceMs !== undefined && first.isCut ? (await run.answer(panel, false)).data : first.data;
}

interface Answer {
  readonly data: PanelData;
  readonly isCut: boolean;
}

class PanelRun {
  readonly #request: PanelRequest;
  readonly #scope: PageScope;
  readonly #needs: RunPanelNeeds;
  readonly #signal: AbortSignal;

  constructor(request: PanelRequest, scope: PageScope, needs: RunPanelNeeds, signal: AbortSignal) {
    this.#request = request;
    this.#scope = scope;
    this.#needs = needs;
    this.#signal = signal;
  }

  /** Whether nothing of the panel needs the whole of its answers. */
  canGrow(panel: Panel): boolean {
    return (
      this.#transformations(panel).length === 0 &&
      panel.queryOptions.timeCompare === '' &&
      panel.queries.every((query) => !isExpression(query) && query.source.uid !== DASHBOARD_SOURCE_UID)
    );
  }

  async answer(panel: Panel, onlyNewest: boolean): Promise<Answer> {
    const { frames, notices, ...data } = await this.#untransformed(panel, onlyNewest, []);
    const transformed = this.#transform(panel, frames);
    const cut = topSeries(transformed.frames, this.#request.top ?? DEFAULT_TOP);
    checkSize(cut.frames);
    return {
      data: {
        ...data,
        frames: cut.frames,
        notices: [...this.#scope.notices, ...notices, ...transformed.notices, ...cut.notices],
        growable: data.growable && !cut.isCut && this.canGrow(panel),
      },
      isCut: cut.isCut,
    };
  }

  /** The answers of a panel's queries; `path` are the panels that asked for this one's. */
  async #untransformed(panel: Panel, onlyNewest: boolean, path: readonly number[]): Promise<PanelData> {
    const { queryOptions } = panel;
    const { timeFrom, timeShift, minInterval, timeCompare, maxDataPoints } = queryOptions;
    const scope = this.#scope;
    await scope.prepare([
      timeFrom,
      timeShift,
      minInterval,
      timeCompare,
      ...textsOf(this.#transformations(panel).map((it) => it.options)),
    ]);
    const { fromMs, toMs, widthPx, sinceMs, stepMs } = this.#request;
    const options = { timeFrom: scope.replace(timeFrom), timeShift: scope.replace(timeShift) };
    const range = panelRange({ fromMs, toMs }, options, scope.page);
    const since = onlyNewest && sinceMs !== undefined && stepMs !== undefined ? { sinceMs, stepMs } : {};
    const grid = panelGrid(
      range,
      { fromMs, toMs, widthPx, ...since },
      {
        maxPoints: this.#needs.maxPoints,
        maxDataPoints,
        minIntervalMs: minIntervalMs(scope.replacer({ stepMs: 1_000 })(minInterval)),
      },
    );
    const needs: QueryNeeds = {
      ...this.#needs,
      scope,
      signal: this.#signal,
      maxPoints: Math.min(maxDataPoints ?? widthPx, widthPx),
      panelAnswer: (id, withTransformations) => this.#otherPanel(id, withTransformations, [...path, panel.id]),
    };
    const queries = overDomain(panel.queries, panel.x ?? scope.page.x ?? 'time', this.#request.zoom);
    const now = await runQueries(queries, { grid, range }, needs);
    const compared = scope.replace(timeCompare).trim();
    if (compared === '') return { ...now, ...grid, growable: now.growable !== false };
    const earlierMs = compareOffsetMs(compared, grid.stepMs);
    const back = <T extends { readonly fromMs: number; readonly toMs: number }>(it: T): T => ({
      ...it,
      fromMs: it.fromMs - earlierMs,
      toMs: it.toMs - earlierMs,
    });
    const before = await runQueries(queries, { grid: back(grid), range: back(range) }, needs);
    return {
      frames: [...now.frames, ...earlierFrames(before.frames, earlierMs, compared)],
      notices: distinct([...now.notices, ...before.notices]),
      traces: [...now.traces, ...before.traces],
      ...grid,
      growable: false,
    };
  }

  /** What the source "-- Dashboard --" takes. */
  async #otherPanel(
    id: number,
    withTransformations: boolean,
    path: readonly number[],
  ): Promise<Pick<PanelData, 'frames' | 'notices' | 'traces'>> {
    if (path.includes(id)) {
      throw new BadRequest('panelId', `panels take their data from each other in a circle: ${[...path, id].join(' → ')}`);
    }
    const panel = this.#request.panels.find((other) => other.id === id);
    if (panel === undefined) throw new BadRequest('panelId', `the dashboard has no panel ${id} to take data from`);
    const data = await this.#untransformed(panel, false, path);
    if (!withTransformations) return data;
    const { frames, notices } = this.#transform(panel, data.frames);
    return { frames, notices: [...data.notices, ...notices], traces: data.traces };
  }

  #transformations(panel: Panel): Panel['transformations'] {
    const most = panel === this.#request.panel ? this.#request.transformations : undefined;
    return panel.transformations
      .slice(0, most)
      .filter(({ disabled, topic }) => !disabled && (topic === '' || topic === 'series'));
  }

  #transform(panel: Panel, frames: readonly Frame[]): { readonly frames: readonly Frame[]; readonly notices: readonly Notice[] } {
    const transformations = this.#transformations(panel);
    if (transformations.length === 0) return { frames, notices: [] };
    const replace = this.#scope.replacer({});
    return applyTransformations(splitSeries(frames), transformations, {
      replace: (text) => replace(text),
      timeZone: this.#scope.page.timeZone,
      gazetteer,
    });
  }
}

/** Queries of training runs: those that leave their x to the page go over its, where it is one of theirs, and as far as the panel shows it. */
function overDomain(queries: readonly Query[], x: XDomain, zoom: PanelRequest['zoom']): readonly Query[] {
  if (x === 'time' && zoom === undefined) return queries;
  return queries.map((query) => {
    if (query.source.type !== RUNS_SOURCE.type) return query;
    const own = (query.spec['x'] ?? '') === '' && x !== 'time' ? { x } : {};
    return { ...query, spec: { ...query.spec, ...own, ...zoom } };
  });
}

function checkSize(frames: readonly Frame[]): void {
  const cells = frames.reduce((sum, { length, fields }) => sum + length * fields.length, 0);
  if (cells > MAX_CELLS) {
    throw new LimitExceeded(
      'frames',
      `The answer holds ${cells.toLocaleString('en')} values, and a panel shows at most ${MAX_CELLS.toLocaleString('en')}; ask for fewer series, a shorter range or a longer step`,
    );
  }
}

function distinct(notices: readonly Notice[]): Notice[] {
  return [...new Map(notices.map((notice) => [`${notice.level}\n${notice.text}`, notice])).values()];
}

import type { CurveX, Smoothing } from '@vitrine/model/run-api.ts';
import type { Frame, Notice } from '@vitrine/model/frame.ts';
import type { BandKind } from '@vitrine/compute/curve/band.ts';

/** A run as far as its curves' answers need it. */
export interface QuestionRun {
  readonly id: string;
  /** What its lines are called. */
  readonly name: string;
  readonly startedMs: number;
  /** What the runs that are drawn as one have in common; undefined where each is drawn for itself. */
  readonly group: string | undefined;
}

/** What the thread that reads curves is asked. See CurvesRequest. */
export interface CurveQuestion {
  readonly refId: string;
  readonly runs: readonly QuestionRun[];
  readonly metrics: readonly string[];
  readonly x: CurveX;
  /** "either": thinned for an even axis and for a logarithmic one, for who may draw both. */
  readonly logX: boolean | 'either';
  /** Closed; -Infinity and Infinity are no bounds. */
  readonly from: number;
  readonly to: number;
  readonly widthPx: number;
  readonly smoothing: Smoothing;
  /** Of groups: how far their bands reach; undefined draws their mean alone. */
  readonly band: BandKind | undefined;
}

export interface CurveAnswer {
  readonly frames: readonly Frame[];
  readonly notices: readonly Notice[];
  /** Lines that have points, and these points, before any was left out. */
  readonly lines: number;
  readonly points: number;
}

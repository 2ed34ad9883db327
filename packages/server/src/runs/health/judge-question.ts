import { judgeRun } from '@vitrine/compute/detect/judge-run.ts';
import type { OwnRole } from '@vitrine/compute/detect/roles.ts';
import { metricsInRoles, rolesOf } from '@vitrine/compute/detect/roles.ts';
import { detectorSettings } from '@vitrine/compute/detect/thresholds.ts';
import type { Verdict } from '@vitrine/compute/detect/verdict.ts';
import type { CurveName, CurvePoints, CurveSummary } from '@vitrine/model/curve-store.ts';
import type { HealthSettings } from '@vitrine/model/run-api.ts';

/** What it takes to judge a run. */
export interface JudgeQuestion {
  readonly run: string;
  readonly params: Readonly<Record<string, string>>;
  readonly running: boolean;
  readonly firstHeardMs: number | undefined;
  readonly nowMs: number;
  readonly detectors: HealthSettings['detectors'];
  readonly roles: Readonly<Partial<Record<OwnRole, string>>>;
}

/** Where curves are read from. */
export interface CurveSource {
  summaries(run: string): Promise<readonly CurveSummary[]> | readonly CurveSummary[];
  points(curve: CurveName, limit: number): Promise<CurvePoints> | CurvePoints;
}

/** Points that one judgement reads at most, 24 bytes each; losses come first. */
const MOST_POINTS = 12_000_000;

/** Reads what the detectors need, and nothing else. */
export async function answerJudge(question: JudgeQuestion, source: CurveSource): Promise<readonly Verdict[]> {
  const summaries = new Map((await source.summaries(question.run)).map((summary) => [summary.metric, summary]));
  const metrics = [...summaries.keys()];
  const roles = rolesOf(metrics, question.roles);
  const wanted = metricsInRoles(roles);
  for (const { metric, nonFinite } of summaries.values()) if (nonFinite > 0) wanted.add(metric);
  // What was logged last, and most often, says whether the run stands still.
  const progress = [...summaries.values()].filter(({ metric }) => !roles.system.has(metric));
  for (const most of [({ toMs }: CurveSummary) => toMs, ({ points }: CurveSummary) => points]) {
    const first = progress.reduce<CurveSummary | undefined>(
      (best, one) => (best === undefined || most(one) > most(best) ? one : best),
      undefined,
    );
    if (first !== undefined) wanted.add(first.metric);
  }
  const curves = new Map<string, CurvePoints>();
  let room = MOST_POINTS;
  for (const metric of wanted) {
    const points = summaries.get(metric)?.points ?? 0;
    if (points === 0 || room === 0) continue;
    const curve = await source.points({ run: question.run, metric }, room);
    room -= curve.length;
    curves.set(metric, curve);
  }
  return judgeRun(
    {
      curves,
      metrics,
      ownRoles: question.roles,
      params: question.params,
      running: question.running,
      firstHeardMs: question.firstHeardMs,
      nowMs: question.nowMs,
    },
    detectorSettings(question.detectors),
  );
}

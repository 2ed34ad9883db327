import type { Verdict } from '@vitrine/compute/detect/verdict.ts';
import type { Finding } from '@vitrine/model/run.ts';

/** Findings that a run keeps: of those that are over, the newest. */
const MOST = 200;

/** What a run's findings are once its detectors have spoken: what they no longer say is over, and stays. */
export function mergeFindings(
  before: readonly Finding[],
  verdicts: readonly Verdict[],
  runId: string,
  nowMs: number,
): readonly Finding[] {
  const known = new Map(before.map((finding) => [finding.id, finding]));
  const now = verdicts.map((verdict): Finding => {
    const id = `${verdict.detector}:${verdict.subject}`;
    const { foundMs, state, stateBy }: Pick<Finding, 'foundMs' | 'state' | 'stateBy'> = known.get(id) ?? {
      foundMs: nowMs,
      state: 'open',
      stateBy: '',
    };
    return { ...verdict, id, runId, foundMs, state, stateBy };
  });
  const said = new Set(now.map(({ id }) => id));
  const over = before
    .filter(({ id }) => !said.has(id))
    .map((finding) => (finding.active ? { ...finding, active: false } : finding));
  const room = Math.max(0, MOST - now.length);
  const newest = over.length <= room ? over : over.toSorted((a, b) => b.foundMs - a.foundMs).slice(0, room);
  return [...now.slice(0, MOST), ...newest];
}

/** Whether somebody should be told at once: something is new, over, back, or worse. Numbers that move along are not. */
export function isNews(before: readonly Finding[], after: readonly Finding[]): boolean {
  const edges = (findings: readonly Finding[]): string =>
    findings
      .map(({ id, active, severity }) => `${id} ${active} ${severity}`)
      .sort()
      .join('\n');
  return edges(before) !== edges(after);
}

import { detectorTitle } from '@vitrine/compute/detect/detector.ts';
import type { Finding } from '@vitrine/model/run.ts';
import type { Annotation, AnnotationDocuments } from '../../documents/annotations.ts';

/** Findings stand on no dashboard: one that wants them asks for annotations with the tag "finding". */
const BOARD = 'vitrine-runs';
const TAG = 'finding';
/** Read at a time. */
const PAGE = 1_000;

/** Writes down a run's findings as annotations over their stretch of time, with the tags "finding", the detector's and the run's id. */
export async function annotateFindings(
  annotations: Pick<AnnotationDocuments, 'find' | 'add' | 'change' | 'remove'>,
  run: string,
  findings: readonly Finding[],
  nowMs: number,
): Promise<void> {
  const saved = await annotationsOf(annotations, run);
  const byFinding = new Map(saved.map((annotation) => [annotation.data['finding'], annotation]));
  for (const annotation of saved)
    if (byFinding.get(annotation.data['finding']) !== annotation) await annotations.remove(annotation.id);
  for (const finding of findings) {
    const { id, detector, fromMs, toMs, severity, sentence, active, state } = finding;
    const known = byFinding.get(id);
    byFinding.delete(id);
    const wanted = {
      timeMs: Math.round(fromMs),
      endMs: Math.round(Math.max(fromMs, toMs)),
      text: `${detectorTitle(detector)}: ${sentence}${active ? '' : ' (over)'}`,
      tags: [TAG, detector, run, severity],
      data: { run, finding: id, state },
    };
    if (!Number.isFinite(wanted.timeMs) || !Number.isFinite(wanted.endMs)) continue;
    if (known === undefined) {
      const about = { dashboardUid: BOARD, panelId: undefined, userId: 0, userName: 'Vitrine', createdMs: nowMs };
      await annotations.add({ ...about, ...wanted });
    } else if (differs(known, wanted)) await annotations.change(known.id, wanted, nowMs);
  }
  for (const { id } of byFinding.values()) await annotations.remove(id);
}

/** The run that a finding was written down of; undefined for what somebody else wrote down. */
export function runOfFinding({ dashboardUid, data }: Pick<Annotation, 'dashboardUid' | 'data'>): string | undefined {
  return dashboardUid === BOARD && typeof data['run'] === 'string' ? data['run'] : undefined;
}

/** All of a run's. */
async function annotationsOf(annotations: Pick<AnnotationDocuments, 'find'>, run: string): Promise<readonly Annotation[]> {
  const all: Annotation[] = [];
  for (;;) {
    const page = await annotations.find({ dashboardUid: BOARD, tags: [TAG, run], limit: PAGE, offset: all.length });
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}

function differs(
  known: Annotation,
  { timeMs, endMs, text, data }: Pick<Annotation, 'timeMs' | 'endMs' | 'text' | 'data'>,
): boolean {
  return known.timeMs !== timeMs || known.endMs !== endMs || known.text !== text || known.data['state'] !== data['state'];
}

import type { Finding } from '@vitrine/model/run.ts';
import type { DetectorId } from './detector.ts';

/** What a detector says: a finding without what only the run's keeper knows. */
export type Verdict = Omit<Finding, 'id' | 'runId' | 'detector' | 'foundMs' | 'state' | 'stateBy'> & {
  readonly detector: DetectorId;
};

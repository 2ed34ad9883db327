import { StatusShape } from '@vitrine/ui/widget/status-shape.tsx';
import type { ReactElement } from 'react';
import { productOf } from './source-health.tsx';
import type { SourceAnswer } from './source-queries.ts';
import classes from './sources.module.css';

export interface TestResultProps {
  /** undefined is not known. */
  readonly answer: SourceAnswer | undefined;
  readonly isAsking: boolean;
  /** Vitrine itself could not say how the source is. */
  readonly error: Error | null;
  /** What was asked is not saved. */
  readonly isUnsaved: boolean;
}

/** What the source's server answered, or why it did not. */
export function TestResult({ answer, isAsking, error, isUnsaved }: TestResultProps): ReactElement {
  return (
    <div className={classes.result} aria-live="polite">
      {isAsking && <p className={classes.quiet}>Asking the server…</p>}
      {!isAsking && answer?.ok === true && (
        <>
          <p className={classes.verdict}>
            <StatusShape status="healthy" />
            <span>{productOf(answer)} answers.</span>
          </p>
          {answer.notes.map((note) => (
            <p key={note} className={classes.quiet}>
              {note}
            </p>
          ))}
        </>
      )}
      {!isAsking && answer?.ok === false && (
        <div role="alert">
          <p className={classes.verdict}>
            <StatusShape status="critical" />
            <span>{answer.sentence}</span>
          </p>
          {isUnsaved && <p className={classes.quiet}>Nothing was saved: a source that works goes on as it was.</p>}
        </div>
      )}
      {!isAsking && answer === undefined && error !== null && <p className={classes.quiet}>{error.message}</p>}
    </div>
  );
}

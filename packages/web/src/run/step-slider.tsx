import { ActionIcon, Slider, Tooltip } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconPlayerSkipBack, IconPlayerSkipForward } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { ReactElement } from 'react';
import classes from './run-page.module.css';

interface StepSliderProps {
  readonly first: number;
  readonly last: number;
  readonly step: number;
  /** Where the buttons and the play stop, rising. */
  readonly steps: readonly number[];
  readonly onStep: (step: number) => void;
}

const EVERY_MS = 400;

/** One step for everything on the page: dragged, walked, or played. */
export function StepSlider({ first, last, step, steps, onStep }: StepSliderProps): ReactElement | null {
  const [plays, setPlays] = useState(false);
  const next = steps.find((each) => each > step);
  const before = steps.findLast((each) => each < step);
  // At the end it rests, and goes on where the run does.
  const isPlaying = plays && next !== undefined;
  useEffect(() => {
    if (!plays || next === undefined) return;
    const timer = setTimeout(() => onStep(next), EVERY_MS);
    return () => clearTimeout(timer);
  }, [plays, next, onStep]);
  if (first >= last) return null;
  return (
    <div className={classes.steps} role="group" aria-label="Step">
      {steps.length > 1 && (
        <>
          <Tooltip label={isPlaying ? 'Stop' : 'Play over the steps'}>
            <ActionIcon
              aria-label={isPlaying ? 'Stop' : 'Play over the steps'}
              onClick={() => {
                // From the end it begins anew.
                if (next === undefined) onStep(first);
                setPlays(!isPlaying);
              }}
            >
              {isPlaying ? <IconPlayerPause size={16} /> : <IconPlayerPlay size={16} />}
            </ActionIcon>
          </Tooltip>
          <ActionIcon
            aria-label="The step before"
            disabled={before === undefined}
            onClick={() => before !== undefined && onStep(before)}
          >
            <IconPlayerSkipBack size={15} />
          </ActionIcon>
          <ActionIcon aria-label="The next step" disabled={next === undefined} onClick={() => next !== undefined && onStep(next)}>
            <IconPlayerSkipForward size={15} />
          </ActionIcon>
        </>
      )}
      <Slider
        className={classes.slider}
        thumbLabel="Step"
        size="sm"
        label={null}
        min={first}
        max={last}
        step={1}
        value={step}
        onChange={onStep}
      />
      <output className={classes.atStep}>step {step.toLocaleString('en')}</output>
    </div>
  );
}

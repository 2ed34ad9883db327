import { ActionIcon, Button, NumberInput, SegmentedControl } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { Thresholds, ThresholdStep } from '@vitrine/model/field-config.ts';
import type { ReactElement } from 'react';
import { ColorField } from '../form/color-field.tsx';
import classes from './panel-editor.module.css';

const START: Thresholds = { mode: 'absolute', steps: [{ value: Number.NEGATIVE_INFINITY, color: 'healthy' }] };
/** What a new step is called, in turn. */
const NEXT_COLORS = ['warning', 'critical'];

export interface ThresholdsFieldProps {
  readonly thresholds: Thresholds | undefined;
  readonly onChange: (thresholds: Thresholds | undefined) => void;
}

/** From which value on which colour holds. Steps are kept in order, so that none hides another. */
export function ThresholdsField({ thresholds, onChange }: ThresholdsFieldProps): ReactElement {
  const { mode, steps } = thresholds ?? { mode: 'absolute', steps: [] };
  const set = (next: readonly ThresholdStep[]) => onChange(next.length === 0 ? undefined : { mode, steps: inOrder(next) });
  const add = () => {
    if (steps.length === 0) return onChange(START);
    const last = steps.at(-1)!.value;
    const value = Number.isFinite(last)
      ? last + (mode === 'percentage' ? 10 : Math.abs(last) * 0.1 || 1)
      : mode === 'percentage'
        ? 80
        : 1;
    set([...steps, { value, color: NEXT_COLORS[Math.min(steps.length - 1, NEXT_COLORS.length - 1)]! }]);
  };
  return (
    <div className={classes.stack} role="group" aria-label="Thresholds">
      <div data-label>Thresholds</div>
      {steps.map((step, index) => (
        <div key={index} className={classes.line}>
          <ColorField
            bare
            label={`Colour of step ${index + 1}`}
            value={step.color}
            onChange={(color) => set(steps.with(index, { ...step, color }))}
          />
          {index === 0 ? (
            <span className={classes.grow}>below all others</span>
          ) : (
            <NumberInput
              className={classes.grow}
              size="xs"
              aria-label={`From which value step ${index + 1} holds`}
              suffix={mode === 'percentage' ? ' %' : ''}
              value={step.value}
              onBlur={() => set(steps)}
              onChange={(value) => {
                if (typeof value === 'number') onChange({ mode, steps: steps.with(index, { ...step, value }) });
              }}
            />
          )}
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={`Remove step ${index + 1}`}
            onClick={() => set(steps.toSpliced(index, 1))}
          >
            <IconTrash size={14} />
          </ActionIcon>
        </div>
      ))}
      <div className={classes.line}>
        <Button size="compact-xs" variant="default" leftSection={<IconPlus size={14} />} onClick={add}>
          Add threshold
        </Button>
        {steps.length > 0 && (
          <SegmentedControl
            size="xs"
            aria-label="What thresholds are measured in"
            data={[
              { value: 'absolute', label: 'Values' },
              { value: 'percentage', label: '% of range' },
            ]}
            value={mode}
            onChange={(next) => onChange({ mode: next, steps })}
          />
        )}
      </div>
    </div>
  );
}

/** Rising, the first open below, and no two at one value. */
function inOrder(steps: readonly ThresholdStep[]): ThresholdStep[] {
  const rising = steps.toSorted((a, b) => (a.value === b.value ? 0 : a.value - b.value));
  return rising
    .map((step, index) => (index === 0 ? { ...step, value: Number.NEGATIVE_INFINITY } : step))
    .filter((step, index, all) => index === 0 || step.value > all[index - 1]!.value);
}

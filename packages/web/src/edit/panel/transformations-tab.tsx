import { Button, Menu, SegmentedControl, Switch } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconTableColumn, IconTrash } from '@tabler/icons-react';
import { findTransformation, TRANSFORMATIONS } from '@vitrine/compute/transform/transformations.ts';
import type { Panel, Transformation } from '@vitrine/model/dashboard.ts';
import { useState } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { Control } from '../form/control.tsx';
import { readPath, writePath } from '../form/path.ts';
import { Tool } from '../form/tool.tsx';
import classes from './panel-editor.module.css';
import { SpecJson } from './spec-json.tsx';
import { TRANSFORMATION_CONTROLS } from './transformation-controls.ts';

export interface TransformationsTabProps {
  readonly transformations: readonly Transformation[];
  /** Names of the fields that come out of the queries. */
  readonly fields: readonly string[];
  /** What the data look like after so many transformations. */
  readonly renderData: (after: number) => ReactNode;
  readonly onChange: (update: (panel: Panel) => Panel, step?: string) => void;
}

/** What is done to the answers before they are drawn, step by step, with a look at the data between the steps. */
export function TransformationsTab({ transformations, fields, renderData, onChange }: TransformationsTabProps): ReactElement {
  const [looked, setLooked] = useState<number>();
  const set = (update: (now: readonly Transformation[]) => readonly Transformation[], step?: string) =>
    onChange((panel) => ({ ...panel, transformations: update(panel.transformations) }), step);
  const look = (after: number) => setLooked((now) => (now === after ? undefined : after));
  return (
    <div className={classes.stack}>
      <Look after={0} looked={looked} onLook={look} label="What the queries answer">
        {renderData}
      </Look>
      {transformations.map((transformation, index) => (
        // By place: a transformation has no name, and what is looked at is the step.
        <div key={index} className={classes.stack}>
          <Step
            {...{ transformation, fields }}
            isFirst={index === 0}
            isLast={index === transformations.length - 1}
            onChange={(next) => set((now) => now.with(index, next), `transformation ${index}`)}
            onRemove={() => set((now) => now.toSpliced(index, 1))}
            onMove={(by) => set((now) => now.toSpliced(index, 1).toSpliced(index + by, 0, transformation))}
          />
          <Look after={index + 1} looked={looked} onLook={look} label="What comes out of it">
            {renderData}
          </Look>
        </div>
      ))}
      <AddTransformation
        onAdd={(id) =>
          set((now) => [
            ...now,
            { id, options: findTransformation(id)?.defaults ?? {}, disabled: false, filter: undefined, topic: '' },
          ])
        }
      />
    </div>
  );
}

interface LookProps {
  readonly after: number;
  readonly looked: number | undefined;
  readonly onLook: (after: number) => void;
  readonly label: string;
  readonly children: (after: number) => ReactNode;
}

function Look({ after, looked, onLook, label, children }: LookProps): ReactElement {
  const isOpen = looked === after;
  return (
    <div className={classes.stack}>
      <div>
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          aria-expanded={isOpen}
          leftSection={<IconTableColumn size={14} />}
          onClick={() => onLook(after)}
        >
          {label}
        </Button>
      </div>
      {isOpen && children(after)}
    </div>
  );
}

interface StepProps {
  readonly transformation: Transformation;
  readonly fields: readonly string[];
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly onChange: (transformation: Transformation) => void;
  readonly onRemove: () => void;
  readonly onMove: (by: -1 | 1) => void;
}

function Step({ transformation, fields, isFirst, isLast, onChange, onRemove, onMove }: StepProps): ReactElement {
  const { id, options, disabled } = transformation;
  const kind = findTransformation(id);
  const controls = TRANSFORMATION_CONTROLS[id]?.filter(({ when }) => when?.((path) => readPath(options, path)) ?? true);
  const [as, setAs] = useState<'form' | 'json'>(controls === undefined ? 'json' : 'form');
  return (
    <section className={classes.query} aria-label={`Transformation ${kind?.title ?? id}`}>
      <div className={classes.queryHead}>
        <strong>{kind?.title ?? id}</strong>
        <span className={classes.unknown}>
          {kind?.description ?? 'This Vitrine does not know it: the data pass through unchanged.'}
        </span>
        <span className={classes.grow} />
        {controls !== undefined && (
          <SegmentedControl
            size="xs"
            aria-label="Edit as"
            data={[
              { value: 'form', label: 'Form' },
              { value: 'json', label: 'JSON' },
            ]}
            value={as}
            onChange={(next) => setAs(next === 'json' ? 'json' : 'form')}
          />
        )}
        <Switch
          size="xs"
          label="On"
          checked={!disabled}
          onChange={(event) => onChange({ ...transformation, disabled: !event.currentTarget.checked })}
        />
        <Tool label="Move up" disabled={isFirst} onClick={() => onMove(-1)}>
          <IconArrowUp size={14} />
        </Tool>
        <Tool label="Move down" disabled={isLast} onClick={() => onMove(1)}>
          <IconArrowDown size={14} />
        </Tool>
        <Tool label="Remove" onClick={onRemove}>
          <IconTrash size={14} />
        </Tool>
      </div>
      {as === 'form' && controls !== undefined ? (
        controls.map((control) => (
          <Control
            key={control.path}
            {...control}
            value={readPath(options, control.path)}
            fields={fields}
            onChange={(value) => onChange({ ...transformation, options: writePath(options, control.path, value) })}
          />
        ))
      ) : (
        <SpecJson label={kind?.title ?? id} value={options} onChange={(next) => onChange({ ...transformation, options: next })} />
      )}
    </section>
  );
}

/** Old names and helpers of other programs are understood, and not offered. */
const NOT_OFFERED = new Set([
  'seriesToColumns',
  'rename',
  'order',
  'filterFields',
  'filterFrames',
  'ensureColumns',
  'convertFrameType',
  'noop',
  'append',
]);

function AddTransformation({ onAdd }: { readonly onAdd: (id: string) => void }): ReactElement {
  return (
    <div>
      <Menu position="bottom-start" withinPortal width={420}>
        <Menu.Target>
          <Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} />}>
            Add transformation
          </Button>
        </Menu.Target>
        <Menu.Dropdown className={classes.menu}>
          {TRANSFORMATIONS.filter(({ id }) => !NOT_OFFERED.has(id)).map(({ id, title, description }) => (
            <Menu.Item key={id} onClick={() => onAdd(id)}>
              <div>{title}</div>
              <div className={classes.unknown}>{description}</div>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

import type { ControlsProps } from '@vitrine/plugins/kit.ts';
import type { KeyboardEvent, ReactElement } from 'react';
import { Control } from '../edit/form/control.tsx';
import { readPath, writePath } from '../edit/form/path.ts';
import classes from './plugins.module.css';

const NO_FIELDS: readonly string[] = [];

/** Fields of a form in rows as wide as there is room, a row a group. */
export function Controls({ controls, value, onChange, onRun }: ControlsProps): ReactElement {
  const read = (path: string): unknown => readPath(value, path);
  const groups = Map.groupBy(
    controls.filter(({ when }) => when?.(read) ?? true),
    ({ group }) => group,
  );
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey) || onRun === undefined) return;
    event.preventDefault();
    onRun();
  };
  return (
    <div className={classes.controls} onKeyDown={onKey}>
      {[...groups].map(([group, own]) => (
        <div key={group} className={classes.row} role="group" aria-label={group || undefined}>
          {own.map((control) => (
            <div key={control.path} className={classes.control} data-wide={isWide(control.input) || undefined}>
              <Control
                {...control}
                value={read(control.path)}
                fields={NO_FIELDS}
                onChange={(next) => onChange(writePath(value, control.path, next))}
              />
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}

/** Text of several lines has a row for itself. */
function isWide(input: ControlsProps['controls'][number]['input']): boolean {
  return input.kind === 'text' && input.lines !== undefined;
}

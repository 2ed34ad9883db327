import { ActionIcon, Menu } from '@mantine/core';
import { IconCopy, IconDotsVertical, IconEdit, IconFolder, IconGripVertical, IconTrash } from '@tabler/icons-react';
import type { Panel } from '@vitrine/model/dashboard.ts';
import { useMemo, useRef } from 'react';
import type { KeyboardEvent, ReactElement, ReactNode } from 'react';
import { ReactGridLayout, verticalCompactor } from 'react-grid-layout';
import 'react-grid-layout/css/styles.css';
import { useSize } from '../dashboard/use-size.ts';
import { COLUMNS, layoutOf, movePlace, placesOf, resizePlace } from './nudge.ts';
import type { Places } from './nudge.ts';
import classes from './edit-grid.module.css';

export interface EditGridProps {
  readonly panels: readonly Panel[];
  /** Rows and tabs that a panel can be put into instead. */
  readonly elsewhere: readonly { readonly id: number; readonly title: string }[];
  readonly children: (panel: Panel) => ReactNode;
  readonly onPlaces: (places: Places, step?: string) => void;
  readonly onEdit: (id: number) => void;
  readonly onCopy: (id: number) => void;
  readonly onRemove: (id: number) => void;
  readonly onMoveTo: (id: number, section: number) => void;
}

const GRID = { cols: COLUMNS, rowHeight: 28, margin: [8, 8], containerPadding: [0, 0] } as const;
const HANDLE = 'drag-panel';
const STEPS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** One grid of panels that can be dragged, resized and moved by the keyboard. */
export function EditGrid({
  panels,
  elsewhere,
  children,
  onPlaces,
  onEdit,
  onCopy,
  onRemove,
  onMoveTo,
}: EditGridProps): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const { width } = useSize(box);
  const places = useMemo((): Places => new Map(panels.map(({ id, grid }) => [id, grid])), [panels]);
  const layout = useMemo(() => layoutOf(places), [places]);

  const onKey = (event: KeyboardEvent, id: number): void => {
    const step = STEPS[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const [x, y] = step;
    onPlaces(event.shiftKey ? resizePlace(places, id, { w: x, h: y }) : movePlace(places, id, { x, y }), `place ${id}`);
  };

  return (
    <div ref={box} className={classes.grid}>
      {width > 0 && (
        <ReactGridLayout
          width={width}
          layout={layout}
          gridConfig={GRID}
          dragConfig={{ handle: `.${HANDLE}` }}
          resizeConfig={{ handles: ['se'] }}
          compactor={verticalCompactor}
          onDragStop={(next) => onPlaces(placesOf(next))}
          onResizeStop={(next) => onPlaces(placesOf(next))}
        >
          {panels.map((panel) => {
            const name = panel.title === '' ? `panel ${panel.id}` : panel.title;
            return (
              <div key={String(panel.id)} className={classes.cell}>
                {children(panel)}
                <div className={classes.tools}>
                  <button
                    type="button"
                    className={`${HANDLE} ${classes.handle}`}
                    aria-label={`Move ${name}: arrow keys move, with Shift they resize`}
                    onKeyDown={(event) => onKey(event, panel.id)}
                    onDoubleClick={() => onEdit(panel.id)}
                  >
                    <IconGripVertical size={14} aria-hidden />
                  </button>
                  <ActionIcon size="sm" variant="default" aria-label={`Edit ${name}`} onClick={() => onEdit(panel.id)}>
                    <IconEdit size={14} />
                  </ActionIcon>
                  <Menu position="bottom-end" withinPortal>
                    <Menu.Target>
                      <ActionIcon size="sm" variant="default" aria-label={`More for ${name}`}>
                        <IconDotsVertical size={14} />
                      </ActionIcon>
                    </Menu.Target>
                    <Menu.Dropdown>
                      <Menu.Item leftSection={<IconCopy size={14} />} onClick={() => onCopy(panel.id)}>
                        Copy
                      </Menu.Item>
                      {elsewhere.map(({ id, title }) => (
                        <Menu.Item key={id} leftSection={<IconFolder size={14} />} onClick={() => onMoveTo(panel.id, id)}>
                          Move to {title}
                        </Menu.Item>
                      ))}
                      <Menu.Item color="red" leftSection={<IconTrash size={14} />} onClick={() => onRemove(panel.id)}>
                        Remove
                      </Menu.Item>
                    </Menu.Dropdown>
                  </Menu>
                </div>
              </div>
            );
          })}
        </ReactGridLayout>
      )}
    </div>
  );
}

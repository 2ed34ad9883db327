import { ActionIcon, Menu } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import {
  IconArrowDown,
  IconArrowUp,
  IconCopy,
  IconDotsVertical,
  IconEdit,
  IconFolder,
  IconGripVertical,
  IconTrash,
} from '@tabler/icons-react';
import type { Panel } from '@vitrine/model/dashboard.ts';
import { useMemo, useRef } from 'react';
import type { KeyboardEvent, ReactElement, ReactNode } from 'react';
import { ReactGridLayout, verticalCompactor } from 'react-grid-layout';
import 'react-grid-layout/css/styles.css';
import { useSize } from '../dashboard/use-size.ts';
import { COLUMNS, layoutOf, movePlace, placesOf, readingOrder, resizePlace, stepPlace } from './nudge.ts';
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

const ROW_PX = 28;
const GAP_PX = 8;
const GRID = { cols: COLUMNS, rowHeight: ROW_PX, margin: [GAP_PX, GAP_PX], containerPadding: [0, 0] } as const;
const HANDLE = 'drag-panel';
/** A panel is dragged by its head, as everywhere, and by the handle that says so. */
const DRAG = { handle: `.${HANDLE}, [data-panel] > header`, cancel: '[data-panel] > header button, [data-panel] > header a' };
const STEPS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** One grid of panels that can be dragged, resized and moved by the keyboard; on a phone one column of them, moved step by step. */
export function EditGrid(props: EditGridProps): ReactElement {
  const { panels, onPlaces } = props;
  const isNarrow = useMediaQuery('(max-width: 599px)', false, { getInitialValueInEffect: false });
  const places = useMemo((): Places => new Map(panels.map(({ id, grid }) => [id, grid])), [panels]);
  const step = (id: number, by: -1 | 1): void => onPlaces(stepPlace(places, id, by), `place ${id}`);
  const onKey = (event: KeyboardEvent, id: number): void => {
    const keyed = STEPS[event.key];
    if (keyed === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const [x, y] = keyed;
    if (event.shiftKey) onPlaces(resizePlace(places, id, { w: x, h: y }), `place ${id}`);
    else if (!isNarrow) onPlaces(movePlace(places, id, { x, y }), `place ${id}`);
    else if (y !== 0) step(id, y < 0 ? -1 : 1);
  };
  const tools = (panel: Panel, order?: { readonly isFirst: boolean; readonly isLast: boolean }): ReactElement => (
    <Tools {...props} {...{ panel, onKey }} steps={order === undefined ? undefined : { ...order, step }} />
  );
  return isNarrow ? <Column {...{ ...props, places, tools }} /> : <Grid {...{ ...props, places, tools }} />;
}

interface ArrangedProps extends Pick<EditGridProps, 'panels' | 'children' | 'onPlaces'> {
  readonly places: Places;
  readonly tools: (panel: Panel, order?: { readonly isFirst: boolean; readonly isLast: boolean }) => ReactElement;
}

function Grid({ panels, places, tools, children, onPlaces }: ArrangedProps): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const { width } = useSize(box);
  const layout = useMemo(() => layoutOf(places), [places]);
  return (
    <div ref={box} className={classes.grid}>
      {width > 0 && (
        <ReactGridLayout
          width={width}
          layout={layout}
          gridConfig={GRID}
          dragConfig={DRAG}
          resizeConfig={{ handles: ['se'] }}
          compactor={verticalCompactor}
          onDragStop={(next) => onPlaces(placesOf(next))}
          onResizeStop={(next) => onPlaces(placesOf(next))}
        >
          {panels.map((panel) => (
            <div key={String(panel.id)} className={classes.cell}>
              {children(panel)}
              {tools(panel)}
            </div>
          ))}
        </ReactGridLayout>
      )}
    </div>
  );
}

/** In reading order, each as wide as the page. What is saved changes only for a panel that is moved. */
function Column({ panels, places, tools, children }: ArrangedProps): ReactElement {
  const order = readingOrder(places).flatMap((id) => panels.filter((panel) => panel.id === id));
  return (
    <div className={classes.column}>
      {order.map((panel, at) => (
        // Through the CSSOM, which the page's content policy allows.
        <div key={panel.id} className={classes.cell} style={{ height: panel.grid.h * (ROW_PX + GAP_PX) - GAP_PX }}>
          {children(panel)}
          {tools(panel, { isFirst: at === 0, isLast: at === order.length - 1 })}
        </div>
      ))}
    </div>
  );
}

interface ToolsProps extends Pick<EditGridProps, 'elsewhere' | 'onEdit' | 'onCopy' | 'onRemove' | 'onMoveTo'> {
  readonly panel: Panel;
  readonly onKey: (event: KeyboardEvent, id: number) => void;
  /** Where panels stand in one column: up and down in it. */
  readonly steps:
    | { readonly isFirst: boolean; readonly isLast: boolean; readonly step: (id: number, by: -1 | 1) => void }
    | undefined;
}

function Tools({ panel: { id, title }, elsewhere, steps, onKey, onEdit, onCopy, onRemove, onMoveTo }: ToolsProps): ReactElement {
  const name = title === '' ? `panel ${id}` : title;
  return (
    <div className={classes.tools}>
      <button
        type="button"
        className={`${HANDLE} ${classes.handle}`}
        aria-label={
          steps === undefined
            ? `Move ${name}: arrow keys move, with Shift they resize`
            : `Move ${name}: the arrow keys up and down move, with Shift they resize`
        }
        onKeyDown={(event) => onKey(event, id)}
        onDoubleClick={() => onEdit(id)}
      >
        <IconGripVertical size={14} aria-hidden />
      </button>
      <ActionIcon size="sm" aria-label={`Edit ${name}`} onClick={() => onEdit(id)}>
        <IconEdit size={14} />
      </ActionIcon>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon size="sm" aria-label={`More for ${name}`}>
            <IconDotsVertical size={14} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {steps !== undefined && (
            <>
              <Menu.Item
                leftSection={<IconArrowUp size={14} />}
                disabled={steps.isFirst}
                closeMenuOnClick={false}
                onClick={() => steps.step(id, -1)}
              >
                Move up
              </Menu.Item>
              <Menu.Item
                leftSection={<IconArrowDown size={14} />}
                disabled={steps.isLast}
                closeMenuOnClick={false}
                onClick={() => steps.step(id, 1)}
              >
                Move down
              </Menu.Item>
            </>
          )}
          <Menu.Item leftSection={<IconCopy size={14} />} onClick={() => onCopy(id)}>
            Copy
          </Menu.Item>
          {elsewhere.map((section) => (
            <Menu.Item key={section.id} leftSection={<IconFolder size={14} />} onClick={() => onMoveTo(id, section.id)}>
              Move to {section.title}
            </Menu.Item>
          ))}
          <Menu.Item color="red" leftSection={<IconTrash size={14} />} onClick={() => onRemove(id)}>
            Remove
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

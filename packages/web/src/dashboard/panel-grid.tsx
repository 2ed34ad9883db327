import { Button, UnstyledButton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconArrowLeft, IconChevronDown, IconChevronRight, IconLayoutDashboard } from '@tabler/icons-react';
import type { Panel } from '@vitrine/model/dashboard.ts';
import { useMemo } from 'react';
import type { CSSProperties, ReactElement } from 'react';
import { StatePage } from '../state/state-page.tsx';
import classes from './dashboard-page.module.css';
import { layOut } from './layout.ts';
import type { Room } from './layout.ts';
import { PanelFrame } from './panel-frame.tsx';
import type { DashboardScope } from './scope.ts';

export interface PanelGridProps {
  readonly panels: readonly Panel[];
  readonly scope: DashboardScope;
  readonly folded: ReadonlySet<number>;
  readonly onFold: (row: number) => void;
  /** Id of the panel that fills the page. */
  readonly full: number | undefined;
  readonly onBack: () => void;
}

/** The panels on their 24 columns, or one of them over the whole page. */
export function PanelGrid({ panels, scope, folded, onFold, full, onBack }: PanelGridProps): ReactElement {
  const room = useRoom();
  const placed = useMemo(() => layOut(panels, folded, room), [panels, folded, room]);

  if (full !== undefined) {
    const panel = panels.find(({ id, kind }) => id === full && kind !== 'row');
    const back = (
      <Button
        variant={panel === undefined ? 'default' : 'subtle'}
        color="gray"
        leftSection={<IconArrowLeft size={16} />}
        onClick={onBack}
      >
        All panels
      </Button>
    );
    if (panel === undefined) {
      return (
        <StatePage
          icon={<IconLayoutDashboard size={32} stroke={1.5} />}
          title={`This dashboard has no panel ${full}`}
          actions={back}
        >
          <p>The others are still there.</p>
        </StatePage>
      );
    }
    return (
      <div className={classes.full}>
        <div>{back}</div>
        <div className={classes.fullPanel}>
          <PanelFrame key={panel.id} panel={panel} scope={scope} isFull />
        </div>
      </div>
    );
  }
  if (panels.length === 0) {
    return (
      <StatePage icon={<IconLayoutDashboard size={32} stroke={1.5} />} title="This dashboard has no panels yet">
        <p>Panels are written in its JSON file; the page shows them as soon as it is read again.</p>
      </StatePage>
    );
  }
  return (
    <div className={classes.grid}>
      {placed.map(({ panel, grid }) => (
        <div
          key={panel.id}
          className={classes.cell}
          // Through the CSSOM, which the CSP allows; a style attribute in HTML it would not.
          style={
            { gridColumn: `${grid.x + 1} / span ${grid.w}`, gridRow: `${grid.y + 1} / span ${grid.h}` } satisfies CSSProperties
          }
        >
          {panel.kind === 'row' ? (
            <Row panel={panel} isFolded={folded.has(panel.id)} hidden={countBelow(panels, panel)} onFold={onFold} />
          ) : (
            <PanelFrame panel={panel} scope={scope} isFull={false} />
          )}
        </div>
      ))}
    </div>
  );
}

interface RowProps {
  readonly panel: Panel;
  readonly isFolded: boolean;
  readonly hidden: number;
  readonly onFold: (row: number) => void;
}

function Row({ panel, isFolded, hidden, onFold }: RowProps): ReactElement {
  return (
    <h2 className={classes.row}>
      <UnstyledButton className={classes.rowButton} aria-expanded={!isFolded} onClick={() => onFold(panel.id)}>
        {isFolded ? <IconChevronRight size={16} aria-hidden /> : <IconChevronDown size={16} aria-hidden />}
        {panel.title}
        {isFolded && <span className={classes.rowCount}>{hidden === 1 ? '1 panel' : `${hidden} panels`}</span>}
      </UnstyledButton>
    </h2>
  );
}

/** How many panels belong to a row: those up to the next one. */
function countBelow(panels: readonly Panel[], row: Panel): number {
  const next = Math.min(...panels.filter(({ kind, grid }) => kind === 'row' && grid.y > row.grid.y).map(({ grid }) => grid.y));
  return panels.filter(({ kind, grid }) => kind !== 'row' && grid.y >= row.grid.y && grid.y < next).length;
}

function useRoom(): Room {
  const options = { getInitialValueInEffect: false };
  const narrow = useMediaQuery('(max-width: 599px)', false, options);
  const medium = useMediaQuery('(max-width: 1023px)', false, options);
  return narrow ? 'narrow' : medium ? 'medium' : 'wide';
}

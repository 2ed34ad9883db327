import { useEffect, useMemo, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import { OnPaper } from '@vitrine/ui/theme/theme-provider.tsx';
import { createPortal } from 'react-dom';
import type { Arranged } from '../dashboard/arrange.ts';
import { createEmptiness } from '../dashboard/emptiness.ts';
import { PanelGrid } from '../dashboard/panel-grid.tsx';
import type { Unfolding } from '../dashboard/panel-grid.tsx';
import { createPulse } from '../dashboard/pulse.ts';
import type { DashboardScope } from '../dashboard/scope.ts';
import { createSharedCursor } from '../dashboard/shared-cursor.ts';
import { createPageRange } from '../time/page-range.ts';
import classes from './stage.module.css';

export interface StageProps {
  readonly scope: DashboardScope;
  readonly arranged: Arranged;
  /** To be printed: dark on white. */
  readonly isPaper: boolean;
  /** The panels are there, and begin to ask and draw. Called once. */
  readonly onReady: (stage: HTMLElement) => void;
}

const UNFOLDED: Unfolding = { isFolded: () => false, fold() {}, openTab: (tabs) => tabs[0], showTab() {} };

/** The whole dashboard behind the page: every row unfolded, every tab shown, panels out of view drawn too. It stands still. */
export function Stage({ scope, arranged, isPaper, onReady }: StageProps): ReactElement {
  const stage = useRef<HTMLDivElement>(null);
  const ready = useRef(onReady);
  useEffect(() => {
    if (stage.current !== null) ready.current(stage.current);
  }, []);
  // What the page does meanwhile does not concern the picture: it is as of when it was asked for.
  const [still] = useState((): DashboardScope => {
    const { fromMs, toMs } = scope.range.get();
    const fixed = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
    return {
      ...scope,
      range: createPageRange(fixed, scope.range.timeZone, () => toMs),
      cursor: createSharedCursor(),
      pulse: createPulse(),
      emptiness: createEmptiness(),
      isKiosk: true,
      drawsAll: true,
    };
  });
  const unfolded = useMemo(() => withoutTabs(arranged), [arranged]);
  const panels = <PanelGrid arranged={unfolded} scope={still} unfolding={UNFOLDED} full={undefined} onBack={() => {}} />;
  return createPortal(
    <div ref={stage} className={classes.stage} data-paper={isPaper || undefined} aria-hidden inert>
      {isPaper ? <OnPaper>{panels}</OnPaper> : panels}
    </div>,
    document.body,
  );
}

/** On paper, tabs stand one below the other as rows do. */
function withoutTabs(arranged: Arranged): Arranged {
  if (arranged.kind === 'grid') return arranged;
  const isTabs = arranged.kind === 'tabs';
  return {
    kind: 'rows',
    sections: arranged.sections.map((shown) => ({
      ...shown,
      section: { ...shown.section, hideHeader: !isTabs && shown.section.hideHeader },
      layout: withoutTabs(shown.layout),
    })),
  };
}

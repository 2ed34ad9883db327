import type { Panel } from '@vitrine/model/dashboard.ts';
import type { VariableValues } from '@vitrine/model/variable.ts';
import { useMemo } from 'react';
import type { ReactElement } from 'react';
import type { Arranged } from '../dashboard/arrange.ts';
import type { DashboardScope } from '../dashboard/scope.ts';
import { ShareDialog } from './share-dialog.tsx';

export interface SharePanelProps {
  readonly panel: Panel;
  readonly panelKey: string;
  /** What the variables of its repeats stand for here. */
  readonly local: VariableValues;
  readonly title: string;
  readonly scope: DashboardScope;
  readonly onClose: () => void;
}

/** Where it stands alone. */
const WHOLE_PAGE = { x: 0, y: 0, w: 24, h: 18 };

/** Shares one panel of a dashboard. */
export function SharePanel({ panel, panelKey, local, title, scope, onClose }: SharePanelProps): ReactElement {
  const alone = useMemo((): Arranged => {
    const shown = { key: panelKey, panel: { ...panel, grid: WHOLE_PAGE }, local, repeat: undefined, isPending: false };
    return { kind: 'grid', panels: [shown] };
  }, [panel, panelKey, local]);
  return <ShareDialog {...{ scope, title, panelKey, onClose }} arranged={alone} />;
}

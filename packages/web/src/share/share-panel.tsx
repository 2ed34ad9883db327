import type { Panel } from '@vitrine/model/dashboard.ts';
import type { VariableValues } from '@vitrine/model/variable.ts';
import { useMemo } from 'react';
import type { ReactElement } from 'react';
import { panelAlone } from '../dashboard/panel-alone.ts';
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

/** Shares one panel of a dashboard. */
export function SharePanel({ panel, panelKey, local, title, scope, onClose }: SharePanelProps): ReactElement {
  const alone = useMemo(() => panelAlone({ key: panelKey, panel, local }), [panel, panelKey, local]);
  return <ShareDialog {...{ scope, title, panelKey, onClose }} arranged={alone} />;
}

import type { Panel } from '@vitrine/model/dashboard.ts';
import type { VariableValues } from '@vitrine/model/variable.ts';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import { panelAlone } from '../dashboard/panel-alone.ts';
import type { DashboardScope } from '../dashboard/scope.ts';
import { ExportProblem } from './export-problem.tsx';
import { Exporting } from './exporting.tsx';

export interface PrintPanelProps {
  readonly panel: Panel;
  readonly panelKey: string;
  /** What the variables of its repeats stand for here. */
  readonly local: VariableValues;
  readonly title: string;
  readonly scope: DashboardScope;
  readonly onDone: () => void;
}

/** One panel of a dashboard as a PDF of one page. */
export function PrintPanel({ panel, panelKey, local, title, scope, onDone }: PrintPanelProps): ReactElement {
  const alone = useMemo(() => panelAlone({ key: panelKey, panel, local }), [panel, panelKey, local]);
  const [problem, setProblem] = useState('');
  // The menu is drawn anew with each new value; what is under way must not begin again with it.
  const latest = useRef(onDone);
  useEffect(() => {
    latest.current = onDone;
  });
  const done = useCallback(() => latest.current(), []);
  if (problem !== '') return <ExportProblem problem={problem} onClose={done} />;
  return <Exporting {...{ scope, title }} arranged={alone} form="pdf" onDone={done} onProblem={setProblem} />;
}

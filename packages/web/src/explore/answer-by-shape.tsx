import { useQueryClient } from '@tanstack/react-query';
import { logVolume, VOLUME_FRAME } from '@vitrine/compute/log-volume.ts';
import type { Panel } from '@vitrine/model/dashboard.ts';
import type { Frame, PanelData } from '@vitrine/model/frame.ts';
import { parsePanel } from '@vitrine/model/parse/panel.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import type { Variable } from '@vitrine/model/variable.ts';
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import type { ReactElement } from 'react';
import { PanelFrame } from '../dashboard/panel-frame.tsx';
import type { DashboardScope } from '../dashboard/scope.ts';
import { newestPicture } from '../dashboard/use-panel-data.ts';
import { partsOf } from './answer-parts.ts';
import classes from './explore.module.css';
import { isPromql } from './explore-state.ts';

export interface AnswerByShapeProps {
  /** What is asked, whatever draws it. */
  readonly panel: Panel;
  readonly scope: DashboardScope;
  readonly variables: readonly Variable[];
}

/** A bar for each of so many stretches, at most. */
const BARS = 80;

/** An answer as what it is: series as a chart, rows as a table, lines of logs with how many came when. */
export function AnswerByShape({ panel, scope, variables }: AnswerByShapeProps): ReactElement {
  const draft = useMemo(() => ({ panel: countingLines(panel), variables }), [panel, variables]);
  const data = useNewest(scope.uid, String(panel.id));
  const parts = useMemo(() => partsOf((data?.frames ?? []).filter((frame) => !isVolume(frame))), [data]);
  const kind = parts[0]?.kind ?? 'timeseries';
  // The question stays the same, so that drawing it otherwise does not ask again.
  const drawn = useMemo(() => ({ ...panel, kind }), [panel, kind]);
  const rest = useMemo(
    () => parts.slice(1).map((part, at) => ({ ...part, panel: plainPanel(panel.id * 10 + at, part.kind) })),
    [parts, panel.id],
  );
  const lines = parts.find((part) => part.kind === 'logs')?.frames;
  const counted = data?.frames.find(isVolume);
  const volume = useMemo(
    () => (data === undefined || lines === undefined ? undefined : volumeOf(data, lines, counted)),
    [data, lines, counted],
  );
  const volumeTitle = counted === undefined ? 'Lines shown, by level' : 'All lines, by level';
  const volumePanel = useMemo(
    () => plainPanel(panel.id * 10 + 9, 'timeseries', volumeLook(volumeTitle)),
    [panel.id, volumeTitle],
  );
  const frozen = useMemo(() => {
    if (data === undefined) return undefined;
    const known = new Map<number, PanelData>(
      rest.map((part) => [part.panel.id, { ...data, frames: part.frames, notices: [] }] as const),
    );
    if (volume !== undefined) known.set(volumePanel.id, volume);
    return { ...scope, frozen: known };
  }, [data, rest, scope, volume, volumePanel]);
  return (
    <>
      {frozen !== undefined && volume !== undefined && (
        <div className={classes.volume}>
          <PanelFrame panel={volumePanel} scope={frozen} isBare />
        </div>
      )}
      <div className={classes.answer} data-tall={kind !== 'timeseries' || undefined}>
        {/* Another kind is another panel: nothing of the one before is kept but the answer. */}
        <PanelFrame key={kind} panel={drawn} scope={scope} draft={draft} isBare explains />
      </div>
      {frozen !== undefined &&
        rest.map((part) => (
          <div key={part.panel.id} className={classes.answer}>
            <PanelFrame panel={part.panel} scope={frozen} isBare />
          </div>
        ))}
    </>
  );
}

/** The newest answer that a panel got, as soon as it is there. */
function useNewest(dashboard: string, panelKey: string): PanelData | undefined {
  const client = useQueryClient();
  const read = useCallback(() => newestPicture(client, ['panel-data', dashboard, panelKey]), [client, dashboard, panelKey]);
  return useSyncExternalStore(
    useCallback((tell) => client.getQueryCache().subscribe(tell), [client]),
    read,
  );
}

/** Whoever has lines of logs is asked how many there are over the range, too; what draws the answer is not saved. */
function countingLines(panel: Panel): Panel {
  const queries = panel.queries.map((query) => (isPromql(query) ? query : { ...query, spec: { ...query.spec, volume: true } }));
  return { ...panel, queries };
}

function isVolume({ name, shape }: Frame): boolean {
  return shape === 'series' && name === VOLUME_FRAME;
}

const volumeLook = (title: string) => ({
  title,
  options: { legend: { showLegend: false } },
  fieldConfig: {
    defaults: {
      unit: 'short',
      decimals: 0,
      min: 0,
      custom: { drawStyle: 'bars', stacking: { mode: 'normal', group: 'A' }, fillOpacity: 80, lineWidth: 0 },
    },
    overrides: [],
  },
});

/** As the source counted all lines, or those that are shown. */
function volumeOf(data: PanelData, lines: PanelData['frames'], counted: Frame | undefined): PanelData | undefined {
  const frame = counted ?? logVolume(lines, data.fromMs, data.toMs, BARS);
  return frame === undefined ? undefined : { ...data, frames: [frame], notices: [], growable: false };
}

/** A panel that asks nothing: what it shows is handed to it. It has a query all the same, as one without has nothing to show. */
function plainPanel(id: number, kind: string, more: object = {}): Panel {
  const grid = { x: 0, y: 0, w: 24, h: 8 };
  const queries = [{ refId: 'A', source: { type: '', uid: '' }, hidden: false, spec: {} }];
  return parsePanel(new Read('', { id, kind, title: '', grid, queries, ...more }));
}

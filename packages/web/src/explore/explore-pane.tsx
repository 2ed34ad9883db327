import { ActionIcon, Button, SegmentedControl, Tooltip } from '@mantine/core';
import { IconLayoutDashboard, IconPlayerPlay, IconX } from '@tabler/icons-react';
import type { Panel, Query } from '@vitrine/model/dashboard.ts';
import { parsePanel } from '@vitrine/model/parse/panel.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import type { Variable } from '@vitrine/model/variable.ts';
import { useMemo, useState } from 'react';
import type { ReactElement } from 'react';
import { PanelFrame } from '../dashboard/panel-frame.tsx';
import type { DashboardScope } from '../dashboard/scope.ts';
import { QueriesTab } from '../edit/panel/queries-tab.tsx';
import { useSourceChoices } from '../edit/use-source-choices.ts';
import { AnswerByShape } from './answer-by-shape.tsx';
import classes from './explore.module.css';
import { isAsking, isPromql, whyNotAsked } from './explore-state.ts';
import type { Pane, View } from './explore-state.ts';
import { addAsked, loadHistory, storeHistory } from './query-history.ts';
import { SendDialog } from './send-dialog.tsx';

export interface ExplorePaneProps {
  /** Unique among the panes of the page. */
  readonly id: number;
  readonly pane: Pane;
  readonly scope: DashboardScope;
  readonly variables: readonly Variable[];
  readonly onChange: (pane: Pane, how: 'push' | 'replace') => void;
  /** Absent for the only one. */
  readonly onClose: (() => void) | undefined;
}

const VIEW_NAMES: readonly { readonly value: View; readonly label: string }[] = [
  { value: 'auto', label: 'Auto' },
  { value: 'graph', label: 'Graph' },
  { value: 'table', label: 'Table' },
  { value: 'both', label: 'Both' },
  { value: 'heatmap', label: 'Heatmap' },
  { value: 'logs', label: 'Logs' },
];

/** Queries being written, and the answer to those that were asked last. */
export function ExplorePane({ id, pane, scope, variables, onChange, onClose }: ExplorePaneProps): ReactElement {
  const sources = useSourceChoices();
  // What is being written is asked when its writer says so.
  const [written, setWritten] = useState({ of: pane.queries, panel: panelOf(id, 'timeseries', pane) });
  if (written.of !== pane.queries) setWritten({ of: pane.queries, panel: panelOf(id, 'timeseries', pane) });
  const [problems, setProblems] = useState(NO_PROBLEMS);
  const [sending, setSending] = useState(false);
  const names = useMemo(() => variables.map(({ name }) => name), [variables]);
  const run = (): void => {
    const { queries } = written.panel;
    setProblems(problemsOf(queries));
    storeHistory(addAsked(loadHistory(), queries, Date.now()));
    if (JSON.stringify(queries) === JSON.stringify(pane.queries)) scope.pulse.all(true);
    else onChange({ ...pane, queries }, 'push');
  };
  const drawn = useMemo(() => viewsOf(pane).map((kind, index) => panelOf(id * 10 + index, kind, pane)), [id, pane]);
  // A table of values at the end is a table, whatever the values are.
  const isByShape = (panel: Panel): boolean => pane.view === 'auto' && panel.kind === 'timeseries';
  return (
    <>
      <QueriesTab
        panel={written.panel}
        {...{ sources }}
        variables={names}
        problems={problems}
        onChange={(update) => {
          setProblems(NO_PROBLEMS);
          setWritten((now) => ({ ...now, panel: update(now.panel) }));
        }}
        onRun={run}
        isBare
      />
      <div className={classes.tools}>
        <Button leftSection={<IconPlayerPlay size={15} />} onClick={run}>
          Run
        </Button>
        <SegmentedControl
          aria-label="How the answer is shown"
          className={classes.views}
          data={VIEW_NAMES as { value: string; label: string }[]}
          value={pane.view}
          onChange={(view) => onChange({ ...pane, view: view as View }, 'replace')}
        />
        <span className={classes.grow} />
        <Tooltip label="Put it on a dashboard, as a panel">
          <Button
            variant="default"
            className={classes.send}
            disabled={!isAsking(pane)}
            leftSection={<IconLayoutDashboard size={15} />}
            onClick={() => setSending(true)}
          >
            To a dashboard
          </Button>
        </Tooltip>
        {onClose !== undefined && (
          <Tooltip label="Close this side">
            <ActionIcon aria-label="Close this side" onClick={onClose}>
              <IconX size={16} />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
      {isAsking(pane) ? (
        drawn.map((panel) =>
          isByShape(panel) ? (
            <AnswerByShape key={panel.id} panel={panel} scope={scope} variables={variables} />
          ) : (
            <div key={panel.id} className={classes.answer}>
              <Answer panel={panel} scope={scope} variables={variables} />
            </div>
          ),
        )
      ) : (
        <p className={classes.hint}>
          {pane.queries.every(isPromql)
            ? 'Write a query and run it with ⌘⏎. “Metrics” under the query shows what there is, “Explain” what a query computes.'
            : 'Write a query and run it with ⌘⏎. Series come as a chart, rows as a table, logs as lines with how many came when.'}
        </p>
      )}
      {sending && <SendDialog queries={pane.queries} kind={viewsOf(pane)[0] ?? 'timeseries'} onClose={() => setSending(false)} />}
    </>
  );
}

const NO_PROBLEMS: ReadonlyMap<string, string> = new Map();

/** What keeps queries from being asked, by their letter. */
function problemsOf(queries: readonly Query[]): ReadonlyMap<string, string> {
  const sentences = queries.filter(({ hidden }) => !hidden).map((query) => [query.refId, whyNotAsked(query)] as const);
  return new Map(sentences.filter((one): one is [string, string] => one[1] !== undefined));
}

function Answer(props: {
  readonly panel: Panel;
  readonly scope: DashboardScope;
  readonly variables: readonly Variable[];
}): ReactElement {
  const { panel, scope, variables } = props;
  const draft = useMemo(() => ({ panel, variables }), [panel, variables]);
  return <PanelFrame panel={panel} scope={scope} draft={draft} isBare explains />;
}

/** The kinds of panels that a view is made of. */
function viewsOf({ view, queries }: Pane): readonly string[] {
  switch (view) {
    case 'auto':
      // PromQL answers either; of others there is one answer, drawn by its shape.
      return queries.every(isPromql) ? ['timeseries', 'table'] : ['timeseries'];
    case 'graph':
      return ['timeseries'];
    case 'table':
      return ['table'];
    case 'both':
      return ['timeseries', 'table'];
    default:
      return [view];
  }
}

/** A table shows values at the end of the range, a heatmap buckets, whatever the query was written for. */
function panelOf(id: number, kind: string, { queries }: Pane): Panel {
  const asked = queries.map((query) => (isPromql(query) ? { ...query, spec: { ...query.spec, ...FORMS[kind] } } : query));
  return parsePanel(
    new Read('', {
      id,
      kind,
      title: kind === 'table' && queries.every(isPromql) ? 'At the end of the range' : '',
      grid: { x: 0, y: 0, w: 24, h: 10 },
      queries: asked,
    }),
  );
}

const FORMS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  table: { instant: true, range: false, format: 'table' },
  heatmap: { format: 'heatmap' },
};

import { Button, MultiSelect, SegmentedControl, Select, Tooltip } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconArrowsDiff, IconFilterOff, IconPlugConnectedX, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import type { RunRow } from '@vitrine/model/run-api.ts';
import { useCallback, useMemo, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import { sessionQuery } from '../api/queries.ts';
import { useInternalLink } from '../app/internal-link.ts';
import { useShortcuts } from '../app/shortcuts.ts';
import type { Shortcut } from '../app/shortcuts.ts';
import { TopBar } from '../app/top-bar.tsx';
import { comparePath } from '../run/paths.ts';
import { Skeleton } from '../state/skeleton.tsx';
import { StatePage } from '../state/state-page.tsx';
import { AddRuns } from './add/add-runs.tsx';
import { ChartsSide } from './charts-side.tsx';
import { drawnRuns } from './drawn-runs.ts';
import { EmptyRuns } from './empty-runs.tsx';
import { checkFilter } from './filter/check-filter.ts';
import { fieldText } from './filter/field-text.ts';
import { FilterField } from './filter/filter-field.tsx';
import { RunFeedContext, useRunFeed } from './run-feed.ts';
import classes from './runs-page.module.css';
import { filterNamesQuery } from './runs-queries.ts';
import { SplitPane } from './split-pane.tsx';
import { BulkBar } from './table/bulk-bar.tsx';
import type { BulkDialog } from './table/bulk-bar.tsx';
import { ColumnPicker } from './table/column-picker.tsx';
import type { TableKeys } from './table/run-table.tsx';
import { TableSide } from './table/table-side.tsx';
import { useColumns } from './table/use-columns.ts';
import { useRunRows } from './use-run-rows.ts';
import { useQuestion } from './use-question.ts';
import { useRunsView } from './use-runs-view.ts';
import { ViewsMenu } from './views-menu.tsx';

/** `/runs`: all trainings as a table, their curves beside it. The selection of the table is what is drawn. */
export function RunsPage(): ReactElement {
  const feed = useRunFeed();
  return (
    <RunFeedContext value={feed}>
      <Runs />
    </RunFeedContext>
  );
}

function Runs(): ReactElement {
  const [view, change] = useRunsView();
  const router = useRouter();
  const linkTo = useInternalLink();
  const role = useQuery(sessionQuery).data?.user.role;
  const mayEdit = role === 'admin' || role === 'editor';
  const usualShow = useMediaQuery('(max-width: 599px)', false, { getInitialValueInEffect: false }) ? 'table' : 'both';
  const show = view.show ?? usualShow;
  const { question, isGrouped, isReadable } = useQuestion(view);
  const runRows = useRunRows(question, isGrouped);
  const { head, error, rows, again } = runRows;
  const columns = useColumns(view, change, head);
  const [dialog, setDialog] = useState<BulkDialog>();
  const filter = useRef<{ focus: () => void }>(null);
  const keys = useRef<TableKeys>(undefined);
  const onKeys = useCallback((next: TableKeys | undefined) => void (keys.current = next), []);
  const onOpen = useCallback(({ run }: RunRow) => router.history.push(`/runs/${encodeURIComponent(run.id)}`), [router]);
  const drawn = useMemo(() => drawnRuns(view, rows), [view, rows]);
  useShortcuts(
    useMemo(
      (): readonly Shortcut[] => [
        { keys: '/', label: 'Filter runs', group: 'Page', run: () => filter.current?.focus() },
        { keys: 'j', label: 'Next run', group: 'Page', run: () => keys.current?.move(1) },
        { keys: 'k', label: 'Run before', group: 'Page', run: () => keys.current?.move(-1) },
        { keys: 'x', label: 'Select the run', group: 'Page', run: () => keys.current?.select() },
        {
          keys: 'e',
          label: 'Tags of the selected runs',
          group: 'Page',
          run() {
            const active = keys.current?.active();
            if (view.run.length === 0 && active !== undefined) change({ run: [active.run.id] });
            if (mayEdit && !view.bin && (view.run.length > 0 || active !== undefined)) setDialog('tag');
          },
        },
      ],
      [change, mayEdit, view.run, view.bin],
    ),
  );

  const isBare = view.q === '' && view.project.length === 0 && !view.bin;
  const isEmpty = head !== undefined && head.total === 0 && isBare && !runRows.isOld;
  const projects = head?.projects ?? [];
  return (
    <div className={classes.page} data-show={show}>
      <TopBar
        crumbs={[{ label: view.bin ? 'Bin of runs' : 'Runs' }]}
        beside={
          (projects.length > 1 || view.project.length > 0) && (
            <ProjectSwitch
              projects={projects}
              chosen={view.project}
              onChange={(project) => change({ project, run: [], hide: [] })}
            />
          )
        }
      >
        {!isEmpty && (
          <>
            <SegmentedControl
              aria-label="What is shown"
              data={[
                { value: 'table', label: 'Table' },
                { value: 'both', label: 'Both' },
                { value: 'charts', label: 'Charts' },
              ]}
              value={show}
              onChange={(next) => {
                const chosen = next === 'table' || next === 'charts' ? next : 'both';
                change({ show: chosen === usualShow ? undefined : chosen });
              }}
            />
            <Button component="a" {...linkTo(comparePath(view))} variant="default" leftSection={<IconArrowsDiff size={15} />}>
              Compare
            </Button>
            <ViewsMenu view={view} onChange={change} mayEdit={mayEdit} />
          </>
        )}
        {!view.bin && <AddRuns projects={projects.map(({ name }) => name)} />}
        <Tooltip label={view.bin ? 'Back to the runs' : 'Runs in the bin'}>
          <Button
            variant="default"
            aria-pressed={view.bin}
            leftSection={<IconTrash size={15} />}
            onClick={() => change({ bin: !view.bin, run: [], hide: [] }, 'push')}
          >
            {view.bin ? 'Leave the bin' : 'Bin'}
          </Button>
        </Tooltip>
      </TopBar>
      {isEmpty ? (
        <EmptyRuns />
      ) : (
        <>
          <div className={classes.filters}>
            <FilterField
              ref={filter}
              value={view.q}
              check={checkFilter}
              projects={view.project}
              isBin={view.bin}
              onChange={(q) => change({ q })}
            />
            <GroupBy by={view.by} onChange={(by) => change({ by, open: [] })} />
            <ColumnPicker
              shown={columns.keys}
              head={head}
              isOwn={view.cols.length === 0}
              same={view.same}
              onToggle={columns.toggle}
              onSame={(same) => change({ same })}
              onOwn={() => change({ cols: [], pin: [] })}
            />
            <span className={classes.total} role="status">
              {head === undefined ? '' : countText(head.total, view.run.length)}
            </span>
          </div>
          {error !== null && head !== undefined && (
            <p className={classes.old} role="alert">
              {error.message} What you see is older.{' '}
              <Button size="compact-xs" variant="default" onClick={again}>
                Try again
              </Button>
            </p>
          )}
          {head === undefined && error === null && (
            <div className={classes.coming}>
              <Skeleton label="Loading runs" heightPx={400} />
            </div>
          )}
          {head === undefined && error !== null && (
            <StatePage
              isAlert
              icon={<IconPlugConnectedX size={32} stroke={1.5} />}
              title="The runs could not be asked for"
              actions={<Button onClick={again}>Try again</Button>}
            >
              <p>{error.message}</p>
            </StatePage>
          )}
          {head !== undefined && head.total === 0 && (
            <StatePage
              icon={view.bin ? <IconTrash size={32} stroke={1.5} /> : <IconFilterOff size={32} stroke={1.5} />}
              title={view.bin && view.q === '' ? 'The bin is empty' : 'No run is like that'}
              actions={
                view.q === '' && view.project.length === 0 ? undefined : (
                  <Button variant="default" onClick={() => change({ q: '', project: [] })}>
                    Show all runs
                  </Button>
                )
              }
            >
              {!(view.bin && view.q === '') && <p>The filter lets none through.</p>}
            </StatePage>
          )}
          {head !== undefined && head.total > 0 && (
            <SplitPane
              show={show}
              isOld={!isReadable || error !== null}
              split={view.split}
              onSplit={(split) => change({ split })}
              left={<TableSide {...{ view, change, columns, runRows, drawn, onOpen, onKeys, isGrouped }} />}
              right={<ChartsSide {...{ view, change, drawn, rows }} total={head.total} />}
            />
          )}
        </>
      )}
      {/* It offers to undo also where what it did left nothing to show. */}
      <BulkBar
        selected={view.run}
        isBin={view.bin}
        mayEdit={mayEdit}
        onClear={() => change({ run: [] })}
        dialog={dialog}
        onDialog={setDialog}
      />
    </div>
  );
}

function countText(total: number, selected: number): string {
  const runs = `${total.toLocaleString('en')} ${total === 1 ? 'run' : 'runs'}`;
  return selected === 0 ? runs : `${selected.toLocaleString('en')} of ${runs} selected`;
}

interface ProjectSwitchProps {
  readonly projects: readonly { readonly name: string; readonly runs: number }[];
  readonly chosen: readonly string[];
  readonly onChange: (projects: readonly string[]) => void;
}

function ProjectSwitch({ projects, chosen, onChange }: ProjectSwitchProps): ReactElement {
  const names = [...new Set([...projects.map(({ name }) => name), ...chosen])];
  const counts = new Map(projects.map(({ name, runs }) => [name, runs]));
  return (
    <MultiSelect
      className={classes.project}
      size="sm"
      aria-label="Projects"
      placeholder={chosen.length === 0 ? 'All projects' : ''}
      searchable
      clearable
      data={names.map((name) => ({ value: name, label: counts.has(name) ? `${name} · ${counts.get(name)}` : name }))}
      value={[...chosen]}
      onChange={onChange}
    />
  );
}

/** What runs can be grouped by: their groups and projects, and each of their parameters and tags. */
function GroupBy({ by, onChange }: { readonly by: string; readonly onChange: (by: string) => void }): ReactElement {
  const names = useQuery(filterNamesQuery).data;
  const facts = ['group', 'project', 'status', 'user', 'source', 'host'].map((fact) => ({ value: fact, label: fact }));
  const params = (names?.params ?? []).map((name) => ({ value: fieldText('params', name), label: name }));
  const tags = (names?.tags ?? []).map((name) => ({ value: fieldText('tags', name), label: name }));
  const known = [...facts, ...params, ...tags].some(({ value }) => value === by);
  return (
    <Select
      className={classes.group}
      aria-label="Group by"
      placeholder="Group by"
      searchable
      // What is typed and found is what Enter takes.
      selectFirstOptionOnChange
      clearable
      limit={100}
      nothingFoundMessage="Nothing has that name"
      data={[
        { group: 'Runs', items: by === '' || known ? facts : [...facts, { value: by, label: by }] },
        { group: 'Parameters', items: params },
        { group: 'Tags', items: tags },
      ]}
      value={by === '' ? null : by}
      onChange={(next) => onChange(next ?? '')}
    />
  );
}

import { ActionIcon, Button, Tabs, Tooltip } from '@mantine/core';
import { IconArrowLeft, IconBooks } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { fieldNames } from '@vitrine/compute/field/field-names.ts';
import type { Panel } from '@vitrine/model/dashboard.ts';
import type { Frame } from '@vitrine/model/frame.ts';
import { useDebouncedValue } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import type { ReactElement } from 'react';
import { TopBar } from '../../app/top-bar.tsx';
import { fetchPanel } from '../../dashboard/panel-data.ts';
import { PanelFrame } from '../../dashboard/panel-frame.tsx';
import type { DashboardScope } from '../../dashboard/scope.ts';
import { VariablesBar } from '../../dashboard/variables/variables-bar.tsx';
import { LibraryStrip } from '../../library/library-strip.tsx';
import { MakeLibraryPanel } from '../../library/make-library-panel.tsx';
import { spreadContent } from '../../library/shared-content.ts';
import { StatePage } from '../../state/state-page.tsx';
import { panelRange } from '../../time/panel-range.ts';
import { act } from '../draft.ts';
import type { DraftState } from '../draft.ts';
import { EditBar } from '../edit-bar.tsx';
import { EditRange } from '../edit-range.tsx';
import { updatePanel } from '../operations.ts';
import { useEditScope } from '../use-edit-scope.ts';
import { useSourceChoices } from '../use-source-choices.ts';
import { WithDraft } from '../with-draft.tsx';
import { FrameTables } from './frame-tables.tsx';
import { OptionsPane } from './options-pane.tsx';
import classes from './panel-editor.module.css';
import { QueriesTab } from './queries-tab.tsx';
import { TransformationsTab } from './transformations-tab.tsx';

/** `/d/:uid/edit/:panel`: one panel with everything that makes it, and how it looks with that. */
export function PanelEditorPage(): ReactElement {
  const { uid = '', panel = '' } = useParams({ strict: false });
  return (
    <WithDraft key={uid} uid={uid}>
      {(draft) => {
        const found = draft.history.now.panels.find(({ id }) => String(id) === panel);
        return found === undefined ? <MissingPanel uid={uid} panel={panel} /> : <PanelEditor {...{ uid, draft }} panel={found} />;
      }}
    </WithDraft>
  );
}

/** Typing is asked for when it pauses. */
const PAUSE_MS = 350;
const LOOK_WIDTH_PX = 600;

interface PanelEditorProps {
  readonly uid: string;
  readonly draft: DraftState;
  readonly panel: Panel;
}

function PanelEditor({ uid, draft, panel }: PanelEditorProps): ReactElement {
  const dashboard = draft.history.now;
  const { scope, timeZone, problem, change } = useEditScope(draft);
  const sources = useSourceChoices();
  const [asked] = useDebouncedValue(panel, PAUSE_MS);
  const { variables } = dashboard;
  const tried = useMemo(() => ({ panel: asked, variables }), [asked, variables]);
  const names = useMemo(() => variables.map(({ name }) => name), [variables]);
  // What is drawn follows each change of look at once, what is asked for only a pause.
  const shown = useMemo(
    (): Panel => ({ ...panel, queries: asked.queries, queryOptions: asked.queryOptions, transformations: asked.transformations }),
    [panel, asked],
  );
  const all = useLook(scope, tried, undefined);
  const before = useLook(scope, tried, 0);
  const fields = useMemo(() => namesOf(all.frames), [all.frames]);
  const inputs = useMemo(() => namesOf(before.frames), [before.frames]);
  const set = (update: (now: Panel) => Panel, step?: string) =>
    act(
      uid,
      (now) => spreadContent(updatePanel(now, panel.id, update), panel.id),
      step === undefined ? undefined : `${panel.id} ${step}`,
    );
  const [isSharing, setIsSharing] = useState(false);
  const { libraryPanel } = panel;
  return (
    <div className={classes.page}>
      <TopBar
        crumbs={[
          { label: 'Dashboards', to: '/dashboards' },
          { label: dashboard.title, to: `/d/${uid}/edit` },
          { label: panel.title || `Panel ${panel.id}` },
        ]}
      >
        <EditRange {...{ scope, timeZone, problem, change }} />
        {libraryPanel === undefined && (
          <Tooltip label="Make it a library panel">
            <ActionIcon variant="default" aria-label="Make it a library panel" onClick={() => setIsSharing(true)}>
              <IconBooks size={16} />
            </ActionIcon>
          </Tooltip>
        )}
        <EditBar uid={uid} draft={draft} />
        <Button component={Link} to={`/d/${uid}/edit`} variant="default" leftSection={<IconArrowLeft size={15} />}>
          Back
        </Button>
      </TopBar>
      <VariablesBar scope={scope} />
      {libraryPanel !== undefined && (
        <LibraryStrip
          here={uid}
          libraryPanel={libraryPanel}
          onUnlink={() => set((now) => ({ ...now, libraryPanel: undefined }))}
        />
      )}
      {isSharing && (
        <MakeLibraryPanel
          panel={panel}
          folder={draft.meta.folder?.uid ?? ''}
          onMade={(made) => set((now) => ({ ...now, libraryPanel: made }))}
          onClose={() => setIsSharing(false)}
        />
      )}
      <div className={classes.editor}>
        <div className={classes.left}>
          <div className={classes.preview}>
            <PanelFrame panel={shown} scope={scope} draft={tried} isBare isFull />
          </div>
          <div className={classes.below}>
            <Tabs defaultValue="queries" keepMounted={false}>
              <Tabs.List mb={8}>
                <Tabs.Tab value="queries">Queries ({panel.queries.length})</Tabs.Tab>
                <Tabs.Tab value="transformations">Transformations ({panel.transformations.length})</Tabs.Tab>
                <Tabs.Tab value="data">Data</Tabs.Tab>
              </Tabs.List>
              <Tabs.Panel value="queries">
                <QueriesTab
                  panel={panel}
                  {...{ sources }}
                  variables={names}
                  problems={all.problems}
                  onChange={set}
                  onRun={() => scope.pulse.all(true)}
                />
              </Tabs.Panel>
              <Tabs.Panel value="transformations">
                <TransformationsTab
                  transformations={panel.transformations}
                  fields={inputs}
                  renderData={(after) => <Look {...{ scope, timeZone }} draft={tried} after={after} />}
                  onChange={set}
                />
              </Tabs.Panel>
              <Tabs.Panel value="data">
                <FrameTables frames={all.frames} problem={all.problem} timeZone={timeZone} />
              </Tabs.Panel>
            </Tabs>
          </div>
        </div>
        <aside className={classes.right} aria-label="Options of the panel">
          <OptionsPane panel={panel} fields={fields} variables={names} onChange={set} />
        </aside>
      </div>
    </div>
  );
}

function Look(props: {
  readonly scope: DashboardScope;
  readonly draft: { readonly panel: Panel; readonly variables: DraftState['history']['now']['variables'] };
  readonly after: number;
  readonly timeZone: string;
}): ReactElement {
  const { frames, problem } = useLook(props.scope, props.draft, props.after);
  return <FrameTables frames={frames} problem={problem} timeZone={props.timeZone} />;
}

interface Looked {
  readonly frames: readonly Frame[];
  /** Why there is nothing, where that is so. */
  readonly problem: string | undefined;
  /** Sentences by the letter of the query that they are about. */
  readonly problems: ReadonlyMap<string, string>;
}

/** What a panel's queries answer after so many of its transformations; all of them where `after` is undefined. */
function useLook(
  scope: DashboardScope,
  draft: { readonly panel: Panel; readonly variables: DraftState['history']['now']['variables'] },
  after: number | undefined,
): Looked {
  const { panel } = draft;
  const { range, variables } = scope;
  const more = { ...variables.askOf(panel, {}), draft: after === undefined ? draft : { ...draft, transformations: after } };
  const { data, error } = useQuery({
    queryKey: ['look', scope.uid, panel.id, more, range.text, range.timeZone],
    enabled: panel.queries.length > 0,
    retry: false,
    queryFn: async ({ signal }) => {
      const page = range.read();
      const shown = panelRange(page, panel.queryOptions, range);
      const asked = { dashboard: scope.uid, panel: panel.id, range: page, shown, timeZone: range.timeZone, more };
      return (await fetchPanel({ ...asked, widthPx: LOOK_WIDTH_PX, known: undefined, signal })).data;
    },
  });
  return useMemo(() => {
    const problems = new Map<string, string>();
    const [only] = panel.queries;
    if (error !== null && panel.queries.length === 1 && only !== undefined) problems.set(only.refId, error.message);
    for (const { level, text } of data?.notices ?? []) {
      const refId = /^Query (\w+): /.exec(text)?.[1];
      if (level === 'error' && refId !== undefined) problems.set(refId, text);
    }
    return { frames: data?.frames ?? [], problem: error?.message, problems };
  }, [data, error, panel.queries]);
}

function namesOf(frames: readonly Frame[]): readonly string[] {
  return [...new Set(fieldNames(frames).flat())];
}

function MissingPanel({ uid, panel }: { readonly uid: string; readonly panel: string }): ReactElement {
  return (
    <>
      <TopBar crumbs={[{ label: 'Dashboards', to: '/dashboards' }, { label: uid, to: `/d/${uid}/edit` }, { label: panel }]} />
      <StatePage
        icon={null}
        title={`This dashboard has no panel ${panel}`}
        actions={
          <Button component={Link} to={`/d/${uid}/edit`} variant="default" leftSection={<IconArrowLeft size={16} />}>
            Back to the dashboard
          </Button>
        }
      >
        <p>It may have been removed, or never saved.</p>
      </StatePage>
    </>
  );
}

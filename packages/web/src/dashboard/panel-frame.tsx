import { Button, HoverCard, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconChartDots, IconClockPlay, IconInfoCircle, IconLock, IconZoomReset } from '@tabler/icons-react';
import type { TimeRange } from '@vitrine/compute/time.ts';
import type { PanelDraft, TopSeries } from '@vitrine/model/api.ts';
import { RUNS_SOURCE } from '@vitrine/model/dashboard.ts';
import type { Panel } from '@vitrine/model/dashboard.ts';
import type { Notice } from '@vitrine/model/frame.ts';
import type { VariableValues } from '@vitrine/model/variable.ts';
import { ZoomedXContext } from '@vitrine/plugins/panels/zoomed-x.ts';
import type { OwnZoom } from '@vitrine/plugins/panels/zoomed-x.ts';
import { lazy, memo, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import { useDelayed } from '../state/use-delayed.ts';
import { describeOverride, panelRange } from '../time/panel-range.ts';
import type { InspectTab } from './inspect.tsx';
import { PanelLinks } from './links/panel-links.tsx';
import { PanelBody } from './panel-body.tsx';
import type { PanelAskMore } from './panel-data.ts';
import { PanelMenu } from './panel-menu.tsx';
import type { PanelState } from './panel-state.ts';
import classes from './panel-frame.module.css';
import type { DashboardScope } from './scope.ts';
import { NO_DATA, usePanelData } from './use-panel-data.ts';
import { useInView, useQueryWidth, useSize } from './use-size.ts';

const Inspect = lazy(async () => ({ default: (await import('./inspect.tsx')).Inspect }));

export interface PanelFrameProps {
  readonly panel: Panel;
  readonly scope: DashboardScope;
  /** Tells it from the other copies of a repeat; its id where absent. */
  readonly panelKey?: string;
  /** What the variables of its repeats stand for here. Should stay the same object. */
  readonly local?: VariableValues;
  /** Not to ask for anything yet: what it is shown for is on its way. */
  readonly isHeld?: boolean;
  /** It fills the page. */
  readonly isFull?: boolean;
  /** What is being tried out instead of what is saved. Should stay the same object while nothing changes. */
  readonly draft?: PanelDraft;
  /** Without a menu: the page around it has its own. */
  readonly isBare?: boolean;
  /** Where it is bare: whether it still tells where its time went. */
  readonly explains?: boolean;
}

const NOT_REPEATED: VariableValues = {};

/** Whether a panel in that state has nothing in the range; undefined where that is not known. */
const EMPTY: Readonly<Partial<Record<PanelState['kind'], boolean>>> = { empty: true, ready: false, stale: false };

/** A panel: its header, what it shows, and what it can say about itself. */
export const PanelFrame = memo(function PanelFrame(props: PanelFrameProps): ReactElement {
  const {
    panel,
    scope,
    panelKey = String(panel.id),
    local = NOT_REPEATED,
    isFull = false,
    isHeld = false,
    draft,
    isBare = false,
    explains = false,
  } = props;
  const { variables, emptiness, range } = scope;
  const frame = useRef<HTMLElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const size = useSize(body);
  const inView = useInView(frame);
  const widthPx = useQueryWidth(size.width);
  const [top, setTop] = useState<TopSeries | undefined>();
  const { queryOptions } = panel;
  const asks = panel.queries.length > 0;
  const [zoom, onZoom] = useState<OwnZoom>();
  const canAskZoomed = scope.frozen === undefined && hasRuns(draft?.panel ?? panel);
  const zoomed = useMemo(() => (canAskZoomed ? { zoom, onZoom } : undefined), [canAskZoomed, zoom]);
  const chosen = useChosen(panel, scope, local);
  const { state, isLoading, picture, retry } = usePanelData({
    dashboard: scope.uid,
    panel,
    panelKey,
    range,
    override: useCallback((shown: TimeRange) => panelRange(shown, queryOptions, range), [queryOptions, range]),
    more: useMemo(
      () => ({
        ...chosen,
        ...(top === undefined ? {} : { top }),
        ...(draft === undefined ? {} : { draft }),
        ...(zoomed?.zoom === undefined ? {} : { zoom: { from: zoomed.zoom.from, to: zoomed.zoom.to } }),
      }),
      [chosen, draft, top, zoomed],
    ),
    widthPx,
    inView: (inView || scope.drawsAll === true) && !isHeld,
    pulse: scope.pulse,
    // A snapshot says of every panel what it showed; of one that it does not name, nothing.
    frozen: scope.frozen === undefined || !asks ? undefined : (scope.frozen.get(panel.id) ?? NO_DATA),
  });
  // A snapshot has no other range to look at.
  const isEmpty = !asks || isLoading || scope.frozen !== undefined ? undefined : EMPTY[state.kind];
  useEffect(() => {
    emptiness.report(panelKey, isEmpty);
    return () => emptiness.report(panelKey, undefined);
  }, [emptiness, panelKey, isEmpty]);
  const [inspected, setInspected] = useState<InspectTab | undefined>();
  const [inspectedOnce, setInspectedOnce] = useState(false);
  const inspect = useCallback((tab: InspectTab): void => {
    setInspectedOnce(true);
    setInspected(tab);
  }, []);
  const hairline = useDelayed(isLoading);
  const titleId = `panel-${panelKey}-title`;
  const title = variables.text(panel.title, local);
  const description = variables.text(panel.description, local);
  const override = queryOptions.hideTimeOverride ? '' : describeOverride(queryOptions);

  return (
    <section
      ref={frame}
      className={classes.frame}
      data-bare={title === '' || undefined}
      data-transparent={panel.transparent || undefined}
      data-state={state.kind}
      data-panel={panelKey}
      aria-labelledby={title === '' ? undefined : titleId}
      aria-label={title === '' ? `Panel ${panelKey}` : undefined}
      aria-busy={isLoading}
    >
      <header className={classes.header}>
        <h2 id={titleId} className={classes.title} title={title}>
          {title}
        </h2>
        {description !== '' && <About title={title} text={description} />}
        {panel.links.length > 0 && <PanelLinks {...{ panel, scope, local, title }} />}
        {override !== '' && <span className={classes.override}>{override}</span>}
        <span className={classes.space} />
        {zoomed?.zoom !== undefined && <WholeX title={title} onClick={() => onZoom(undefined)} />}
        <Notices notices={useNotices(state, panel, scope)} />
        {isBare && explains && picture !== undefined && (
          <Tooltip label="Why slow?">
            <button
              type="button"
              className={classes.whole}
              aria-label={`Why slow? Where the time of ${title || 'this answer'} went`}
              onClick={() => inspect('trace')}
            >
              <IconClockPlay size={15} stroke={1.6} />
            </button>
          </Tooltip>
        )}
        {!isBare && (
          <PanelMenu {...{ panel, panelKey, title, description, local, scope, isFull, inspect, frame, top, onTop: setTop }} />
        )}
        {hairline && <div className={classes.hairline} />}
      </header>
      <div className={classes.content}>
        <div ref={body} className={classes.body}>
          <ZoomedXContext value={zoomed}>
            <PanelContent {...{ panel, scope, local, state, size, retry }} />
          </ZoomedXContext>
        </div>
      </div>
      {inspectedOnce && (
        <Suspense fallback={null}>
          <Inspect
            panel={panel}
            title={isBare && title === '' ? 'The answer' : title}
            picture={picture}
            timeZone={range.timeZone}
            tab={inspected}
            onTab={setInspected}
            onClose={() => setInspected(undefined)}
          />
        </Suspense>
      )}
    </section>
  );
});

/** What is chosen of what the panel's queries name, as the same object while it says the same. */
function useChosen(panel: Panel, scope: DashboardScope, local: VariableValues): PanelAskMore {
  const { variables } = scope;
  const ask = useMemo(() => variables.askOf(panel, local), [variables, panel, local]);
  const [kept, setKept] = useState(ask);
  const isSame = kept === ask || JSON.stringify(kept) === JSON.stringify(ask);
  if (!isSame) setKept(ask);
  return isSame ? kept : ask;
}

const About = memo(function About({ title, text }: { readonly title: string; readonly text: string }): ReactElement {
  return (
    <Tooltip label={text} multiline maw={320} events={{ hover: true, focus: true, touch: true }}>
      <button type="button" className={classes.about} aria-label={`About ${title}: ${text}`}>
        <IconInfoCircle size={14} stroke={1.6} />
      </button>
    </Tooltip>
  );
});

/** Whether it shows training runs, whose curves can be asked for over a stretch of x. */
function hasRuns({ queries }: Panel): boolean {
  return queries.some(({ source }) => source.type === RUNS_SOURCE.type);
}

/** The way back from a zoom, also where there is nothing left to double-click. */
function WholeX({ title, onClick }: { readonly title: string; readonly onClick: () => void }): ReactElement {
  return (
    <Tooltip label="Whole x">
      <button type="button" className={classes.whole} aria-label={`Whole x of ${title}`} onClick={onClick}>
        <IconZoomReset size={15} stroke={1.6} />
      </button>
    </Tooltip>
  );
}

interface PanelContentProps {
  readonly panel: Panel;
  readonly scope: DashboardScope;
  readonly local: VariableValues;
  readonly state: PanelState;
  readonly size: { readonly width: number; readonly height: number };
  readonly retry: () => void;
}

function PanelContent({ panel, scope, local, state, size, retry }: PanelContentProps): ReactElement | null {
  const skeleton = useDelayed(state.kind === 'loading');
  switch (state.kind) {
    case 'waiting':
    case 'loading':
      return skeleton ? <div className={classes.skeleton} role="status" aria-label="Loading" /> : null;
    case 'ready':
      return <PanelBody {...{ panel, scope, local, size }} data={state.data} />;
    case 'empty':
      return (
        <div className={classes.state}>
          <IconChartDots size={20} stroke={1.5} aria-hidden />
          <p>{panel.fieldConfig.defaults.noValue ?? 'Nothing in this range.'}</p>
        </div>
      );
    case 'forbidden':
      return (
        <div className={classes.state}>
          <IconLock size={20} stroke={1.5} aria-hidden />
          <p>{state.sentence}</p>
        </div>
      );
    case 'stale':
      return (
        <div className={classes.last} inert>
          <PanelBody {...{ panel, scope, local, size }} data={state.last} />
        </div>
      );
    case 'failed':
      return (
        <>
          {state.last !== undefined && (
            <div className={classes.last} inert>
              <PanelBody {...{ panel, scope, local, size }} data={state.last} />
            </div>
          )}
          <div className={state.last === undefined ? classes.state : classes.over} role="alert">
            <p>
              <IconAlertTriangle size={15} stroke={1.8} aria-hidden /> {state.sentence}
            </p>
            {state.canRetry && (
              <Button size="compact-sm" variant="default" onClick={retry}>
                Try again
              </Button>
            )}
          </div>
        </>
      );
  }
}

const NO_NOTICES: readonly Notice[] = [];

/** What its data say, and whether it still is what the library says. */
function useNotices(state: PanelState, { id, libraryPanel }: Panel, { lost }: DashboardScope): readonly Notice[] {
  const ofData = 'notices' in state ? state.notices : NO_NOTICES;
  const name = libraryPanel !== undefined && lost?.includes(id) === true ? libraryPanel.name || libraryPanel.uid : undefined;
  return useMemo(
    () =>
      name === undefined
        ? ofData
        : [
            { level: 'warning', text: `The library panel “${name}” is not there any more: this is what it said last.` },
            ...ofData,
          ],
    [name, ofData],
  );
}

/** What the reader should know about what they see. */
function Notices({ notices }: { readonly notices: readonly Notice[] }): ReactElement | null {
  const worst = useMemo(
    () => (['error', 'warning', 'info'] as const).find((level) => notices.some((n) => n.level === level)),
    [notices],
  );
  if (worst === undefined) return null;
  return (
    <HoverCard position="bottom-end" openDelay={100} withinPortal>
      <HoverCard.Target>
        <button
          type="button"
          className={classes.notice}
          data-level={worst}
          aria-label={notices.map(({ text }) => text).join(' ')}
        >
          {worst === 'info' ? <IconInfoCircle size={15} stroke={1.7} /> : <IconAlertTriangle size={15} stroke={1.7} />}
        </button>
      </HoverCard.Target>
      <HoverCard.Dropdown maw={400} p={12}>
        <ul className={classes.notices}>
          {notices.map(({ level, text }) => (
            <li key={text} data-level={level}>
              {text}
            </li>
          ))}
        </ul>
      </HoverCard.Dropdown>
    </HoverCard>
  );
}

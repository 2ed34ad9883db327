import { ActionIcon, Button, HoverCard, Menu, Tooltip } from '@mantine/core';
import {
  IconAlertTriangle,
  IconArrowsMaximize,
  IconArrowsMinimize,
  IconChartDots,
  IconClockPlay,
  IconCode,
  IconDots,
  IconInfoCircle,
  IconLink,
  IconLock,
  IconTable,
} from '@tabler/icons-react';
import type { Panel } from '@vitrine/model/dashboard.ts';
import type { Notice } from '@vitrine/model/frame.ts';
import { lazy, memo, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import { copyText } from '../state/copy-button.tsx';
import { useDelayed } from '../state/use-delayed.ts';
import type { InspectTab } from './inspect.tsx';
import { PanelBody } from './panel-body.tsx';
import type { PanelState } from './panel-state.ts';
import classes from './panel-frame.module.css';
import type { DashboardScope } from './scope.ts';
import { usePanelData } from './use-panel-data.ts';
import { useInView, useQueryWidth, useSize } from './use-size.ts';

const Inspect = lazy(async () => ({ default: (await import('./inspect.tsx')).Inspect }));

export interface PanelFrameProps {
  readonly panel: Panel;
  readonly scope: DashboardScope;
  /** It fills the page. */
  readonly isFull: boolean;
}

/** Whether a panel in that state has nothing in the range; undefined where that is not known. */
const EMPTY: Readonly<Partial<Record<PanelState['kind'], boolean>>> = { empty: true, ready: false, stale: false };

/** A panel: its header, what it shows, and what it can say about itself. */
export const PanelFrame = memo(function PanelFrame({ panel, scope, isFull }: PanelFrameProps): ReactElement {
  const frame = useRef<HTMLElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const size = useSize(body);
  const inView = useInView(frame);
  const widthPx = useQueryWidth(size.width);
  const { state, isLoading, picture, retry } = usePanelData({
    dashboard: scope.uid,
    panel,
    range: scope.range,
    widthPx,
    inView,
    pulse: scope.pulse,
  });
  const isEmpty = panel.queries.length === 0 || isLoading ? undefined : EMPTY[state.kind];
  const { emptiness } = scope;
  useEffect(() => {
    emptiness.report(panel.id, isEmpty);
    return () => emptiness.report(panel.id, undefined);
  }, [emptiness, panel.id, isEmpty]);
  const [inspected, setInspected] = useState<InspectTab | undefined>();
  const [inspectedOnce, setInspectedOnce] = useState(false);
  const inspect = useCallback((tab: InspectTab): void => {
    setInspectedOnce(true);
    setInspected(tab);
  }, []);
  const hairline = useDelayed(isLoading);
  const titleId = `panel-${panel.id}-title`;

  return (
    <section
      ref={frame}
      className={classes.frame}
      data-bare={panel.title === '' || undefined}
      data-state={state.kind}
      data-panel={panel.id}
      aria-labelledby={panel.title === '' ? undefined : titleId}
      aria-label={panel.title === '' ? `Panel ${panel.id}` : undefined}
      aria-busy={isLoading}
    >
      <header className={classes.header}>
        <h2 id={titleId} className={classes.title} title={panel.title}>
          {panel.title}
        </h2>
        {panel.description !== '' && <About title={panel.title} text={panel.description} />}
        <span className={classes.space} />
        <Notices notices={noticesOf(state)} />
        <PanelMenu {...{ panel, scope, isFull, inspect }} />
        {hairline && <div className={classes.hairline} />}
      </header>
      <div className={classes.content}>
        <div ref={body} className={classes.body}>
          <PanelContent {...{ panel, scope, state, size, retry }} />
        </div>
      </div>
      {inspectedOnce && (
        <Suspense fallback={null}>
          <Inspect
            panel={panel}
            picture={picture}
            timeZone={scope.range.timeZone}
            tab={inspected}
            onTab={setInspected}
            onClose={() => setInspected(undefined)}
          />
        </Suspense>
      )}
    </section>
  );
});

interface PanelMenuProps {
  readonly panel: Panel;
  readonly scope: DashboardScope;
  readonly isFull: boolean;
  readonly inspect: (tab: InspectTab) => void;
}

/** Apart and kept between renders: a live panel is drawn anew every second, and its menu has nothing new to say. */
const PanelMenu = memo(function PanelMenu({ panel, scope, isFull, inspect }: PanelMenuProps): ReactElement {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon size={24} className={classes.menu} aria-label={`Menu of ${panel.title || `panel ${panel.id}`}`}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {panel.description !== '' && <p className={classes.aboutItem}>{panel.description}</p>}
        <Menu.Item
          leftSection={isFull ? <IconArrowsMinimize size={15} /> : <IconArrowsMaximize size={15} />}
          onClick={() => scope.showFull(isFull ? undefined : panel.id)}
        >
          {isFull ? 'Back to all panels' : 'View full page'}
        </Menu.Item>
        <Menu.Item leftSection={<IconLink size={15} />} onClick={() => void copyText(scope.linkTo(panel.id))}>
          Copy link
        </Menu.Item>
        {panel.queries.length > 0 && (
          <>
            <Menu.Divider />
            <Menu.Item leftSection={<IconTable size={15} />} onClick={() => inspect('data')}>
              Data as a table
            </Menu.Item>
            <Menu.Item leftSection={<IconCode size={15} />} onClick={() => inspect('query')}>
              Query
            </Menu.Item>
            <Menu.Item leftSection={<IconClockPlay size={15} />} onClick={() => inspect('trace')}>
              Why slow?
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
});

const About = memo(function About({ title, text }: { readonly title: string; readonly text: string }): ReactElement {
  return (
    <Tooltip label={text} multiline maw={320} events={{ hover: true, focus: true, touch: true }}>
      <button type="button" className={classes.about} aria-label={`About ${title}: ${text}`}>
        <IconInfoCircle size={14} stroke={1.6} />
      </button>
    </Tooltip>
  );
});

interface PanelContentProps {
  readonly panel: Panel;
  readonly scope: DashboardScope;
  readonly state: PanelState;
  readonly size: { readonly width: number; readonly height: number };
  readonly retry: () => void;
}

function PanelContent({ panel, scope, state, size, retry }: PanelContentProps): ReactElement | null {
  const skeleton = useDelayed(state.kind === 'loading');
  switch (state.kind) {
    case 'waiting':
    case 'loading':
      return skeleton ? <div className={classes.skeleton} role="status" aria-label="Loading" /> : null;
    case 'ready':
      return <PanelBody {...{ panel, scope, size }} data={state.data} />;
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
          <PanelBody {...{ panel, scope, size }} data={state.last} />
        </div>
      );
    case 'failed':
      return (
        <>
          {state.last !== undefined && (
            <div className={classes.last} inert>
              <PanelBody {...{ panel, scope, size }} data={state.last} />
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

function noticesOf(state: PanelState): readonly Notice[] {
  return 'notices' in state ? state.notices : [];
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

import { Button, UnstyledButton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconArrowLeft, IconChevronDown, IconChevronRight, IconLayoutDashboard } from '@tabler/icons-react';
import { useMemo, useRef } from 'react';
import type { CSSProperties, KeyboardEvent, ReactElement } from 'react';
import { StatePage } from '../state/state-page.tsx';
import { findShown } from './arrange.ts';
import type { Arranged, ShownPanel, ShownSection } from './arrange.ts';
import classes from './dashboard-page.module.css';
import { layOut } from './layout.ts';
import type { Room } from './layout.ts';
import { PanelFrame } from './panel-frame.tsx';
import type { DashboardScope } from './scope.ts';

/** Which rows are folded and which tabs are open. */
export interface Unfolding {
  isFolded(section: ShownSection): boolean;
  fold(section: ShownSection): void;
  /** Of a set of tabs the one that is open. */
  openTab(tabs: readonly ShownSection[]): ShownSection | undefined;
  showTab(tab: ShownSection, tabs: readonly ShownSection[]): void;
}

export interface PanelGridProps {
  readonly arranged: Arranged;
  readonly scope: DashboardScope;
  readonly unfolding: Unfolding;
  /** Key of the panel that fills the page. */
  readonly full: string | undefined;
  readonly onBack: () => void;
}

/** The panels on their 24 columns, in rows and tabs, or one of them over the whole page. */
export function PanelGrid({ arranged, scope, unfolding, full, onBack }: PanelGridProps): ReactElement {
  const room = useRoom();
  if (full !== undefined) return <FullPanel {...{ arranged, scope, full, onBack }} />;
  if (isEmpty(arranged)) {
    return (
      <StatePage icon={<IconLayoutDashboard size={32} stroke={1.5} />} title="This dashboard has no panels yet">
        <p>A panel shows what a query answers. Add the first one under “Edit”, or write it in the dashboard’s JSON file.</p>
      </StatePage>
    );
  }
  return (
    <div className={classes.panels}>
      <Arrangement {...{ arranged, scope, unfolding, room }} level={0} />
    </div>
  );
}

function isEmpty(arranged: Arranged): boolean {
  return arranged.kind === 'grid' ? arranged.panels.length === 0 : arranged.sections.length === 0;
}

interface FullPanelProps {
  readonly arranged: Arranged;
  readonly scope: DashboardScope;
  readonly full: string;
  readonly onBack: () => void;
}

function FullPanel({ arranged, scope, full, onBack }: FullPanelProps): ReactElement {
  const shown = useMemo(() => findShown(arranged, full), [arranged, full]);
  const back = (
    <Button
      variant={shown === undefined ? 'default' : 'subtle'}
      color="gray"
      leftSection={<IconArrowLeft size={16} />}
      onClick={onBack}
    >
      All panels
    </Button>
  );
  if (shown === undefined) {
    return (
      <StatePage
        icon={<IconLayoutDashboard size={32} stroke={1.5} />}
        title={`This dashboard has no panel ${full}`}
        actions={back}
      >
        <p>The others are still there.</p>
      </StatePage>
    );
  }
  return (
    <div className={classes.full}>
      {!scope.isKiosk && <div>{back}</div>}
      <div className={classes.fullPanel}>
        <PanelFrame
          key={shown.key}
          panelKey={shown.key}
          panel={shown.panel}
          local={shown.local}
          scope={scope}
          isHeld={shown.isPending}
          isFull
        />
      </div>
    </div>
  );
}

interface ArrangementProps {
  readonly arranged: Arranged;
  readonly scope: DashboardScope;
  readonly unfolding: Unfolding;
  readonly room: Room;
  /** How deep it lies in others. */
  readonly level: number;
}

function Arrangement({ arranged, ...rest }: ArrangementProps): ReactElement {
  switch (arranged.kind) {
    case 'grid':
      return <Grid panels={arranged.panels} scope={rest.scope} room={rest.room} />;
    case 'rows':
      return (
        <>
          {arranged.sections.map((section) => (
            <Row key={section.key} section={section} {...rest} />
          ))}
        </>
      );
    case 'tabs':
      return <Tabs sections={arranged.sections} {...rest} />;
  }
}

interface GridProps {
  readonly panels: readonly ShownPanel[];
  readonly scope: DashboardScope;
  readonly room: Room;
}

function Grid({ panels, scope, room }: GridProps): ReactElement {
  const placed = useMemo(() => layOut(panels, room), [panels, room]);
  return (
    <div className={classes.grid}>
      {placed.map(({ shown: { key, panel, local, isPending }, grid }) => (
        <div
          key={key}
          className={classes.cell}
          // Through the CSSOM, which the CSP allows; a style attribute in HTML it would not.
          style={
            { gridColumn: `${grid.x + 1} / span ${grid.w}`, gridRow: `${grid.y + 1} / span ${grid.h}` } satisfies CSSProperties
          }
        >
          <PanelFrame panelKey={key} panel={panel} local={local} scope={scope} isHeld={isPending} />
        </div>
      ))}
    </div>
  );
}

type SectionsProps = Omit<ArrangementProps, 'arranged'>;

function Row({ section: shown, ...rest }: SectionsProps & { readonly section: ShownSection }): ReactElement {
  const { scope, unfolding, level } = rest;
  const { section, local, layout, panelCount } = shown;
  const inside = <Arrangement {...rest} arranged={layout} level={level + 1} />;
  if (section.hideHeader) return inside;
  const isFolded = unfolding.isFolded(shown);
  const title = scope.variables.text(section.title, local);
  return (
    <section className={classes.section} data-level={level} aria-label={title}>
      <h2 className={classes.row}>
        <UnstyledButton className={classes.rowButton} aria-expanded={!isFolded} onClick={() => unfolding.fold(shown)}>
          {isFolded ? <IconChevronRight size={16} aria-hidden /> : <IconChevronDown size={16} aria-hidden />}
          {title}
          {isFolded && <span className={classes.rowCount}>{panelCount === 1 ? '1 panel' : `${panelCount} panels`}</span>}
        </UnstyledButton>
      </h2>
      {/* What is folded is not there at all: it asks for nothing. */}
      {!isFolded && inside}
    </section>
  );
}

function Tabs({ sections, ...rest }: SectionsProps & { readonly sections: readonly ShownSection[] }): ReactElement {
  const { scope, unfolding, level } = rest;
  const list = useRef<HTMLDivElement>(null);
  const open = unfolding.openTab(sections);
  const at = open === undefined ? -1 : sections.indexOf(open);
  const onKey = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: sections.length - 1 };
    const to = steps[event.key];
    const next = to === undefined ? undefined : sections[(to + sections.length) % sections.length];
    if (next === undefined) return;
    event.preventDefault();
    unfolding.showTab(next, sections);
    list.current?.querySelector<HTMLElement>(`#tab-${next.key}`)?.focus();
  };
  return (
    <div className={classes.tabs}>
      <div ref={list} className={classes.tabList} role="tablist" tabIndex={-1} onKeyDown={onKey}>
        {sections.map((shown) => (
          <UnstyledButton
            key={shown.key}
            id={`tab-${shown.key}`}
            role="tab"
            className={classes.tab}
            aria-selected={shown === open}
            aria-controls={shown === open ? `tab-panel-${shown.key}` : undefined}
            tabIndex={shown === open ? 0 : -1}
            onClick={() => unfolding.showTab(shown, sections)}
          >
            {scope.variables.text(shown.section.title, shown.local) || `Tab ${sections.indexOf(shown) + 1}`}
          </UnstyledButton>
        ))}
      </div>
      {open !== undefined && (
        <div
          key={open.key}
          className={classes.tabPanel}
          role="tabpanel"
          id={`tab-panel-${open.key}`}
          aria-labelledby={`tab-${open.key}`}
        >
          <Arrangement {...rest} arranged={open.layout} level={level + 1} />
        </div>
      )}
    </div>
  );
}

function useRoom(): Room {
  const options = { getInitialValueInEffect: false };
  const narrow = useMediaQuery('(max-width: 599px)', false, options);
  const medium = useMediaQuery('(max-width: 1023px)', false, options);
  return narrow ? 'narrow' : medium ? 'medium' : 'wide';
}

import { Button } from '@mantine/core';
import { IconChevronRight, IconSearchOff } from '@tabler/icons-react';
import type { CurveRegion } from '@vitrine/ui/chart/region-marks.ts';
import { createCrosshair } from '@vitrine/ui/chart/crosshair.ts';
import type { LineChartContext } from '@vitrine/ui/chart/time-chart.tsx';
import { useThemeName } from '@vitrine/ui/theme/theme-provider.tsx';
import { useCallback, useMemo, useState } from 'react';
import type { ReactElement } from 'react';
import { readX } from '../runs-view.ts';
import type { ChartLook } from '../runs-view.ts';
import { chartSections, findCharts } from './chart-sections.ts';
import type { ChartSection } from './chart-sections.ts';
import classes from './curve-charts.module.css';
import { CurveCard } from './curve-card.tsx';

export interface CurveChartsProps {
  /** Ids of the runs whose curves are drawn, in the order of their lines. Should be kept between renders. */
  readonly runs: readonly string[];
  /** Names of all their metrics. Should be kept between renders. */
  readonly metrics: readonly string[];
  /** Names that are not among them, for there are too many. */
  readonly more?: number;
  /** What is searched for may yet be found among those. */
  readonly isSearching?: boolean;
  readonly look: ChartLook;
  readonly onLook: (change: Partial<ChartLook>, how?: 'push' | 'replace') => void;
  /** Runs of one value are one line, with a band. */
  readonly groupBy?: string | undefined;
  /** By the id of a run, or the title of a group. */
  readonly colorOf?: ((name: string) => string | undefined) | undefined;
  /** Findings, on the charts of their metrics. */
  readonly regions?: readonly (CurveRegion & { readonly metrics: readonly string[] })[] | undefined;
}

/** Charts of a section that are made before somebody wants to see the others. */
const FIRST_CHARTS = 24;

/** The charts of all metrics in foldable sections; those in view are asked for. One cursor and one zoom for all of them. */
export function CurveCharts(props: CurveChartsProps): ReactElement {
  const { runs, metrics, more = 0, isSearching = false, look, onLook, groupBy, colorOf, regions } = props;
  const { find, fold, from, to } = look;
  const theme = useThemeName();
  const [cursor] = useState(createCrosshair);
  const x = readX(look.x) ?? { kind: 'step' as const };
  const context = useMemo(
    (): LineChartContext => ({
      x: x.kind === 'metric' ? 'step' : x.kind,
      // Charts show all there is where they are told of no range.
      from: from ?? 0,
      to: to ?? 0,
      timeZone: 'browser',
      theme,
      cursor,
      zoomTo: (start, end) => onLook({ from: start, to: end }, 'push'),
      zoomOut: () => onLook({ from: undefined, to: undefined }, 'push'),
      annotations: [],
      replace: (text) => text,
    }),
    [x.kind, from, to, theme, cursor, onLook],
  );
  const sections = useMemo(() => chartSections(metrics), [metrics]);
  const found = useMemo(() => findCharts(sections, find), [sections, find]);
  const toggle = useCallback(
    (name: string) => onLook({ fold: fold.includes(name) ? fold.filter((each) => each !== name) : [...fold, name] }),
    [fold, onLook],
  );
  if (found.length === 0 && find !== '') {
    return isSearching ? (
      <p className={classes.more} role="status">
        Searching all metrics for “{find}”…
      </p>
    ) : (
      <div className={classes.nothing}>
        <IconSearchOff size={28} stroke={1.5} aria-hidden />
        <p>No metric of these runs has “{find}” in its name.</p>
        <Button variant="default" onClick={() => onLook({ find: '' })}>
          Show all charts
        </Button>
      </div>
    );
  }
  return (
    <div className={classes.sections} data-size={look.size}>
      {more > 0 && (
        <p className={classes.more}>
          {more.toLocaleString('en')} more metrics {find === '' ? 'have' : `like “${find}” have`} no chart here:{' '}
          {find === '' ? 'search for them by name.' : 'search for more of their names.'}
        </p>
      )}
      {found.map((section) => (
        <Section
          key={section.name}
          section={section}
          // What was searched for is not hidden.
          isFolded={find === '' && fold.includes(section.name)}
          onToggle={toggle}
          {...{ runs, look, context, groupBy, colorOf, regions }}
        />
      ))}
    </div>
  );
}

interface SectionProps extends Pick<CurveChartsProps, 'runs' | 'look' | 'groupBy' | 'colorOf' | 'regions'> {
  readonly section: ChartSection;
  readonly isFolded: boolean;
  readonly onToggle: (name: string) => void;
  readonly context: LineChartContext;
}

function Section({ section, isFolded, onToggle, ...rest }: SectionProps): ReactElement {
  const { name, charts } = section;
  const [isWhole, setIsWhole] = useState(false);
  const shown = isWhole ? charts : charts.slice(0, FIRST_CHARTS);
  return (
    <section className={classes.section} aria-label={name}>
      <h2 className={classes.heading}>
        <button type="button" className={classes.toggle} aria-expanded={!isFolded} onClick={() => onToggle(name)}>
          <IconChevronRight size={16} className={classes.chevron} aria-hidden />
          {name}
          <span className={classes.count}>{charts.length}</span>
        </button>
      </h2>
      {!isFolded && (
        <div className={classes.grid}>
          {shown.map((plan) => (
            <CurveCard key={plan.title} plan={plan} {...rest} />
          ))}
        </div>
      )}
      {!isFolded && shown.length < charts.length && (
        <Button variant="default" onClick={() => setIsWhole(true)}>
          Show all {charts.length} charts of {name}
        </Button>
      )}
    </section>
  );
}

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, PointerEvent, ReactElement } from 'react';

import type { ThemeName } from '../theme/ink.ts';
import { sizedContext, usePixelRatio } from '../widget/use-pixel-ratio.ts';
import type { Places } from './graph-layout.ts';
import type { GraphEdge, GraphModel, GraphPick, LinksOf } from './graph-model.ts';
import classes from './graph-view.module.css';
import { fit, neighbourTowards, pickAt, reveal, zoomAbout } from './graph-view-port.ts';
import type { ViewPort } from './graph-view-port.ts';
import { paintGraph } from './paint-graph.ts';

export interface GraphViewProps {
  readonly label: string;
  readonly model: GraphModel;
  readonly places: Places;
  readonly bends: Float64Array;
  readonly width: number;
  readonly height: number;
  readonly theme: ThemeName;
  /** cooperative: the wheel zooms with ctrl or ⌘ only, and else scrolls the page. */
  readonly zoomMode: 'cooperative' | 'greedy';
  readonly linksOf: LinksOf;
}

const BAR = 30;
const LEGEND = 22;
const DIRECTIONS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const MOST_SPOKEN = 200;
/** Less than this is a click. */
const DRAG_FROM = 4;

/** A graph that can be moved, zoomed, searched, pointed at, and walked along its edges with the arrow keys. */
export function GraphView(props: GraphViewProps): ReactElement {
  const { label, model, places, bends, width, theme } = props;
  const { nodes, edges, legend } = model;
  const canvas = useRef<HTMLCanvasElement>(null);
  const ratio = usePixelRatio();
  const [moved, setMoved] = useState<ViewPort>();
  const [picked, setPicked] = useState<GraphPick>();
  const [hovered, setHovered] = useState<GraphPick>();
  const [search, setSearch] = useState('');
  const legendHeight = legend.length > 0 && props.height > 140 ? LEGEND : 0;
  const height = Math.max(20, props.height - BAR - legendHeight);
  const fitted = useMemo(() => fit(places, width, height), [places, width, height]);
  const view = moved ?? fitted;
  const words = search.trim().toLowerCase();
  const found = useMemo(
    () =>
      words === ''
        ? undefined
        : new Set(
            nodes.flatMap(({ title, subTitle, id }, at) =>
              `${title} ${subTitle} ${id}`.toLowerCase().includes(words) ? [at] : [],
            ),
          ),
    [nodes, words],
  );
  const isThere = ({ kind, index }: GraphPick) => index < (kind === 'node' ? nodes : edges).length;
  const chosen = picked !== undefined && isThere(picked) ? picked : undefined;
  const pointed = hovered !== undefined && isThere(hovered) ? hovered : undefined;

  useLayoutEffect(() => {
    const ctx = sizedContext(canvas.current!, width, height, ratio);
    if (ctx === undefined) return;
    paintGraph(ctx, { model, places, bends, view, width, height, theme, picked: chosen, hovered: pointed, found });
  }, [model, places, bends, view, width, height, theme, chosen, pointed, found, ratio]);

  useEffect(() => {
    const element = canvas.current!;
    const onWheel = (event: WheelEvent): void => {
      if (props.zoomMode === 'cooperative' && !event.ctrlKey && !event.metaKey) return;
      // The page would zoom its range.
      event.preventDefault();
      event.stopPropagation();
      const { left, top } = element.getBoundingClientRect();
      const factor = Math.exp(-Math.max(-100, Math.min(100, event.deltaY)) / 300);
      setMoved((now) => zoomAbout(now ?? fitted, factor, event.clientX - left, event.clientY - top));
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [props.zoomMode, fitted]);

  const drag = useRef<{ x: number; y: number; view: ViewPort; far: boolean }>(undefined);
  const at = (event: PointerEvent) => {
    const { left, top } = canvas.current!.getBoundingClientRect();
    return pickAt(model, places, bends, view, event.clientX - left, event.clientY - top);
  };
  const onPointerMove = (event: PointerEvent) => {
    const from = drag.current;
    if (from === undefined) {
      const next = at(event);
      if (next?.kind !== hovered?.kind || next?.index !== hovered?.index) setHovered(next);
      return;
    }
    const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
    from.far ||= Math.hypot(dx, dy) >= DRAG_FROM;
    if (from.far) setMoved({ ...from.view, x: from.view.x + dx, y: from.view.y + dy });
  };
  const zoom = (factor: number) => setMoved(zoomAbout(view, factor, width / 2, height / 2));
  const goTo = (node: number) => {
    setPicked({ kind: 'node', index: node });
    setMoved(reveal(view, places.x[node]!, places.y[node]!, width, height));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const direction = DIRECTIONS[event.key];
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    if (direction !== undefined && nodes.length > 0) {
      event.preventDefault();
      const from = chosen?.kind === 'node' ? chosen.index : chosen === undefined ? undefined : edges[chosen.index]!.source;
      const next = from === undefined ? 0 : neighbourTowards(model, places, from, ...direction);
      if (next !== undefined) goTo(next);
    } else if (event.key === 'Escape' && chosen !== undefined) {
      event.stopPropagation();
      setPicked(undefined);
    } else if (event.key === '+' || event.key === '=') zoom(1.3);
    else if (event.key === '-') zoom(1 / 1.3);
    else if (event.key === '0') setMoved(undefined);
    else if (event.key === 'Home' && nodes.length > 0) goTo(0);
  };
  const firstFound = found?.values().next().value;
  return (
    <div className={classes.graph} style={{ width, height: props.height }}>
      <div className={classes.bar} style={{ height: BAR }}>
        <input
          type="search"
          className={classes.search}
          value={search}
          placeholder="Search nodes"
          aria-label="Search nodes"
          onChange={(event) => setSearch(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && firstFound !== undefined) goTo(firstFound);
          }}
        />
        {found !== undefined && (
          <span className={classes.count} role="status">
            {found.size} of {nodes.length}
          </span>
        )}
        <span className={classes.tools}>
          <button type="button" aria-label="Zoom in" onClick={() => zoom(1.3)}>
            +
          </button>
          <button type="button" aria-label="Zoom out" onClick={() => zoom(1 / 1.3)}>
            −
          </button>
          <button type="button" aria-label="Show all" title="Show all" onClick={() => setMoved(undefined)}>
            ⤢
          </button>
        </span>
      </div>
      <div
        className={classes.stage}
        style={{ width, height, cursor: pointed === undefined ? 'grab' : 'pointer' }}
        tabIndex={0}
        role="group"
        aria-roledescription="graph"
        aria-label={`${label}: ${nodes.length} nodes, ${edges.length} edges. Arrow keys go along edges, plus and minus zoom.`}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          drag.current = { x: event.clientX, y: event.clientY, view, far: false };
          event.currentTarget.setPointerCapture?.(event.pointerId);
        }}
        onPointerMove={onPointerMove}
        onPointerUp={(event) => {
          if (drag.current?.far === false) setPicked(at(event));
          drag.current = undefined;
        }}
        onPointerCancel={() => (drag.current = undefined)}
        onPointerLeave={() => setHovered(undefined)}
      >
        <canvas ref={canvas} className={classes.canvas} style={{ width, height }} />
      </div>
      {legendHeight > 0 && (
        <ul className={classes.legend} style={{ height: legendHeight }} aria-label="Arcs">
          {legend.map(({ name, color }) => (
            <li key={name}>
              <i style={{ background: color }} />
              {name}
            </li>
          ))}
        </ul>
      )}
      {chosen !== undefined && (
        <Details model={model} pick={chosen} linksOf={props.linksOf} bottom={legendHeight} onClose={() => setPicked(undefined)} />
      )}
      <div className={classes.srOnly}>
        <div aria-live="polite">{chosen?.kind === 'node' && nodes[chosen.index]!.title}</div>
        <SpokenGraph model={model} />
      </div>
    </div>
  );
}

interface DetailsProps {
  readonly model: GraphModel;
  readonly pick: GraphPick;
  readonly linksOf: LinksOf;
  readonly bottom: number;
  readonly onClose: () => void;
}

function Details({ model, pick, linksOf, bottom, onClose }: DetailsProps): ReactElement {
  const { nodes, edges } = model;
  const one = pick.kind === 'node' ? nodes[pick.index]! : edges[pick.index]!;
  const title = pick.kind === 'node' ? nodes[pick.index]!.title : edgeName(model, edges[pick.index]!);
  const subTitle = pick.kind === 'node' ? nodes[pick.index]!.subTitle : '';
  const links = linksOf(pick);
  return (
    <aside className={classes.details} style={{ bottom: bottom + 4 }} aria-label={`Details of ${title}`}>
      <header>
        <strong>{title}</strong>
        <button type="button" aria-label="Close details" onClick={onClose}>
          ✕
        </button>
      </header>
      {subTitle !== '' && <p>{subTitle}</p>}
      <dl>
        {one.details.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {links.map(({ title: text, href, targetBlank }) =>
        href === undefined ? (
          <span key={text}>{text}</span>
        ) : (
          <a key={`${text} ${href}`} href={href} {...(targetBlank ? { target: '_blank', rel: 'noopener noreferrer' } : {})}>
            {text}
          </a>
        ),
      )}
    </aside>
  );
}

function edgeName({ nodes }: GraphModel, { source, target }: GraphEdge): string {
  return `${nodes[source]!.title} → ${nodes[target]!.title}`;
}

/** The graph in words. */
function SpokenGraph({ model }: { readonly model: GraphModel }): ReactElement {
  const { nodes, edges } = model;
  const leadsTo = useMemo(() => Map.groupBy(edges, ({ source }) => source), [edges]);
  return (
    <ul>
      {nodes.slice(0, MOST_SPOKEN).map(({ id, title, subTitle, mainStat, secondaryStat }, index) => (
        <li key={id}>
          {[title, subTitle, mainStat, secondaryStat].filter((part) => part !== '').join(', ')}
          {leadsTo.has(index) &&
            ` leads to ${leadsTo
              .get(index)!
              .slice(0, MOST_SPOKEN)
              .map(({ target, mainStat: stat }) => `${nodes[target]!.title}${stat === '' ? '' : ` (${stat})`}`)
              .join(', ')}`}
        </li>
      ))}
      {nodes.length > MOST_SPOKEN && <li>and {nodes.length - MOST_SPOKEN} more</li>}
    </ul>
  );
}

import { applyFieldConfig } from '@vitrine/compute/field/apply-field-config.ts';
import type { Panel } from '@vitrine/model/dashboard.ts';
import type { Notice, PanelData } from '@vitrine/model/frame.ts';
import type { VariableValues } from '@vitrine/model/variable.ts';
import { panelOf } from '@vitrine/plugins/panels/web.ts';
import { useThemeName } from '@vitrine/ui/theme/theme-provider.tsx';
import { Component, memo, Suspense, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { cutSentence } from '../plugins/cut-sentence.ts';
import { nameOf, panelKindState, usePagePlugins } from '../plugins/page-plugins.ts';
import type { KindState } from '../plugins/page-plugins.ts';
import { useDelayed } from '../state/use-delayed.ts';
import { byThePixel } from '../time/page-range.ts';
import { panelRange } from '../time/panel-range.ts';
import { panelContext } from './panel-context.ts';
import classes from './panel-frame.module.css';
import type { DashboardScope } from './scope.ts';

export interface PanelBodyProps {
  readonly panel: Panel;
  /** What the variables of its repeats stand for here. */
  readonly local?: VariableValues;
  readonly scope: DashboardScope;
  readonly data: PanelData;
  readonly size: { readonly width: number; readonly height: number };
}

/** Hands the data to the plugin that draws it. */
export const PanelBody = memo(function PanelBody(props: PanelBodyProps): ReactElement | null {
  const { panel, scope, data, size } = props;
  const plugins = usePagePlugins();
  const Drawing = panelOf(panel.kind);
  const box = useRef<HTMLDivElement>(null);
  useWheelZoom(box, scope);
  const kind = panelKindState(plugins, panel.kind);
  if (Drawing === undefined) return <Undrawn kind={panel.kind} state={kind} />;
  if (size.width === 0 || size.height === 0) return <div ref={box} />;
  return (
    <div ref={box} className={classes.body}>
      <PanelFault
        key={`${panel.kind} ${JSON.stringify(panel.options)}`}
        by={kind.state === 'there' ? nameOf(kind.plugin) : undefined}
        data={data}
      >
        <Suspense fallback={null}>
          <Drawn {...props} Drawing={Drawing} />
        </Suspense>
      </PanelFault>
    </div>
  );
});

const NOT_REPEATED: VariableValues = {};

type Drawing = NonNullable<ReturnType<typeof panelOf>>;

function Drawn(props: PanelBodyProps & { readonly Drawing: Drawing }): ReactElement {
  const { panel, local = NOT_REPEATED, scope, data, size, Drawing } = props;
  const { fieldConfig, queryOptions } = panel;
  const { range, variables } = scope;
  const theme = useThemeName();
  const byPixel = useMemo(() => byThePixel(range, size.width), [range, size.width]);
  const ofPage = useSyncExternalStore(range.subscribe, byPixel);
  const shown = useMemo(() => panelRange(ofPage, queryOptions, range), [ofPage, queryOptions, range]);
  const context = useMemo(() => panelContext(scope, panel, local, shown, theme), [scope, panel, local, shown, theme]);
  const complete = useMemo((): PanelData => {
    const problems: Notice[] = [];
    const frames = applyFieldConfig(data.frames, fieldConfig, {
      replace: (text, about) => variables.replace(text, local, about),
      onProblem: (text) => problems.push({ level: 'warning', text }),
    });
    return { ...data, frames, notices: [...data.notices, ...problems] };
  }, [data, fieldConfig, local, variables]);
  return (
    <Drawing
      options={panel.options}
      field={fieldConfig.defaults}
      data={complete}
      width={size.width}
      height={size.height}
      title={variables.text(panel.title, local)}
      context={context}
    />
  );
}

/** A wheel notch. */
const WHEEL_FACTOR = 1.2;

/** ⌘ or Ctrl and the wheel zoom about the pointer. */
function useWheelZoom(box: { readonly current: HTMLElement | null }, scope: DashboardScope): void {
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const onWheel = (event: WheelEvent): void => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const { left, width } = element.getBoundingClientRect();
      const { fromMs, toMs } = scope.range.get();
      // The crosshair knows where the pointer is between the axes; the box only knows about.
      const anchor = scope.cursor.x === undefined ? (event.clientX - left) / width : (scope.cursor.x - fromMs) / (toMs - fromMs);
      scope.zoomBy(event.deltaY > 0 ? WHEEL_FACTOR : 1 / WHEEL_FACTOR, anchor);
    };
    // Not passive: the browser would zoom the page.
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [box, scope]);
}

function Sentence({ text }: { readonly text: string }): ReactElement {
  return (
    <div className={classes.state} role="alert">
      <p>{text}</p>
    </div>
  );
}

/** Why nothing is drawn of a kind that is not built in. */
function Undrawn({ kind, state }: { readonly kind: string; readonly state: KindState }): ReactElement | null {
  const isSlow = useDelayed(state.state === 'waiting');
  if (state.state === 'waiting') {
    return isSlow ? <div className={classes.skeleton} role="status" aria-label="Loading the plugin that draws it" /> : null;
  }
  const why =
    state.state === 'failed'
      ? state.sentence
      : `This Vitrine has no panels of the kind “${kind}”: they come from a plugin that it does not have. An admin installs one with “vitrine plugin add”.`;
  return <Sentence text={`${why} Its data is in the menu, as a table, and its settings are kept for export.`} />;
}

interface PanelFaultProps {
  /** The plugin that draws it, where it is not built in. */
  readonly by: string | undefined;
  /** Other data are another chance. */
  readonly data: PanelData;
  readonly children: ReactNode;
}

interface PanelFaultState {
  readonly sentence: string | undefined;
  /** Those that were to be drawn. */
  readonly data: PanelData;
}

/** A plugin that throws costs its panel, not the page. */
class PanelFault extends Component<PanelFaultProps, PanelFaultState> {
  override state: PanelFaultState = { sentence: undefined, data: this.props.data };

  static getDerivedStateFromError(thrown: unknown): { sentence: string } {
    return { sentence: cutSentence(thrown) };
  }

  static getDerivedStateFromProps({ data }: PanelFaultProps, state: PanelFaultState): PanelFaultState | null {
    return data === state.data ? null : { sentence: undefined, data };
  }

  override render(): ReactNode {
    const { sentence } = this.state;
    if (sentence === undefined) return this.props.children;
    const { by } = this.props;
    return <Sentence text={`This panel can’t be drawn${by === undefined ? '' : `. ${by} says`}: ${sentence}`} />;
  }
}

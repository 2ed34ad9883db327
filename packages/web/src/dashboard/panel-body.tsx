import type { Panel } from '@vitrine/model/dashboard.ts';
import type { PanelData } from '@vitrine/model/frame.ts';
import type { PanelContext, PanelWeb } from '@vitrine/plugins/contract.ts';
import { useThemeName } from '@vitrine/ui/theme/theme-provider.tsx';
import { Component, memo, Suspense, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { byThePixel } from '../time/page-range.ts';
import classes from './panel-frame.module.css';
import { panelOfKind } from './panel-kinds.ts';
import { sentenceOf } from './panel-state.ts';
import type { DashboardScope } from './scope.ts';

export interface PanelBodyProps {
  readonly panel: Panel;
  readonly scope: DashboardScope;
  readonly data: PanelData;
  readonly size: { readonly width: number; readonly height: number };
}

/** Hands the data to the plugin that draws it. */
export const PanelBody = memo(function PanelBody(props: PanelBodyProps): ReactElement | null {
  const { panel, scope, size } = props;
  const plugin = panelOfKind(panel.kind);
  const box = useRef<HTMLDivElement>(null);
  useWheelZoom(box, scope);
  if (plugin === undefined) {
    return <Sentence text={`This Vitrine has no panels of the kind "${panel.kind}". Its data is in the menu, as a table.`} />;
  }
  if (size.width === 0 || size.height === 0) return <div ref={box} />;
  return (
    <div ref={box} className={classes.body}>
      <PanelFault key={`${panel.kind} ${JSON.stringify(panel.options)}`}>
        <Suspense fallback={null}>
          <Drawn {...props} plugin={plugin} />
        </Suspense>
      </PanelFault>
    </div>
  );
});

function Drawn({ panel, scope, data, size, plugin }: PanelBodyProps & { readonly plugin: PanelWeb<unknown> }): ReactElement {
  const theme = useThemeName();
  const shown = useMemo(() => byThePixel(scope.range, size.width), [scope.range, size.width]);
  const range = useSyncExternalStore(scope.range.subscribe, shown);
  const options = useMemo(() => plugin.spec.parseOptions(panel.options), [plugin, panel.options]);
  const context = useMemo(
    (): PanelContext => ({
      x: scope.x,
      from: range.fromMs,
      to: range.toMs,
      timeZone: scope.range.timeZone,
      theme,
      cursor: scope.cursor,
      annotations: [],
      share: 'crosshair',
      replace: (text) => text,
      zoomTo: scope.zoomTo,
      zoomOut: scope.zoomOut,
    }),
    [scope, range, theme],
  );
  const { Component: Drawing } = plugin;
  return (
    <Drawing
      options={options}
      field={panel.fieldConfig.defaults}
      data={data}
      width={size.width}
      height={size.height}
      title={panel.title}
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

/** A plugin that throws costs its panel, not the page. */
class PanelFault extends Component<{ readonly children: ReactNode }, { readonly error: Error | undefined }> {
  override state: { readonly error: Error | undefined } = { error: undefined };

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error === undefined ? this.props.children : <Sentence text={`This panel can’t be drawn: ${sentenceOf(error)}`} />;
  }
}

/** For tests: draws one panel into an element as a page does. */
import { applyFieldConfig } from '@vitrine/compute/field/apply-field-config.ts';
import type { FieldSettings } from '@vitrine/model/field-config.ts';
import type { Frame, PanelData } from '@vitrine/model/frame.ts';
import { createCrosshair } from '@vitrine/ui/chart/crosshair.ts';
import { act, StrictMode, Suspense, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import type { Root } from 'react-dom/client';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';

import type { PanelContext } from '../contract.ts';
import { panelOf } from './web.ts';

export const panelContext: PanelContext = {
  x: 'time',
  from: 0,
  to: 3000,
  timeZone: 'UTC',
  theme: 'dark',
  cursor: createCrosshair(),
  annotations: [],
  share: 'crosshair',
  replace: (text) => text,
  zoomTo: vi.fn<PanelContext['zoomTo']>(),
  zoomOut: vi.fn<PanelContext['zoomOut']>(),
};

/** Tells that what stands beside it is drawn, its code included. */
function Told({ of: onDrawn }: { readonly of: () => void }): null {
  useEffect(onDrawn);
  return null;
}

function expectActs(expected: boolean): void {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = expected;
}

/** happy-dom draws nothing: a context that takes every call lets the charts run. */
function fakeCanvas(): void {
  const answer = { width: 10, data: new Uint8ClampedArray(4 * 4096 * 64), addColorStop() {} };
  const calls: ProxyHandler<CanvasRenderingContext2D> = { get: (target, name) => Reflect.get(target, name) ?? (() => answer) };
  const context = new Proxy({} as CanvasRenderingContext2D, calls);
  Object.defineProperty(HTMLCanvasElement.prototype, 'getContext', { value: () => context, configurable: true });
  vi.stubGlobal('Path2D', Object);
  expectActs(true);
}

interface DrawnPanel {
  readonly host: HTMLElement;
  /** Draws over what was drawn before in the same test; answers the text that stands there then. */
  show(
    kind: string,
    frames: readonly Frame[],
    settings?: FieldSettings,
    options?: unknown,
    within?: Partial<PanelContext> & { readonly width?: number; readonly height?: number },
  ): Promise<string>;
}

/** Tables for the ear follow what is drawn a moment later: lets that moment pass. */
export async function settle(): Promise<void> {
  await act(async () => vi.runOnlyPendingTimers());
}

/** One place on a page for the panels of a test file, emptied after each test. */
export function drawPanels(): DrawnPanel {
  let host: HTMLElement;
  let root: Root;
  let onFailure: (error: unknown) => void;
  beforeAll(fakeCanvas);
  afterAll(() => {
    expectActs(false);
    vi.unstubAllGlobals();
  });
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    host = document.createElement('div');
    document.body.append(host);
    root = createRoot(host, { onUncaughtError: (error) => onFailure(error) });
  });
  afterEach(() => {
    act(() => root.unmount());
    host.remove();
    vi.useRealTimers();
  });
  return {
    get host() {
      return host;
    },
    async show(kind, frames, settings = {}, options = {}, { width = 600, height = 320, ...within } = {}) {
      const Component = panelOf(kind)!;
      const context = { ...panelContext, ...within };
      const complete = applyFieldConfig(frames, { defaults: settings, overrides: [] }, { replace: (text) => text });
      const data: PanelData = {
        frames: complete,
        notices: [],
        traces: [],
        fromMs: 0,
        toMs: 3000,
        stepMs: 1000,
        growable: true,
      };
      const draw = (onDrawn = () => {}) =>
        root.render(
          <StrictMode>
            <Suspense fallback="loading">
              <Component
                options={options}
                field={settings}
                data={data}
                width={width}
                height={height}
                title="Latency"
                context={context}
              />
              <Told of={onDrawn} />
            </Suspense>
          </StrictMode>,
        );
      // A panel's code may be on its way for longer than an act lasts.
      expectActs(false);
      try {
        await new Promise<void>((resolve, reject) => {
          onFailure = reject;
          draw(resolve);
        });
      } finally {
        expectActs(true);
      }
      await act(async () => draw());
      await settle();
      return host.textContent;
    },
  };
}

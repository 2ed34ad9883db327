/** For tests: draws one panel into an element as a page does. */
import { applyFieldConfig } from '@vitrine/compute/field/apply-field-config.ts';
import type { FieldSettings } from '@vitrine/model/field-config.ts';
import type { Frame, PanelData } from '@vitrine/model/frame.ts';
import { createCrosshair } from '@vitrine/ui/chart/crosshair.ts';
import { act, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { vi } from 'vitest';

import type { PanelContext } from '../contract.ts';
import { panels } from './web.ts';

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

/** happy-dom draws nothing: a context that takes every call lets the charts run. */
export function fakeCanvas(): void {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  const answer = { width: 10, data: new Uint8ClampedArray(4 * 4096 * 64), addColorStop() {} };
  const calls: ProxyHandler<CanvasRenderingContext2D> = { get: (target, name) => Reflect.get(target, name) ?? (() => answer) };
  const context = new Proxy({} as CanvasRenderingContext2D, calls);
  Object.defineProperty(HTMLCanvasElement.prototype, 'getContext', { value: () => context, configurable: true });
  vi.stubGlobal('Path2D', Object);
}

/** Machines that test may be busy. */
const PATIENCE_MS = 30_000;

export interface Drawn {
  readonly host: HTMLElement;
  show(
    kind: string,
    frames: readonly Frame[],
    settings?: FieldSettings,
    options?: unknown,
    within?: Partial<PanelContext> & { readonly width?: number; readonly height?: number },
  ): Promise<string>;
  end(): void;
}

export function drawnPanel(): Drawn {
  const host = document.createElement('div');
  document.body.append(host);
  const root = createRoot(host);
  return {
    host,
    async show(kind, frames, settings = {}, options = {}, { width = 600, height = 320, ...within } = {}) {
      const Component = panels.get(kind)!;
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
      const draw = () =>
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
            </Suspense>
          </StrictMode>,
        );
      // A panel's code may still be on its way.
      await vi.waitFor(async () => {
        await act(async () => draw());
        if (host.textContent === 'loading') throw new Error('still loading');
      }, PATIENCE_MS);
      return host.textContent;
    },
    end() {
      act(() => root.unmount());
      host.remove();
    },
  };
}

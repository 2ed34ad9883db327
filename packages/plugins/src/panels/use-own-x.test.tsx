// @vitest-environment happy-dom
import { act, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { expect, onTestFinished, test, vi } from 'vitest';

import type { PanelContext } from '../contract.ts';
import { panelContext } from './show-panel.tsx';
import { useOwnX } from './use-own-x.ts';
import { ZoomedXContext } from './zoomed-x.ts';
import type { OwnZoom } from './zoomed-x.ts';

interface Page {
  readonly context?: Partial<PanelContext>;
  readonly isPages?: boolean;
  /** Told of zooms, as a page that asks for what is zoomed into. */
  readonly onZoom?: (zoom: OwnZoom | undefined) => void;
}

/** Draws a panel over an x, and tells its context. */
function ownX({ context = {}, isPages = false, onZoom }: Page = {}) {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  const root = createRoot(document.createElement('div'));
  onTestFinished(() => {
    act(() => root.unmount());
    vi.unstubAllGlobals();
  });
  const page = { ...panelContext, ...context };
  let own: PanelContext = page;
  function Panel({ x }: { readonly x: string }) {
    own = useOwnX(page, isPages, x, undefined);
    return null;
  }
  function Asking({ x }: { readonly x: string }) {
    const [zoom, setZoom] = useState<OwnZoom>();
    const asked = useMemo(
      () => ({
        zoom,
        onZoom(next: OwnZoom | undefined) {
          onZoom?.(next);
          setZoom(next);
        },
      }),
      [zoom],
    );
    return (
      <ZoomedXContext value={onZoom === undefined ? undefined : asked}>
        <Panel x={x} />
      </ZoomedXContext>
    );
  }
  return {
    draw(x: string): readonly number[] {
      act(() => root.render(<Asking x={x} />));
      return [own.from, own.to];
    },
    own: () => own,
  };
}

test('a zoom is of the x that it was made in, and gone with another', () => {
  const { draw, own } = ownX();
  expect(draw('step')).toEqual([0, 0]);
  act(() => own().zoomTo(1_000, 2_000));
  expect(draw('step')).toEqual([1_000, 2_000]);
  expect(draw('epoch')).toEqual([0, 0]);
  act(() => own().zoomTo(1, 2));
  expect(draw('epoch')).toEqual([1, 2]);
  act(() => own().zoomOut());
  expect(draw('epoch')).toEqual([0, 0]);
});

test('whoever can ask for a stretch of x is told of each, and that it is gone with its x', () => {
  const told: (OwnZoom | undefined)[] = [];
  const { draw, own } = ownX({ onZoom: (zoom) => told.push(zoom) });
  draw('step');
  act(() => own().zoomTo(1_000, 2_000));
  expect(draw('step')).toEqual([1_000, 2_000]);
  // While nothing is drawn its x is not known.
  draw('');
  expect(draw('step')).toEqual([1_000, 2_000]);
  draw('epoch');
  expect(told).toEqual([{ x: 'step', from: 1_000, to: 2_000 }, undefined]);
});

test('on a page over steps a panel has the crosshair of the page, but not its range, which is one of time', () => {
  const { draw, own } = ownX({ context: { x: 'step', from: 1_700_000_000_000, to: 1_700_000_600_000 }, isPages: true });
  expect(draw('step')).toEqual([0, 0]);
  expect(own().cursor).toBe(panelContext.cursor);
  act(() => own().zoomTo(5, 6));
  expect(draw('step')).toEqual([5, 6]);
  expect(panelContext.zoomTo).not.toHaveBeenCalled();
});

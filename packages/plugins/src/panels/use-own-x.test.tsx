// @vitest-environment happy-dom
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { expect, onTestFinished, test, vi } from 'vitest';

import type { PanelContext } from '../contract.ts';
import { panelContext } from './show-panel.tsx';
import { useOwnX } from './use-own-x.ts';

test('a zoom is of the x that it was made in, and gone with another', () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  const root = createRoot(document.createElement('div'));
  onTestFinished(() => {
    act(() => root.unmount());
    vi.unstubAllGlobals();
  });
  let own: PanelContext = panelContext;
  function Panel({ x }: { readonly x: string }) {
    own = useOwnX(panelContext, false, x, undefined);
    return null;
  }
  const draw = (x: string): readonly number[] => {
    act(() => root.render(<Panel x={x} />));
    return [own.from, own.to];
  };
  expect(draw('step')).toEqual([0, 0]);
  act(() => own.zoomTo(1_000, 2_000));
  expect(draw('step')).toEqual([1_000, 2_000]);
  expect(draw('epoch')).toEqual([0, 0]);
  act(() => own.zoomTo(1, 2));
  expect(draw('epoch')).toEqual([1, 2]);
  act(() => own.zoomOut());
  expect(draw('epoch')).toEqual([0, 0]);
});

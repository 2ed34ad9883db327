import { createCrosshair } from '@vitrine/ui/chart/crosshair.ts';
import type { ThemeName } from '@vitrine/ui/theme/ink.ts';
import { ThemeProvider } from '@vitrine/ui/theme/theme-provider.tsx';
import type { FieldOverride, FieldSettings } from '@vitrine/model/field-config.ts';
import type { PanelData } from '@vitrine/model/frame.ts';
import { applyFieldConfig } from '@vitrine/compute/field/apply-field-config.ts';
import { StrictMode, Suspense, useMemo, useState } from 'react';
import type { ReactElement } from 'react';
import { createRoot } from 'react-dom/client';

import './gallery.css';
import type { PanelContext } from '../src/contract.ts';
import { panelOf } from '../src/panels/web.ts';
import * as made from './data.ts';
import { dataPieces } from './data-pieces.ts';
import { askGallery, graphPieces } from './pieces-graphs.tsx';
import { crowdedPage, pieces } from './pieces.tsx';

const FIELD: FieldSettings = { unit: '' };
const completed = new Map<PanelData, PanelData>();

/** As the page does it. */
function complete(piece: Shown): PanelData {
  let data = completed.get(piece.data);
  if (data === undefined) {
    const config = { defaults: { ...FIELD, ...piece.field }, overrides: piece.overrides ?? [] };
    data = { ...piece.data, frames: applyFieldConfig(piece.data.frames, config, { replace: (text) => text }) };
    completed.set(piece.data, data);
  }
  return data;
}

export interface Shown {
  readonly title: string;
  readonly kind: string;
  readonly w: number;
  readonly h: number;
  readonly field?: FieldSettings;
  readonly overrides?: readonly FieldOverride[];
  readonly options?: Readonly<Record<string, unknown>>;
  readonly data: PanelData;
}

const cursor = createCrosshair();

function Gallery({ theme }: { theme: ThemeName }): ReactElement {
  const [range, setRange] = useState<readonly [number, number]>([made.FROM_MS, made.TO_MS]);
  const context = useMemo<PanelContext>(
    () => ({
      x: 'time',
      from: range[0],
      to: range[1],
      timeZone: 'UTC',
      theme,
      cursor,
      annotations: made.annotations,
      annotate: () => {},
      share: 'crosshair',
      replace: (text) => text,
      ask: askGallery,
      recent: () => [{ uid: 'r', title: 'Node exporter full' }],
      zoomTo: (from, to) => setRange([from, to]),
      zoomOut: () => setRange([made.FROM_MS, made.TO_MS]),
    }),
    [range, theme],
  );
  return (
    <main className="gallery">
      {shown.map((piece) => {
        const Component = panelOf(piece.kind)!;
        const width = piece.w * 56 - 12;
        return (
          <section key={piece.title} className="piece" style={{ width, height: piece.h }}>
            <h2>{piece.title}</h2>
            <Suspense fallback={null}>
              <Component
                options={piece.options ?? {}}
                field={{ ...FIELD, ...piece.field }}
                data={complete(piece)}
                width={width - 26}
                height={piece.h - 46}
                title={piece.title}
                context={context}
              />
            </Suspense>
          </section>
        );
      })}
    </main>
  );
}

/** `?many`: 20 panels of 50 lines, to be timed. */
const many = new URLSearchParams(location.search).has('many');
/** `?set=data`: tables, categories, logs. `?set=graphs`: graphs, traces, profiles, lists. `?only=Name` shows the pieces whose title begins so. */
const set = new URLSearchParams(location.search).get('set');
const only = new URLSearchParams(location.search).get('only') ?? '';
const shown = (many ? crowdedPage : set === 'data' ? dataPieces : set === 'graphs' ? graphPieces : pieces).filter(({ title }) =>
  title.startsWith(only),
);
const theme: ThemeName = new URLSearchParams(location.search).get('theme') === 'light' ? 'light' : 'dark';
createRoot(document.querySelector('#root')!).render(
  <StrictMode>
    <ThemeProvider force={theme}>
      <Gallery theme={theme} />
    </ThemeProvider>
  </StrictMode>,
);

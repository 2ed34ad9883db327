import { createContext } from 'react';

/** A stretch of a panel's own x. `x` names that x: a stretch of steps says nothing of epochs. */
export interface OwnZoom {
  readonly x: string;
  readonly from: number;
  readonly to: number;
}

/** How far a panel has zoomed into its own x. */
export interface ZoomedX {
  readonly zoom: OwnZoom | undefined;
  readonly onZoom: (zoom: OwnZoom | undefined) => void;
}

/** For whoever asks for a panel's data and can ask for a stretch of its x; without it, a panel zooms into the data it has. */
export const ZoomedXContext = createContext<ZoomedX | undefined>(undefined);

import type { SharedCursor } from '@vitrine/plugins/contract.ts';
import type { XDomain } from '@vitrine/model/frame.ts';
import type { PageRange } from '../time/page-range.ts';
import type { Emptiness } from './emptiness.ts';
import type { Pulse } from './pulse.ts';

/** What the panels of one dashboard page share. Stays the same object while its range's text does. */
export interface DashboardScope {
  readonly uid: string;
  readonly x: XDomain;
  readonly range: PageRange;
  readonly cursor: SharedCursor;
  readonly pulse: Pulse;
  readonly emptiness: Emptiness;
  readonly zoomTo: (fromMs: number, toMs: number) => void;
  readonly zoomOut: () => void;
  /** Scales the range about a place in it (0 its start, 1 its end). */
  readonly zoomBy: (factor: number, anchor: number) => void;
  /** One panel over the whole page, or all of them. */
  readonly showFull: (panel: number | undefined) => void;
  /** An address that shows what is shown now, of one panel. */
  readonly linkTo: (panel: number) => string;
}

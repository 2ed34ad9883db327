import type { Dashboard } from '@vitrine/model/dashboard.ts';
import type { AnnotationEvent, PanelData, XDomain } from '@vitrine/model/frame.ts';
import type { SharedCursor } from '@vitrine/plugins/contract.ts';
import type { PageRange } from '../time/page-range.ts';
import type { PageAnnotations } from './annotations/use-annotations.ts';
import type { Emptiness } from './emptiness.ts';
import type { Pulse } from './pulse.ts';
import type { PageVariables } from './variables/use-page-variables.ts';

/** What is written down about a stretch of time: something new, or a change of what is there. */
export interface AnnotationDraft {
  readonly fromMs: number;
  readonly toMs: number;
  /** Where it was made; undefined stands on all panels. */
  readonly panel: number | undefined;
  /** What is changed. */
  readonly event: AnnotationEvent | undefined;
}

/** What the panels of one dashboard page share. Stays the same object while its range's text, its variables and its marks do. */
export interface DashboardScope {
  readonly uid: string;
  readonly dashboard: Dashboard;
  readonly x: XDomain;
  readonly range: PageRange;
  readonly cursor: SharedCursor;
  readonly pulse: Pulse;
  readonly emptiness: Emptiness;
  readonly variables: PageVariables;
  readonly annotations: PageAnnotations;
  /** Nothing but the panels is shown. */
  readonly isKiosk: boolean;
  /** Whether the reader may change the dashboard and write down what happened. */
  readonly mayEdit: boolean;
  /** Panels out of view ask and draw too, as for a picture of all of them. */
  readonly drawsAll?: boolean;
  /** Ids of the panels whose library panel is not there any more. */
  readonly lost?: readonly number[];
  /** The data of a snapshot by the panel's id: then nothing is asked. */
  readonly frozen?: ReadonlyMap<number, PanelData> | undefined;
  readonly annotate: (draft: AnnotationDraft) => void;
  readonly zoomTo: (fromMs: number, toMs: number) => void;
  readonly zoomOut: () => void;
  /** Scales the range about a place in it (0 its start, 1 its end). */
  readonly zoomBy: (factor: number, anchor: number) => void;
  /** One panel over the whole page by its key, or all of them. */
  readonly showFull: (panel: string | undefined) => void;
  /** An address that shows what is shown now, of one panel. `fixed` has the range as instants, so that it shows the same tomorrow. */
  readonly linkTo: (panel: string | undefined, fixed?: boolean) => string;
}

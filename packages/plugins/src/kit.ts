/**
 * What the page hands to the web half of a plugin from outside. The half is an ES module whose default export is a function of it:
 * `export default (vitrine) => ({ panels: […], datasources: […] })`. Frozen with CONTRACT_VERSION of contract.ts.
 */
import type { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Field, Frame } from '@vitrine/model/frame.ts';
import type * as React from 'react';

import type { DatasourceWeb, OptionControl, PanelWeb } from './contract.ts';

/** What a plugin's web half brings. Only kinds that its manifest lists. */
export interface PluginWeb {
  readonly panels?: readonly PanelWeb<unknown>[];
  readonly datasources?: readonly DatasourceWeb[];
}

/** The default export of a web half. */
export type MakePluginWeb = (vitrine: Vitrine) => PluginWeb | Promise<PluginWeb>;

/** The page, as far as a plugin may lean on it. */
export interface Vitrine {
  readonly contract: 1;
  /** The page's own React 19: hooks of another copy do not work here. */
  readonly React: typeof React;
  /** `React.createElement`, for who writes without JSX. */
  readonly h: typeof React.createElement;
  /** `throw new BadRequest(field, problem)` where options, settings or a query cannot be read: the page says it at the field. */
  readonly BadRequest: new (field: string, problem: string) => BadRequest;

  /** What to call each field of each frame, as legends and heads of columns do. */
  readonly names: (frames: readonly Frame[]) => readonly (readonly string[])[];
  /** What a cell holds; undefined where there is no value. */
  readonly cell: (field: Field, row: number) => unknown;
  /** Makes what shows the values of a field as its unit, decimals, mappings and thresholds say. Make it once, call it for each cell. */
  readonly show: (field: Field, look: Look) => (value: unknown) => Shown;
  /** A number with its unit, by the ids of units that fields have: "12.3 ms". */
  readonly format: (value: number, unit?: string, decimals?: number) => string;
  /** An instant as the page writes it. `timeZone` is an IANA zone, "browser" or "UTC". */
  readonly time: (unixMs: number, timeZone: string) => string;

  /** The colours that runs, models or classes have on all charts of the page, in the order of the names; told apart where they stand together. */
  readonly seriesColors: (identities: readonly string[], theme: Theme) => readonly string[];
  /** A colour of the heat scale, `share` from 0 to 1. */
  readonly heatColor: (share: number, theme: Theme) => string;

  /** Fields of a form, drawn as the page draws its own: for a query's editor. */
  readonly Controls: React.ComponentType<ControlsProps>;
  /** Stands where a panel has nothing to draw: `text` in its middle. */
  readonly Empty: React.ComponentType<EmptyProps>;
}

export type Theme = 'dark' | 'light';

export interface Look {
  readonly timeZone: string;
  readonly theme: Theme;
}

/** A value as people read it. */
export interface Shown {
  readonly text: string;
  /** A CSS colour; undefined where nothing says one. */
  readonly color: string | undefined;
  /** Where it lies between min and max, 0 to 1; undefined where either is not known. */
  readonly share: number | undefined;
}

export interface ControlsProps {
  /** In the order in which they stand; those of one group stand together. */
  readonly controls: readonly OptionControl[];
  /** What is written, as saved. What the controls do not know stays in it. */
  readonly value: Readonly<Record<string, unknown>>;
  readonly onChange: (value: Readonly<Record<string, unknown>>) => void;
  /** ⌘⏎ or Ctrl+Enter in a field. */
  readonly onRun?: () => void;
}

export interface EmptyProps {
  readonly text: string;
  readonly width: number;
  readonly height: number;
}

/**
 * The colours that canvases draw with. Canvases can't read CSS variables cheaply, so the colours of both themes stand here,
 * and a test holds tokens.css to them.
 */
export type ThemeName = 'dark' | 'light';

export interface Ink {
  /** The page behind the panels. */
  readonly page: string;
  /** A panel. */
  readonly panel: string;
  /** Menus, tooltips, inputs: one step nearer to the reader. */
  readonly raised: string;
  readonly hover: string;
  readonly border: string;
  readonly text: string;
  /** Labels and axis text. */
  readonly dim: string;
  /** Hints; still AA on a panel. */
  readonly faint: string;
  readonly accent: string;
  /** Grid lines: seen when looked for. */
  readonly grid: string;
  /** The zero line and axis borders. */
  readonly axis: string;
  readonly healthy: string;
  readonly warning: string;
  readonly critical: string;
  readonly unknown: string;
  readonly running: string;
  readonly finished: string;
}

export const INK: Readonly<Record<ThemeName, Ink>> = {
  dark: {
    page: '#0c0e12',
    panel: '#13161b',
    raised: '#1b1f26',
    hover: '#232832',
    border: '#272c36',
    text: '#e7e9ee',
    dim: '#a3abb9',
    faint: '#7f8999',
    accent: '#8b9dff',
    grid: '#1f242c',
    axis: '#39404c',
    healthy: '#46c288',
    warning: '#e8b04a',
    critical: '#ff6d6a',
    unknown: '#949dac',
    running: '#6cb2ff',
    finished: '#a3abb9',
  },
  light: {
    page: '#f3f4f7',
    panel: '#ffffff',
    raised: '#ffffff',
    hover: '#eceef3',
    border: '#dfe2e9',
    text: '#171a21',
    dim: '#4d5666',
    faint: '#667085',
    accent: '#4257d0',
    grid: '#edeff3',
    axis: '#c5cad4',
    healthy: '#127a4b',
    warning: '#96590a',
    critical: '#c4292c',
    unknown: '#5f6877',
    running: '#1769c4',
    finished: '#4d5666',
  },
};

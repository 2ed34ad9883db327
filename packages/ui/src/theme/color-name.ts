import type { ColorName } from '@vitrine/model/field-config.ts';

import { cssColorHex } from './css-color-names.ts';
import { INK } from './ink.ts';
import type { ThemeName } from './ink.ts';
import { isScheme, schemeColor } from './color-scheme.ts';

type Shades = readonly [superLight: string, light: string, plain: string, semiDark: string, dark: string];

/**
 * Grafana's hues in our inks, each AA as text on every surface of its theme. Green, yellow and red are the inks of healthy, warning
 * and critical: a threshold has the colour of what it means.
 */
const HUES: Readonly<Record<ThemeName, Readonly<Record<string, Shades>>>> = {
  dark: {
    red: ['#fec8c4', '#ffa59f', '#ff6d6a', '#ef5f5d', '#e65656'],
    orange: ['#fecbae', '#feaa78', '#f58e4c', '#db7732', '#cf6c25'],
    yellow: ['#f3d7a9', '#f0c377', '#e8b04a', '#c08a16', '#b17d00'],
    green: ['#b0e6c7', '#7dd7a7', '#46c288', '#2caf76', '#049a63'],
    blue: ['#bbdbff', '#92c5ff', '#6cb2ff', '#5399e4', '#4489d3'],
    purple: ['#e2ccff', '#d2aefe', '#bd8bf5', '#ab79e2', '#a270d8'],
  },
  light: {
    red: ['#9e5d57', '#b44b46', '#c4292c', '#9e0014', '#78000c'],
    orange: ['#926350', '#a55b3a', '#b0480c', '#893401', '#682500'],
    yellow: ['#866a51', '#92653a', '#96590a', '#774502', '#5a3200'],
    green: ['#547761', '#3e7a58', '#127a4b', '#01633a', '#004a2a'],
    blue: ['#527198', '#3e71b2', '#1769c4', '#0050a0', '#003b7a'],
    purple: ['#80639a', '#8857b0', '#8a3fc0', '#7020a3', '#580085'],
  },
};

const SHADE_NAMES = ['super-light-', 'light-', '', 'semi-dark-', 'dark-'] as const;
const HUE_NAME = /^(super-light-|light-|semi-dark-|dark-|)(red|orange|yellow|green|blue|purple)$/;

/** What a colour picker offers: each hue with its shades, from the lightest. */
export const HUE_NAMES: readonly (readonly ColorName[])[] = Object.keys(HUES.dark).map((hue) =>
  SHADE_NAMES.map((shade) => shade + hue),
);

const STATUSES = ['healthy', 'warning', 'critical', 'unknown', 'running', 'finished'] as const;
/** Colours come from documents: no more of them are kept than a page can show. */
const MOST_KNOWN = 4_096;
const known: Readonly<Record<ThemeName, Map<string, string>>> = { dark: new Map(), light: new Map() };

/**
 * The colour of a name, for canvases and for elements: a status, a hue with its shade, "text", "transparent", `scheme@share` (see
 * color-scheme.ts), a hex colour, rgb() or a name of CSS. Anything else, and no colour at all, is plain text: what is returned
 * is always a colour and nothing more.
 */
export function inkOf(color: ColorName | undefined, theme: ThemeName): string {
  if (color === undefined) return INK[theme].text;
  const found = known[theme].get(color);
  if (found !== undefined) return found;
  const ink = read(color.trim(), theme) ?? INK[theme].text;
  if (known[theme].size >= MOST_KNOWN) known[theme].clear();
  known[theme].set(color, ink);
  return ink;
}

function read(color: string, theme: ThemeName): string | undefined {
  const [, shade, hue] = HUE_NAME.exec(color) ?? [];
  if (hue !== undefined) return HUES[theme][hue]![SHADE_NAMES.indexOf(shade as (typeof SHADE_NAMES)[number])];
  const status = STATUSES.find((name) => name === color);
  if (status !== undefined) return INK[theme][status];
  if (color === 'text' || color === 'neutral') return INK[theme].text;
  if (color === 'transparent') return color;
  if (color === 'panel-bg') return INK[theme].panel;
  const [, scheme, share] = /^([\w-]+)@([01](?:\.\d+)?)$/.exec(color) ?? [];
  if (scheme !== undefined && isScheme(scheme)) return schemeColor(scheme, Number(share), theme);
  const rgba = readCssColor(color);
  return rgba === undefined ? undefined : writeCssColor(rgba);
}

/** 0 to 255 each, the last 0 to 1. */
type Rgba = readonly [r: number, g: number, b: number, alpha: number];

/** Reads hex colours, rgb() with or without commas, and CSS names. */
function readCssColor(text: string): Rgba | undefined {
  const [, hex] = /^#([\da-f]{3,8})$/i.exec(cssColorHex(text) ?? text) ?? [];
  if (hex !== undefined) return readHex(hex);
  const [, inside] = /^rgba?\(([\d\s.,/%]{1,80})\)$/i.exec(text) ?? [];
  if (inside === undefined) return undefined;
  const parts = inside.split(/[\s,/]+/).filter((part) => part !== '');
  if (parts.length !== 3 && parts.length !== 4) return undefined;
  const [r, g, b, alpha] = parts.map((part, index) => {
    const value = part.endsWith('%') ? (Number(part.slice(0, -1)) / 100) * (index === 3 ? 1 : 255) : Number(part);
    return Math.min(index === 3 ? 1 : 255, Math.max(0, value));
  });
  const read: Rgba = [r!, g!, b!, alpha ?? 1];
  return read.some(Number.isNaN) ? undefined : read;
}

function readHex(hex: string): Rgba | undefined {
  const wide = hex.length <= 4 ? Array.from(hex, (digit) => digit + digit).join('') : hex;
  if (wide.length !== 6 && wide.length !== 8) return undefined;
  const [r, g, b, alpha] = [0, 2, 4, 6].map((at) => Number.parseInt(wide.slice(at, at + 2), 16));
  return [r!, g!, b!, Number.isNaN(alpha) ? 1 : alpha! / 255];
}

function writeCssColor([r, g, b, alpha]: Rgba): string {
  const channels = [r, g, b].map(Math.round);
  if (alpha < 1) return `rgb(${channels.join(' ')} / ${Number(alpha.toFixed(3))})`;
  return `#${channels.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

/** What `inkOf` gave, more or less of it: `alpha` 0 is nothing, 1 all of it. */
export function faded(ink: string, alpha: number): string {
  const rgba = readCssColor(ink);
  return rgba === undefined ? ink : writeCssColor([rgba[0], rgba[1], rgba[2], rgba[3] * alpha]);
}

/** The colour for text on an area painted with what `inkOf` gave: black or white, whichever reads better; AA on every colour. */
export function textOn(ink: string, theme: ThemeName): string {
  const [r, g, b, alpha] = readCssColor(ink) ?? [0, 0, 0, 0];
  // Through an area that hides less than half of it the panel decides.
  if (alpha < 0.5) return INK[theme].text;
  // The luminance at which black and white stand out equally.
  return luminance(r, g, b) > 0.179 ? '#000000' : '#ffffff';
}

/** WCAG 2's relative luminance of an opaque colour, 0 to 1. */
function luminance(...channels: readonly [number, number, number]): number {
  const [r, g, b] = channels.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

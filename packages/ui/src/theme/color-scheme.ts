import type { ThemeName } from './ink.ts';

type Stops = readonly string[];

/** Ends that are the panel's own colour take a step away from it, so that the least value is still seen. */
const FROM: Readonly<Record<ThemeName, string>> = { dark: '#2b3038', light: '#e4e7ee' };

const hue = (dark: string, light: string): Readonly<Record<ThemeName, Stops>> => ({
  dark: [FROM.dark, dark],
  light: [FROM.light, light],
});

/**
 * Schemes by Grafana's ids, from the least value to the greatest. Those made of hues use ours. The viridis family (van der Walt
 * and Smith 2015; cividis: Nuñez, Anderton and Renslow 2018) is as published, but for the end that would sink into the panel.
 */
const SCHEMES: Readonly<Record<string, Readonly<Record<ThemeName, Stops>>>> = {
  'continuous-GrYlRd': { dark: ['#46c288', '#e8d04a', '#ff6d6a'], light: ['#127a4b', '#c99a12', '#c4292c'] },
  'continuous-RdYlGr': { dark: ['#ff6d6a', '#e8d04a', '#46c288'], light: ['#c4292c', '#c99a12', '#127a4b'] },
  'continuous-BlYlRd': { dark: ['#4a90e8', '#f3e3a0', '#f0565a'], light: ['#1769c4', '#d9b23a', '#c4292c'] },
  'continuous-YlRd': { dark: ['#f3e3a0', '#f0565a'], light: ['#d9b23a', '#b01c28'] },
  'continuous-YlBl': { dark: ['#f3e3a0', '#4a90e8'], light: ['#d9b23a', '#0f55a8'] },
  'continuous-BlPu': { dark: ['#6cb2ff', '#bd8bf5'], light: ['#1769c4', '#8a3fc0'] },
  'continuous-blues': hue('#6cb2ff', '#0f55a8'),
  'continuous-reds': hue('#ff6d6a', '#b01c28'),
  'continuous-greens': hue('#46c288', '#0c6a40'),
  'continuous-purples': hue('#bd8bf5', '#7a2fb0'),
  'continuous-viridis': family([
    '#440154',
    '#472d7b',
    '#3b528b',
    '#2c728e',
    '#21918c',
    '#28ae80',
    '#5ec962',
    '#addc30',
    '#fde725',
  ]),
  'continuous-magma': family(['#000004', '#1d1147', '#51127c', '#832681', '#b73779', '#e75263', '#fc8961', '#fec488', '#fcfdbf']),
  'continuous-plasma': family([
    '#0d0887',
    '#4c02a1',
    '#7e03a8',
    '#aa2395',
    '#cc4778',
    '#e66c5c',
    '#f89540',
    '#fdc527',
    '#f0f921',
  ]),
  'continuous-inferno': family([
    '#000004',
    '#210c4a',
    '#57106e',
    '#8a226a',
    '#bc3754',
    '#e45a31',
    '#f98e09',
    '#f9cb35',
    '#fcffa4',
  ]),
  'continuous-cividis': family([
    '#002051',
    '#11366c',
    '#3c4d6e',
    '#62646f',
    '#7f7c75',
    '#9a9478',
    '#bbaf71',
    '#e2cb5c',
    '#fdea45',
  ]),
};

function family(stops: Stops): Readonly<Record<ThemeName, Stops>> {
  return { dark: stops.slice(2), light: stops.slice(0, -1) };
}

/** What an editor offers. */
export const SCHEME_IDS: readonly string[] = Object.keys(SCHEMES);

export function isScheme(id: string): boolean {
  return Object.hasOwn(SCHEMES, id);
}

/** "#rrggbb" at a share of the scheme, 0 to 1; outside it stays at its end. A scheme that is not known is green to red. */
export function schemeColor(id: string, share: number, theme: ThemeName): string {
  const stops = schemeStops(id, theme);
  const at = Math.min(1, Math.max(0, Number.isNaN(share) ? 0 : share)) * (stops.length - 1);
  const low = Math.min(stops.length - 2, Math.floor(at));
  const from = channels(stops[low]!);
  const to = channels(stops[low + 1]!);
  const mixed = from.map((channel, index) => Math.round(channel + (to[index]! - channel) * (at - low)));
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

/** The scheme's colours at even distances, for gradients; from the least value to the greatest. */
export function schemeStops(id: string, theme: ThemeName): Stops {
  return (isScheme(id) ? SCHEMES[id]! : SCHEMES['continuous-GrYlRd']!)[theme];
}

function channels(hex: string): readonly number[] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

import { cellValue, displayOf, displayText, thresholdsOf } from '@vitrine/compute/field/display.ts';
import { fieldNames } from '@vitrine/compute/field/field-names.ts';
import type { StateSpans } from '@vitrine/compute/state-spans.ts';
import { isNumbers } from '@vitrine/model/frame.ts';
import type { Field, Frame } from '@vitrine/model/frame.ts';
import type { LegendItem } from '@vitrine/ui/categorical/legend-list.tsx';
import type { StateRow } from '@vitrine/ui/categorical/state-chart.tsx';
import { colorOf } from '@vitrine/ui/theme/color-mode.ts';
import { inkOf } from '@vitrine/ui/theme/color-name.ts';
import type { ThemeName } from '@vitrine/ui/theme/ink.ts';
import { assignSlots } from '@vitrine/ui/theme/series-color.ts';

import type { PanelContext } from '../../contract.ts';
import { hiddenFrom } from '../hidden.ts';

const MOST_ROWS = 2000;
/** States that a legend names one by one. */
const MOST_NAMED = 24;

export interface States {
  readonly rows: readonly StateRow[];
  readonly legend: readonly LegendItem[];
  /** The settings want no names beside the rows. */
  readonly namesHidden: boolean;
}

/**
 * A row for each column over the frame's x. A state is what a value reads as: values that read alike are one state. `spansOf` lays
 * them along x.
 */
export function statesOf(
  frames: readonly Frame[],
  { x: domain, theme, timeZone }: Pick<PanelContext, 'x' | 'theme' | 'timeZone'>,
  spansOf: (xs: Float64Array, states: Int32Array) => StateSpans,
): States {
  const names = fieldNames(frames);
  const columns = frames.flatMap((frame, at) => {
    const x = frame.fields.find(({ type }) => type === (domain === 'time' ? 'time' : 'number')) ?? frame.fields[0];
    if (!isNumbers(x) || frame.length === 0 || frame.shape === 'exemplars') return [];
    return frame.fields.flatMap((field, index) =>
      field === x || field.type === 'time' || field.type === 'frame' || field.type === 'json' || hiddenFrom(field, 'viz')
        ? []
        : [{ field, x: x.values, name: names[at]![index]! }],
    );
  });
  const known = new Map<string, string>();
  const words: string[] = [];
  const read = columns.slice(0, MOST_ROWS).map((column, index) => {
    const states = readStates(column.field, timeZone);
    if (column.field.type !== 'number') words.push(...states.texts);
    return { ...column, ...states, index };
  });
  const slots = assignSlots(words);
  const rows = read.map(({ field, x, name, of, texts, colors, index }): StateRow => {
    const inks = texts.map((text, state) => {
      const color = colors[state];
      if (color !== undefined) return inkOf(color, theme);
      const slot = field.type === 'number' ? index : (slots.get(text) ?? 0);
      return colorOf(field.config?.color, { slot, index }, theme);
    });
    if (!isByThreshold(field)) {
      for (const [state, text] of texts.entries()) if (!known.has(text)) known.set(text, inks[state]!);
    }
    const { fillOpacity, lineWidth } = field.config?.custom ?? {};
    return {
      name,
      xs: x,
      spans: spansOf(x, of),
      textAt: (row) => texts[of[row]!] ?? '',
      colorAt: (row) => inks[of[row]!] ?? 'transparent',
      fill: typeof fillOpacity === 'number' ? Math.min(1, Math.max(0, fillOpacity / 100)) : 0.7,
      lineWidth: typeof lineWidth === 'number' ? Math.min(10, Math.max(0, lineWidth)) : 0,
    };
  });
  return {
    rows,
    namesHidden: columns[0]?.field.config?.custom?.['axisPlacement'] === 'hidden',
    legend: legendOf(
      known,
      columns.map(({ field }) => field),
      theme,
    ),
  };
}

/** States by number, -1 where there is no value, with how each reads and is coloured. */
function readStates(
  field: Field,
  timeZone: string,
): { readonly of: Int32Array; readonly texts: readonly string[]; readonly colors: readonly (string | undefined)[] } {
  const show = displayOf(field, { timeZone });
  const stateOf = new Map<string, number>();
  const ofValue = new Map<unknown, number>();
  const colors: (string | undefined)[] = [];
  const of = new Int32Array(field.values.length);
  for (let row = 0; row < of.length; row++) {
    const value = cellValue(field, row);
    let state = ofValue.get(value);
    if (state === undefined) {
      const shown = show(value);
      // What is missing is a state only where a mapping says so.
      if ((value === undefined || value === null) && !isMapped(field)) state = -1;
      else {
        const text = displayText(shown);
        state = stateOf.get(text);
        if (state === undefined) {
          state = stateOf.size;
          stateOf.set(text, state);
          colors.push(shown.color);
        }
      }
      ofValue.set(value, state);
    }
    of[row] = state;
  }
  return { of, texts: [...stateOf.keys()], colors };
}

function isMapped({ config }: Field): boolean {
  return (
    config?.mappings?.some(
      (mapping) => mapping.kind === 'special' && (mapping.match === 'null' || mapping.match === 'null+nan'),
    ) === true
  );
}

/** Whether thresholds, and not what a value reads as, give a field its colours. */
function isByThreshold(field: Field): boolean {
  if (field.type !== 'number' || (field.config?.mappings?.length ?? 0) > 0) return false;
  return (field.config?.color?.mode ?? 'thresholds') === 'thresholds' && thresholdsOf(field).length > 1;
}

/** The states, and the thresholds that colour numbers. Too many states are none. */
function legendOf(known: ReadonlyMap<string, string>, fields: readonly Field[], theme: ThemeName): readonly LegendItem[] {
  const states = known.size > MOST_NAMED ? [] : [...known].map(([name, color]) => ({ id: name, name, color, values: [] }));
  const field = fields.find(isByThreshold);
  if (field === undefined) return states;
  const steps = thresholdsOf(field);
  const show = displayOf(field);
  const named = steps.map(({ value, color }, at) => ({
    id: `threshold ${at}`,
    name: value === -Infinity ? `below ${displayText(show(steps[1]!.value))}` : `from ${displayText(show(value))}`,
    color: inkOf(color, theme),
    values: [],
  }));
  return [...states, ...named];
}

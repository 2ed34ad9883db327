/** Where the lines of an axis stand, and what is written at them. */
export interface AxisTicks {
  readonly at: readonly number[];
  /** "" where there is no room for one. */
  readonly labels: readonly string[];
}

/** The mean width of a character of an axis, CSS pixels. */
const CHARACTER = 6.4;
/** Between two labels, CSS pixels. */
const LEAST_GAP = 10;
/** So many times the lines that were asked for are tried. */
const FINEST = 4;

/**
 * The ticks for `most` lines; for more of them where fewer than two labels would be read: one number alone tells no scale. They stay as
 * they were where the finer ones have no room either.
 */
export function ticksForTwo(
  most: number,
  ticksFor: (most: number) => AxisTicks,
  isRoomy: (ticks: AxisTicks) => boolean,
): AxisTicks {
  const usual = ticksFor(most);
  for (let lines = most, ticks = usual; lines <= most * FINEST; lines++, ticks = ticksFor(lines)) {
    if (ticks.labels.filter((label) => label !== '').length < 2) continue;
    return ticks === usual || isRoomy(ticks) ? ticks : usual;
  }
  return usual;
}

/**
 * Labels centred below their lines, which stand at `place` CSS pixels from the left: one that would reach further than `end` is left
 * out, its line stays.
 */
export function withoutCutLabels({ at, labels }: AxisTicks, place: (at: number) => number, end: number): AxisTicks {
  return { at, labels: labels.map((label, index) => (place(at[index]!) + halfWidth(label) > end ? '' : label)) };
}

/** Whether no label of a row touches the next. */
export function hasRoom({ at, labels }: AxisTicks, place: (at: number) => number): boolean {
  const shown = labels.flatMap((label, index) => (label === '' ? [] : [{ label, left: place(at[index]!) }]));
  return shown.every(({ label, left }, index) => {
    const before = shown[index - 1];
    return before === undefined || left - before.left >= halfWidth(label) + halfWidth(before.label) + LEAST_GAP;
  });
}

function halfWidth(label: string): number {
  return (label.length * CHARACTER) / 2;
}

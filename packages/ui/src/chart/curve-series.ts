import { nearestIndex } from '@vitrine/compute/downsample.ts';
import { stretchStarts } from '@vitrine/compute/curve/restarts.ts';
import { splitOf } from '@vitrine/compute/curve/split.ts';
import { displayOf, displayText } from '@vitrine/compute/field/display.ts';
import { fieldNames } from '@vitrine/compute/field/field-names.ts';
import { isNumbers } from '@vitrine/model/frame.ts';
import type { Frame, NumberField } from '@vitrine/model/frame.ts';

import { faded } from '../theme/color-name.ts';
import type { ThemeName } from '../theme/ink.ts';
import { assignSlots, lineStyle, SERIES_COLORS, shadeOf } from '../theme/series-color.ts';
import { graphSettings } from './graph-settings.ts';
import type { GraphSettings } from './graph-settings.ts';
import { drawable, identitiesOf } from './series.ts';
import type { ChartSeries } from './series.ts';

/** A frame of a curve's answer, taken apart. */
interface CurveLine {
  readonly frame: Frame;
  readonly x: NumberField;
  readonly field: NumberField;
  readonly part: 'smooth' | 'raw' | 'low' | 'high';
  readonly name: string;
  /** Equal for the parts of one line. */
  readonly key: string;
  readonly run: string;
  readonly group: string | undefined;
  readonly metric: string;
}

export interface CurveLook {
  readonly theme: ThemeName;
  readonly logY: boolean;
  /** The colour of a run, or of a group by its title, where the page knows it; by the name among those of the frames where absent. */
  readonly colorOf?: ((name: string) => string | undefined) | undefined;
}

/** Of the raw line behind a smoothed one, and of a band. */
const FAINT = 0.2;
/** Among more lines than this, each is as thin as a pixel. */
const CROWD = 12;

/**
 * The lines of frames of curves: hue by run (or group), shade by metric, style by split; each smoothed line with its raw one faint
 * behind it, bands as areas, and a stretch of its own before each restart. Parts and stretches follow the last smoothed stretch.
 */
export function curveSeries(frames: readonly Frame[], { theme, logY, colorOf }: CurveLook): ChartSeries[] {
  const lines = linesOf(frames);
  const tops = [...Map.groupBy(lines, ({ key }) => key).values()];
  const named = tops.map(([line]) => ({
    name: line!.name,
    labels: {
      ...(line!.group === undefined ? { run: line!.run } : { group: line!.group }),
      metric: splitOf(line!.metric).base,
      ...splitLabel(line!.metric),
    },
  }));
  const identities = identitiesOf(named);
  const slots = assignSlots(identities.map(({ identity }) => identity));
  const looks = looksOf(tops.length > CROWD, logY);
  const taken = new Set<string>();
  return tops.flatMap((parts, index) => {
    const { identity, shade: ownShade } = identities[index]!;
    const [{ run, group, metric }] = parts as [CurveLine];
    const hue = colorOf?.(group ?? run) ?? SERIES_COLORS[theme][slots.get(identity)!]!;
    const style = lineStyle(splitOf(metric).split);
    // A run may log "loss" besides "train/loss".
    const lookOfShade = (shade: number) => JSON.stringify([group ?? run, hue, style, shade]);
    let shade = ownShade;
    while (taken.has(lookOfShade(shade))) shade++;
    taken.add(lookOfShade(shade));
    const color = shadeOf(hue, shade, theme);
    const main = parts.find(({ part }) => part === 'smooth') ?? parts[0]!;
    const display = displayOf(main.field);
    const show = (value: number) => displayText(display(value));
    const stretches = new Map(parts.map((line) => [line, stretchesOf(line)]));
    const also = parts.length === 1 ? undefined : alsoOf(stretches, show);
    const base = {
      identity,
      inks: [],
      unit: main.field.config?.unit ?? '',
      show,
    };
    // What is drawn first lies below.
    return (['low', 'high', 'raw', 'smooth'] as const).flatMap((part) =>
      parts
        // What was not smoothed is drawn as what was.
        .filter((line) => (line === main ? 'smooth' : line.part) === part)
        .flatMap((line) =>
          stretches.get(line)!.map(({ xs, ys, nanAt, before, rows }): ChartSeries => {
            const isMain = line === main && before === 0;
            return {
              ...base,
              id: isMain ? main.key : `${main.key} ${part} ${before}`,
              ...(isMain ? {} : { owner: main.key }),
              name: nameOf(main.name, part, before),
              color: part === 'raw' ? faded(color, FAINT) : color,
              style: part === 'raw' ? 'solid' : style,
              look: lookOf(looks, part, before, nameOf(main.name, 'low', before)),
              xs,
              ys,
              nanAt: part === 'smooth' ? nanAt : [],
              field: line.field,
              frame: line.frame,
              column: 1,
              rows,
              ...(also === undefined || line !== main ? {} : { also: (x: number) => also(x, before) }),
            };
          }),
        ),
    );
  });
}

function linesOf(frames: readonly Frame[]): CurveLine[] {
  const names = fieldNames(frames);
  return frames.flatMap((frame, at): CurveLine[] => {
    const [x, field] = frame.fields;
    if (frame.shape !== 'series' || !isNumbers(x) || field?.type !== 'number') return [];
    const { run = '', metric = field.name, part, group } = field.labels ?? {};
    return [
      {
        frame,
        x,
        field,
        part: part === 'raw' || part === 'low' || part === 'high' ? part : 'smooth',
        name: names[at]?.[1] ?? metric,
        key: JSON.stringify([frame.refId, group ?? '', group === undefined ? run : '', metric]),
        run,
        group,
        metric,
      },
    ];
  });
}

function splitLabel(metric: string): { readonly split?: string } {
  const { split } = splitOf(metric);
  return split === undefined ? {} : { split };
}

function nameOf(name: string, part: CurveLine['part'], before: number): string {
  const whole = part === 'smooth' ? name : `${name} (${part})`;
  return before === 0 ? whole : `${whole}, ${before === 1 ? 'before its restart' : `${before} restarts ago`}`;
}

interface Stretch {
  readonly xs: Float64Array;
  readonly ys: Float64Array;
  readonly nanAt: readonly number[];
  /** How many restarts before the last stretch, which is what the run is now. */
  readonly before: number;
  readonly rows: Uint32Array | undefined;
}

function stretchesOf({ x, field }: CurveLine): readonly Stretch[] {
  const { ys, nanAt } = drawable(field);
  const starts = stretchStarts(x.values);
  if (starts.length === 1) return [{ xs: x.values, ys, nanAt, before: 0, rows: undefined }];
  return Array.from(starts, (from, index) => {
    const to = starts[index + 1] ?? x.values.length;
    return {
      xs: x.values.subarray(from, to),
      ys: ys.subarray(from, to),
      nanAt: nanAt.filter((row) => row >= from && row < to).map((row) => row - from),
      before: starts.length - 1 - index,
      rows: Uint32Array.from({ length: to - from }, (_, row) => from + row),
    };
  });
}

/** What the parts of a line behind its main one say at an x of one of its stretches. */
function alsoOf(
  stretches: ReadonlyMap<CurveLine, readonly Stretch[]>,
  show: (value: number) => string,
): (x: number, before: number) => string {
  const ofPart = new Map(Array.from(stretches, ([{ part }, own]) => [part, own]));
  return (x, before) => {
    const valueOf = (part: CurveLine['part']): number | undefined => {
      const stretch = ofPart.get(part)?.find((each) => each.before === before);
      const row = stretch === undefined ? -1 : nearestIndex(stretch.xs, x);
      return row < 0 ? undefined : stretch!.ys[row]!;
    };
    const raw = valueOf('raw');
    if (raw !== undefined) return `raw ${Number.isNaN(raw) ? 'NaN' : show(raw)}`;
    const [low = Number.NaN, high = Number.NaN] = [valueOf('low'), valueOf('high')];
    return Number.isNaN(low) || Number.isNaN(high) ? '' : `${show(low)} to ${show(high)}`;
  };
}

interface Looks {
  readonly line: GraphSettings;
  readonly earlier: GraphSettings;
  readonly raw: GraphSettings;
  readonly edge: GraphSettings;
}

function looksOf(isCrowd: boolean, logY: boolean): Looks {
  const scale = logY ? { scaleDistribution: { type: 'log', log: 10 } } : {};
  const line = graphSettings({ lineWidth: isCrowd ? 1 : 1.5, ...scale });
  const unseen = { ...line, hide: { viz: false, legend: true, tooltip: true } };
  return {
    line,
    earlier: { ...line, hide: { viz: false, legend: true, tooltip: false } },
    raw: { ...unseen, lineWidth: 1, points: 'never' },
    edge: { ...unseen, lineWidth: 0, points: 'never', spanNulls: 0 },
  };
}

function lookOf({ line, earlier, raw, edge }: Looks, part: CurveLine['part'], before: number, low: string): GraphSettings {
  switch (part) {
    case 'smooth':
      return before === 0 ? line : earlier;
    case 'raw':
      return raw;
    case 'low':
      return edge;
    case 'high':
      return { ...edge, fillOpacity: FAINT, fillBelowTo: low };
  }
}

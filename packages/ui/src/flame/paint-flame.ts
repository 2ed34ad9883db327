import { faded, inkOf, textOn } from '../theme/color-name.ts';
import { INK } from '../theme/ink.ts';
import type { ThemeName } from '../theme/ink.ts';
import { SERIES_COLORS, seriesSlot } from '../theme/series-color.ts';
import { changeOf } from './flame-tree.ts';
import type { FlameTree } from './flame-tree.ts';

export interface FlamePaint {
  readonly tree: FlameTree;
  /** The row that has the whole width. */
  readonly focus: number;
  readonly width: number;
  readonly height: number;
  /** CSS pixels that are scrolled away. */
  readonly top: number;
  readonly theme: ThemeName;
  /** Labels that a search found; undefined is no search. */
  readonly found: ReadonlySet<number> | undefined;
  readonly active: number;
  /** Callers grow upwards. */
  readonly upward: boolean;
}

export const FLAME_ROW = 20;
/** Narrower bars are drawn without a gap and a name. */
const NAMED_FROM = 24;
const LEAST_WIDTH = 0.4;
const FONT = "400 11px 'Inter Variable', system-ui, sans-serif";
const LETTER = 6;

/** Where a row's bar lies across, in CSS pixels. Pure. */
export function barOf(tree: FlameTree, focus: number, row: number, width: number): readonly [left: number, right: number] {
  const scale = width / (tree.width[focus] || 1);
  const left = (tree.x[row]! - tree.x[focus]!) * scale;
  return [Math.max(0, left), Math.min(width, left + tree.width[row]! * scale)];
}

/** Draws what lies inside the canvas; what is narrower than a pixel is passed over with all below it. */
export function paintFlame(ctx: CanvasRenderingContext2D, paint: FlamePaint): void {
  const { tree, focus, width, height, top, theme, found, active, upward } = paint;
  const ink = INK[theme];
  ctx.clearRect(0, 0, width, height);
  ctx.font = FONT;
  ctx.textBaseline = 'middle';
  const fills = fillsOf(tree, theme);
  let row = 0;
  while (row < tree.label.length) {
    const [left, right] = barOf(tree, focus, row, width);
    if (right - left < LEAST_WIDTH) {
      row = tree.end[row]!;
      continue;
    }
    const level = upward ? tree.depth - 1 - tree.level[row]! : tree.level[row]!;
    const y = level * FLAME_ROW - top;
    if (y > -FLAME_ROW && y < height) {
      const isDim = (found !== undefined && !found.has(tree.label[row]!)) || tree.level[row]! < tree.level[focus]!;
      const fill = fills(row);
      ctx.globalAlpha = isDim ? 0.3 : 1;
      ctx.fillStyle = fill;
      const wide = right - left;
      ctx.fillRect(left, y + 0.5, Math.max(LEAST_WIDTH, wide > 3 ? wide - 1 : wide), FLAME_ROW - 1);
      if (row === active) {
        ctx.globalAlpha = 1;
        ctx.strokeStyle = ink.text;
        ctx.lineWidth = 1.5;
        ctx.strokeRect(left + 0.75, y + 1.25, Math.max(1, wide - 2.5), FLAME_ROW - 2.5);
      }
      if (wide >= NAMED_FROM) {
        ctx.fillStyle = isDim ? ink.text : textOn(fill, theme);
        ctx.globalAlpha = isDim ? 0.6 : 1;
        const most = Math.floor((wide - 8) / LETTER);
        const name = tree.labels[tree.label[row]!]!;
        ctx.fillText(
          name.length <= most ? name : `${name.slice(0, Math.max(1, most - 1))}…`,
          left + 4,
          y + FLAME_ROW / 2 + 0.5,
          wide - 6,
        );
      }
    }
    row++;
  }
  ctx.globalAlpha = 1;
}

/** A change of half or more has the whole colour. */
const FULL_CHANGE = 0.5;

/** By the package of a function; in a comparison orange for more and blue for less. */
function fillsOf(tree: FlameTree, theme: ThemeName): (row: number) => string {
  const { right } = tree;
  if (right === undefined) {
    const colors = tree.labels.map((name) => SERIES_COLORS[theme][seriesSlot(packageOf(name))]!);
    return (row) => colors[tree.label[row]!]!;
  }
  const [totalLeft, totalRight] = [tree.value[0] ?? 0, right.value[0] ?? 0];
  const [more, less] = [inkOf('orange', theme), inkOf('blue', theme)];
  return (row) => {
    const change = changeOf(tree.value[row]!, right.value[row]!, totalLeft, totalRight) ?? 0;
    const strength = Math.min(1, Math.abs(change) / FULL_CHANGE);
    return strength < 0.04 ? INK[theme].axis : faded(change > 0 ? more : less, 0.25 + 0.75 * strength);
  };
}

/** "net/http" of "net/http.(*conn).serve", "torch.nn" of "torch.nn.forward"; what has none is its own. */
export function packageOf(name: string): string {
  const slash = name.lastIndexOf('/');
  const dot = name.indexOf('.', slash + 1);
  if (slash >= 0) return name.slice(0, dot < 0 ? undefined : dot);
  const last = name.lastIndexOf('.');
  return last > 0 ? name.slice(0, last) : name;
}

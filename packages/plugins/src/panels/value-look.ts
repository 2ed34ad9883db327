import { resolveLinks } from '@vitrine/compute/field/links.ts';
import type { ResolvedLink } from '@vitrine/compute/field/links.ts';
import { colorOf } from '@vitrine/ui/theme/color-mode.ts';
import type { ThemeName } from '@vitrine/ui/theme/ink.ts';
import { assignSlots } from '@vitrine/ui/theme/series-color.ts';
import { statusOfColor } from '@vitrine/ui/theme/status.ts';
import type { Status } from '@vitrine/ui/theme/status.ts';
import { inkOf } from '@vitrine/ui/theme/color-name.ts';

import type { PanelContext } from '../contract.ts';
import type { SingleValue } from './single-values.ts';

/** How a value is coloured, and what that colour says. */
export interface ValueLook {
  /** A CSS colour; undefined leaves it to the panel. */
  readonly ink: string | undefined;
  readonly status: Status;
}

/** The looks of values that stand together. */
export function valueLooks(values: readonly SingleValue[], theme: ThemeName): readonly ValueLook[] {
  const slots = assignSlots(values.map(({ name }) => name));
  return values.map(({ name, shown, field, index }) => {
    const { color, thresholds } = field.config ?? {};
    // A lone step is a colour that nobody thought about, and judges nothing.
    const judged = thresholds === undefined || thresholds.steps.length > 1;
    if (shown.color !== undefined) {
      return { ink: inkOf(shown.color, theme), status: judged ? statusOfColor(shown.color) : 'neutral' };
    }
    const isOwn = color !== undefined && color.mode !== 'thresholds';
    return { ink: isOwn ? colorOf(color, { slot: slots.get(name)!, index }, theme) : undefined, status: 'neutral' };
  });
}

/** Where a value's links lead. */
export function linksOfValue(
  { field, frame, column, row, value, calc }: SingleValue,
  context: PanelContext,
): readonly ResolvedLink[] {
  const links = field.config?.links ?? [];
  if (links.length === 0) return [];
  return resolveLinks(links, { frame, field: column, ...(row === undefined ? {} : { row }), value, calc }, context.replace);
}

import { cellValue, displayOf, displayText } from '@vitrine/compute/field/display.ts';
import { fieldNames } from '@vitrine/compute/field/field-names.ts';
import { formatTime } from '@vitrine/compute/time.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { formatText } from '@vitrine/model/unit.ts';
import type { ControlsProps, EmptyProps, Vitrine } from '@vitrine/plugins/kit.ts';
import { inkOf } from '@vitrine/ui/theme/color-name.ts';
import { heatPixels } from '@vitrine/ui/theme/heat-scale.ts';
import { assignSlots, SERIES_COLORS } from '@vitrine/ui/theme/series-color.ts';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import * as React from 'react';
import { lazy, Suspense } from 'react';
import type { ReactElement } from 'react';
import { Skeleton } from '../state/skeleton.tsx';

/** What draws forms is fetched with the first form. */
const Fields = lazy(async () => ({ default: (await import('./kit-controls.tsx')).Controls }));

function Controls(props: ControlsProps): ReactElement {
  return (
    <Suspense fallback={<Skeleton label="Loading the fields" heightPx={54} />}>
      <Fields {...props} />
    </Suspense>
  );
}

function Empty({ text, width, height }: EmptyProps): ReactElement {
  return <NoData text={text} hint="" width={width} height={height} />;
}

/** What every plugin of the page is handed; none can change what the others get. */
export const kit: Vitrine = Object.freeze({
  contract: 1,
  React: Object.freeze({ ...React }),
  h: React.createElement,
  BadRequest,
  names: fieldNames,
  cell: cellValue,
  show: (field, { timeZone, theme }) => {
    const display = displayOf(field, { timeZone });
    return (value) => {
      const shown = display(value);
      return {
        text: displayText(shown),
        color: shown.color === undefined ? undefined : inkOf(shown.color, theme),
        share: shown.percent,
      };
    };
  },
  format: (value, unit = '', decimals) => formatText(value, unit, decimals),
  time: formatTime,
  seriesColors: (identities, theme) => {
    const slots = assignSlots(identities);
    return identities.map((identity) => SERIES_COLORS[theme][slots.get(identity)!]!);
  },
  heatColor: (share, theme) => {
    const pixels = heatPixels(theme);
    const at = Math.round(Math.min(1, Math.max(0, Number.isNaN(share) ? 0 : share)) * (pixels.length - 1));
    // Red comes first in memory, whatever the machine's byte order.
    const [red, green, blue] = new Uint8Array(pixels.buffer, pixels.byteOffset + at * 4, 3);
    return `rgb(${red} ${green} ${blue})`;
  },
  Controls,
  Empty,
} satisfies Vitrine);

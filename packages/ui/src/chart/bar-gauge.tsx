import { displayText } from '@vitrine/compute/field/display.ts';
import type { FormattedValue } from '@vitrine/model/unit.ts';
import { formatExact } from '@vitrine/model/unit.ts';
import type { CSSProperties, ReactElement, ReactNode } from 'react';

import { STATUS_WORDS } from '../theme/status.ts';
import type { Status } from '../theme/status.ts';
import { StatusShape } from '../widget/status-shape.tsx';
import classes from './bar-gauge.module.css';
import { share } from './gauge-arc.ts';

export interface Bar {
  readonly id: string;
  readonly name: string;
  readonly shown: FormattedValue;
  /** undefined where there is no number. */
  readonly numeric: number | undefined;
  readonly unit: string;
  readonly status: Status;
  /** A CSS colour; the accent where absent. */
  readonly ink: string | undefined;
  readonly min: number;
  readonly max: number;
  /** Where a colour begins to hold, rising; the first may be -Infinity. */
  readonly bands: readonly { readonly value: number; readonly ink: string }[];
  /** The colour of a value between the ends. */
  readonly inkAt: (value: number) => string;
  readonly links?: ReactNode;
}

export interface BarGaugeProps {
  readonly label: string;
  readonly bars: readonly Bar[];
  /** horizontal: bars lie; vertical: they stand. */
  readonly orientation: 'horizontal' | 'vertical';
  readonly displayMode: 'basic' | 'gradient' | 'lcd';
  readonly valueMode: 'color' | 'text' | 'hidden';
  readonly namePlacement: 'auto' | 'top' | 'left' | 'hidden';
  readonly showUnfilled: boolean;
  /** Of the room of a standing bar with its texts, in CSS pixels. */
  readonly leastColumn: number;
  /** Of a bar's thickness, in CSS pixels. */
  readonly thickness: { readonly min: number; readonly max: number };
  readonly nameSize: number | undefined;
  readonly valueSize: number | undefined;
  readonly width: number;
  readonly height: number;
}

const LEAST_ROW = 22;
/** Standing bars narrower than this have no room for their values. */
export const LEAST_COLUMN = 44;
/** Bars grow with the panel; beyond this they would be walls. */
const MOST_ROW = 96;
const TOP_NAME = 18;
/** Of a value beside its bar, in CSS pixels and of the bar's thickness. */
const VALUE = { least: 13, most: 24, share: 0.5 };
/** CSS pixels of a cell of an LCD bar with the gap after it. */
const LCD_PITCH = 8;

/** Values as bars on one scale, from zero where zero is inside: lying below each other, or standing beside each other. */
export function BarGauge(props: BarGaugeProps): ReactElement {
  return props.orientation === 'vertical' ? <Standing {...props} /> : <Lying {...props} />;
}

/** Bars stand where the room is wider than high, unless they would have no room for their values; else they lie. */
export function autoOrientation(count: number, width: number, height: number): BarGaugeProps['orientation'] {
  return width > height && count * LEAST_COLUMN <= width ? 'vertical' : 'horizontal';
}

/** Thickness of the lying bars with their names, and where the names stand: above them in narrow panels, unless that would make them scroll. */
export function lyingRows({
  bars,
  namePlacement,
  thickness,
  nameSize = 12,
  width,
  height,
}: Pick<BarGaugeProps, 'namePlacement' | 'thickness' | 'nameSize' | 'width' | 'height'> & {
  readonly bars: { readonly length: number };
}): { readonly row: number; readonly nameHeight: number } {
  const share = Math.floor(height / bars.length);
  const above = Math.max(TOP_NAME, nameSize * 1.5);
  const top = namePlacement === 'top' || (namePlacement === 'auto' && width < 260 && share >= LEAST_ROW + above);
  const nameHeight = top ? above : 0;
  const most = thickness.max === Infinity ? MOST_ROW : thickness.max;
  return { row: Math.max(LEAST_ROW + nameHeight, Math.min(most + nameHeight, share)), nameHeight };
}

function Lying(props: BarGaugeProps): ReactElement {
  const { label, bars, namePlacement, valueMode, thickness, nameSize = 12, width, height } = props;
  const { row, nameHeight } = lyingRows(props);
  const top = nameHeight > 0;
  const barHeight = Math.max(thickness.min, row - nameHeight - 8);
  const valueSize = props.valueSize ?? Math.max(VALUE.least, Math.min(VALUE.most, barHeight * VALUE.share));
  const texts = bars.map(({ shown }) => displayText(shown));
  const valueWidth =
    valueMode === 'hidden' ? 0 : Math.min(width * 0.4, Math.max(...texts.map((text) => text.length)) * valueSize * 0.58 + 22);
  const nameWidth =
    top || namePlacement === 'hidden'
      ? 0
      : Math.min(width * 0.35, Math.max(...bars.map(({ name }) => name.length)) * nameSize * 0.54 + 4);
  const columns = [nameWidth, undefined, valueWidth].flatMap((wide) =>
    wide === undefined ? ['minmax(0, 1fr)'] : wide > 0 ? [`${wide}px`] : [],
  );
  return (
    <ul className={classes.bars} aria-label={label} style={{ width, height }}>
      {bars.map((bar, index) => (
        <li key={bar.id} className={classes.item} style={{ height: row }} title={titleOf(bar)}>
          {top && (
            <span className={classes.name} style={{ fontSize: nameSize, lineHeight: `${nameHeight}px` }}>
              {bar.name} {bar.links}
            </span>
          )}
          <span className={classes.bar} style={{ gridTemplateColumns: columns.join(' '), height: row - nameHeight }}>
            {nameWidth > 0 && (
              <span className={classes.name} style={{ fontSize: nameSize }}>
                {bar.name} {bar.links}
              </span>
            )}
            <Track {...props} bar={bar} text={texts[index]!} size={{ height: barHeight }} />
            {valueWidth > 0 && <Value bar={bar} text={texts[index]!} mode={valueMode} size={valueSize} />}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Standing(props: BarGaugeProps): ReactElement {
  const { label, bars, namePlacement, valueMode, thickness, nameSize = 12, valueSize = 13, width, height } = props;
  const column = Math.max(props.leastColumn, Math.floor(width / bars.length));
  const nameHeight = namePlacement === 'hidden' ? 0 : Math.max(TOP_NAME, nameSize * 1.5);
  const valueHeight = valueMode === 'hidden' ? 0 : valueSize * 1.6;
  // Values beside each other are compared: they stand in one size, the one at which all fit.
  const longest = Math.max(...bars.map(({ shown }) => displayText(shown).length));
  const shapes = bars.some(({ status }) => status !== 'neutral') ? 12 : 0;
  const textSize = Math.max(9, Math.min(valueSize, (column - shapes - 6) / (longest * 0.6)));
  const barWidth = Math.max(thickness.min, Math.min(column - 16, 64));
  return (
    <ul className={classes.standing} aria-label={label} style={{ width, height }}>
      {bars.map((bar) => (
        <li key={bar.id} style={{ width: column }} title={titleOf(bar)}>
          {valueHeight > 0 && <Value bar={bar} text={displayText(bar.shown)} mode={valueMode} size={textSize} />}
          <Track
            {...props}
            bar={bar}
            text={displayText(bar.shown)}
            size={{ width: barWidth, height: Math.max(8, height - nameHeight - valueHeight - 4) }}
          />
          {nameHeight > 0 && (
            <span className={classes.name} style={{ fontSize: nameSize, lineHeight: `${nameHeight}px` }}>
              {bar.name} {bar.links}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

function Value({
  bar,
  text,
  mode,
  size,
}: {
  bar: Bar;
  text: string;
  mode: BarGaugeProps['valueMode'];
  size: number;
}): ReactElement {
  return (
    <span
      className={classes.value}
      data-none={bar.numeric === undefined || undefined}
      style={{ fontSize: size, color: mode === 'color' && bar.status === 'neutral' ? bar.ink : undefined }}
    >
      <StatusShape status={bar.status} size={9} />
      {text}
    </span>
  );
}

function Track({
  bar,
  text,
  size,
  orientation,
  displayMode,
  showUnfilled,
  width,
}: BarGaugeProps & {
  readonly bar: Bar;
  readonly text: string;
  readonly size: { readonly width?: number; readonly height: number };
}): ReactElement {
  const scale = { min: bar.min, max: bar.max };
  const zero = share(0, scale);
  const at = bar.numeric === undefined || Number.isNaN(bar.numeric) ? zero : share(bar.numeric, scale);
  const [low, high] = at < zero ? [at, zero] : [zero, at];
  const lying = orientation === 'horizontal';
  const place = (from: number, to: number): CSSProperties =>
    lying
      ? { left: `${from * 100}%`, width: `${(to - from) * 100}%`, top: 0, bottom: 0 }
      : { bottom: `${from * 100}%`, height: `${(to - from) * 100}%`, left: 0, right: 0 };
  const paint = bar.ink ?? 'var(--v-accent)';
  return (
    <span
      className={classes.track}
      data-bare={!showUnfilled || displayMode === 'lcd' || undefined}
      role="meter"
      aria-label={bar.name}
      aria-valuemin={bar.min}
      aria-valuemax={bar.max}
      aria-valuenow={bar.numeric}
      aria-valuetext={[text, STATUS_WORDS[bar.status]].filter((part) => part !== '').join(', ')}
      style={size}
    >
      {displayMode === 'lcd' ? (
        <Cells
          bar={bar}
          low={low}
          high={high}
          count={Math.max(4, Math.floor((lying ? width * 0.6 : size.height) / LCD_PITCH))}
          place={place}
          showUnfilled={showUnfilled}
        />
      ) : (
        <span
          className={classes.fill}
          style={{ ...place(low, high), background: displayMode === 'gradient' ? gradientOf(bar, low, high, lying) : paint }}
        />
      )}
      {displayMode === 'basic' &&
        bar.bands.map((band) =>
          band.value > bar.min && band.value < bar.max ? (
            <span
              key={band.value}
              className={classes.mark}
              data-lying={lying || undefined}
              style={{
                ...(lying ? { left: `${share(band.value, scale) * 100}%` } : { bottom: `${share(band.value, scale) * 100}%` }),
                background: band.ink,
              }}
            />
          ) : null,
        )}
    </span>
  );
}

/** Cells of an LCD bar, each in the colour of its place. */
function Cells({
  bar,
  low,
  high,
  count,
  place,
  showUnfilled,
}: {
  bar: Bar;
  low: number;
  high: number;
  count: number;
  place: (from: number, to: number) => CSSProperties;
  showUnfilled: boolean;
}): ReactElement {
  const most = Math.min(count, 120);
  return (
    <>
      {Array.from({ length: most }, (_, cell) => {
        const [from, to] = [cell / most, (cell + 1) / most];
        const middle = (from + to) / 2;
        const lit = middle >= low && middle <= high && high > low;
        if (!lit && !showUnfilled) return null;
        return (
          <span
            key={cell}
            className={classes.fill}
            style={{
              ...place(from, to - 0.25 / most),
              background: bar.inkAt(bar.min + middle * (bar.max - bar.min)),
              opacity: lit ? 1 : 0.14,
              minWidth: 0,
            }}
          />
        );
      })}
    </>
  );
}

const STOPS = 12;

/** The colours of the values that the bar passes. */
function gradientOf(bar: Bar, low: number, high: number, lying: boolean): string {
  const stops = Array.from({ length: STOPS + 1 }, (_, stop) =>
    bar.inkAt(bar.min + (low + ((high - low) * stop) / STOPS) * (bar.max - bar.min)),
  );
  return `linear-gradient(to ${lying ? 'right' : 'top'}, ${stops.join(', ')})`;
}

function titleOf({ name, numeric, unit }: Bar): string {
  return numeric === undefined ? name : `${name}: ${formatExact(numeric, unit)}`;
}

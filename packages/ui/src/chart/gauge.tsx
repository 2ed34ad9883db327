import { displayText } from '@vitrine/compute/field/display.ts';
import type { FormattedValue } from '@vitrine/model/unit.ts';
import type { ReactElement, ReactNode } from 'react';

import { STATUS_WORDS } from '../theme/status.ts';
import type { Status } from '../theme/status.ts';
import { Figure, FIGURE_SHAPE } from '../widget/figure.tsx';
import { figureSize } from '../widget/figure-layout.ts';
import { ARC, arcPath, CIRCLE, filledPieces, gaugeRing, point, share } from './gauge-arc.ts';
import classes from './gauge.module.css';

export interface GaugeProps {
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
  /** Where a colour begins to hold, rising. */
  readonly bands: readonly { readonly value: number; readonly ink: string }[];
  readonly look: {
    readonly shape: 'gauge' | 'circle';
    readonly barShape: 'flat' | 'rounded';
    readonly segmentCount: number;
    /** How far pieces stand apart, 0 to 1. */
    readonly segmentSpacing: number;
    /** How thick the ring is, 0 to 1. */
    readonly barWidthFactor: number;
    readonly showThresholdMarkers: boolean;
    readonly showThresholdLabels: boolean;
    readonly neutral: number | undefined;
  };
  readonly showName: boolean;
  readonly showValue: boolean;
  readonly nameSize: number | undefined;
  readonly valueSize: number | undefined;
  /** A value of its axis in words. */
  readonly show: (value: number) => string;
  /** What stands in the ring below the value: its past. */
  readonly renderInside?: ((width: number, height: number) => ReactNode) | undefined;
  readonly width: number;
  readonly height: number;
}

const NAME_HEIGHT = 20;
const ENDS_HEIGHT = 18;
/** Smaller rings have no room for words around them. */
const WORDS_FROM_RADIUS = 48;

/** A value between two ends, with its thresholds around it. */
export function Gauge(props: GaugeProps): ReactElement {
  const { name, shown, numeric, status, ink, min, max, bands, look, showName, width, height } = props;
  const ring = look.shape === 'circle' ? CIRCLE : ARC;
  const nameHeight = showName ? Math.max(NAME_HEIGHT, (props.nameSize ?? 12) * 1.5) : 0;
  const endsHeight = look.shape === 'circle' ? 0 : ENDS_HEIGHT;
  const ringHeight = Math.max(0, height - nameHeight - endsHeight);
  const { radius, centerX, centerY } = gaugeRing(width - 8, ringHeight - 4, ring);
  const thick = Math.max(6, Math.min(36, radius * 0.34) * look.barWidthFactor);
  const rim = look.showThresholdMarkers && bands.length > 1 ? Math.max(2, thick * 0.22) : 0;
  const track = Math.max(4, radius - rim - 2 - thick / 2);
  const scale = { min, max };
  const cap = look.barShape === 'rounded' && look.segmentCount <= 1 ? 'round' : 'butt';
  const paint = ink ?? 'var(--v-accent)';
  const from = look.neutral === undefined ? 0 : share(look.neutral, scale);
  const filled =
    numeric === undefined || Number.isNaN(numeric)
      ? []
      : filledPieces(from, share(numeric, scale), look.segmentCount, look.segmentSpacing);
  const inner = (track - thick / 2) * 2;
  const sparkHeight = props.renderInside === undefined || radius < WORDS_FROM_RADIUS ? 0 : inner * 0.22;
  return (
    <div className={classes.gauge} style={{ width, height }}>
      <svg
        width={width}
        height={ringHeight + endsHeight}
        role="meter"
        aria-label={name}
        aria-valuemin={min}
        aria-valuemax={max}
        aria-valuenow={numeric}
        aria-valuetext={[displayText(shown), STATUS_WORDS[status]].filter((part) => part !== '').join(', ')}
      >
        <g transform={`translate(${centerX + 4} ${centerY + 2})`} fill="none" strokeLinecap={cap}>
          {filledPieces(0, 1, look.segmentCount, look.segmentSpacing).map(([start, end]) => (
            <path key={start} d={arcPath(start, end, track, ring)} stroke="var(--v-hover)" strokeWidth={thick} />
          ))}
          {rim > 0 &&
            bands.map((band, index) => {
              const start = share(band.value, scale);
              const end = share(bands[index + 1]?.value ?? Infinity, scale);
              return end > start ? (
                <path
                  key={band.value}
                  d={arcPath(start, end, radius - rim / 2, ring)}
                  stroke={band.ink}
                  strokeWidth={rim}
                  strokeLinecap="butt"
                  opacity={0.8}
                />
              ) : null;
            })}
          {filled.map(([start, end]) => (
            <path key={start} d={arcPath(start, end, track, ring)} stroke={paint} strokeWidth={thick} />
          ))}
          {radius >= WORDS_FROM_RADIUS && look.shape === 'gauge' && (
            <g className={classes.ends}>
              {[min, max].map((end, index) => {
                const [x, y] = point(index, track, ring);
                return (
                  <text key={end} x={x} y={y + thick / 2 + 11} textAnchor="middle">
                    {props.show(end)}
                  </text>
                );
              })}
            </g>
          )}
          {radius >= WORDS_FROM_RADIUS && look.showThresholdLabels && (
            <g className={classes.ends}>
              {bands
                .filter(({ value }) => value > min && value < max)
                .map(({ value }) => {
                  const [x, y] = point(share(value, scale), track - thick / 2 - 9, ring);
                  return (
                    <text key={value} x={x} y={y + 4} textAnchor={Math.abs(x) < 8 ? 'middle' : x < 0 ? 'start' : 'end'}>
                      {props.show(value)}
                    </text>
                  );
                })}
            </g>
          )}
        </g>
      </svg>
      {props.showValue && (
        <div className={classes.figure} style={{ top: centerY + 2 - sparkHeight / 3, width }}>
          <Figure
            shown={shown}
            numeric={numeric}
            unit={props.unit}
            status={status}
            ink={ink}
            size={
              props.valueSize ??
              figureSize(
                shown.prefix + shown.text,
                shown.suffix,
                inner * 0.81 - (status === 'neutral' ? 0 : FIGURE_SHAPE),
                radius * 0.5,
                40,
              )
            }
          />
        </div>
      )}
      {sparkHeight > 0 && (
        <div
          className={classes.inside}
          style={{ top: centerY + 2 + radius * 0.22, width: inner * 0.6, left: (width - inner * 0.6) / 2 }}
        >
          {props.renderInside?.(inner * 0.6, sparkHeight)}
        </div>
      )}
      {showName && (
        <div className={classes.name} style={{ fontSize: props.nameSize, lineHeight: `${nameHeight}px` }} title={name}>
          {name}
        </div>
      )}
    </div>
  );
}

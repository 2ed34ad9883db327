import type { ResolvedLink } from '@vitrine/compute/field/links.ts';
import { useState } from 'react';
import type { ReactElement } from 'react';

import { Float } from './float.tsx';
import classes from './float.module.css';
import { LinkItems } from './link-items.tsx';
import { LineSwatch } from './line-swatch.tsx';
import type { Hover } from './plot.ts';
import { windowAround } from './reading.ts';
import type { Reading } from './reading.ts';
import { inkAt } from './value-ink.ts';

const MOST_ROWS = 14;

/** A value of a label that a click chooses for a variable. */
export interface Choice {
  readonly variable: string;
  readonly value: string;
}

export interface ChartTooltipProps {
  readonly hover: Hover;
  /** In words. */
  readonly xText: string;
  /** In the order in which they are told. */
  readonly readings: readonly Reading[];
  readonly nearest: Reading | undefined;
  /** What else is known of what is pointed at: an exemplar's labels, when a step was. */
  readonly aside: readonly (readonly [name: string, value: string])[];
  /** Of what is nearest; offered once the tooltip is pinned. */
  readonly links: readonly ResolvedLink[];
  readonly choices: readonly Choice[];
  readonly onChoose: ((choice: Choice) => void) | undefined;
  /** CSS pixels. */
  readonly maxWidth: number | undefined;
  readonly maxHeight: number | undefined;
  readonly onClose: () => void;
}

/** What the lines say at the cursor. Pinned, it can be read at leisure, selected and copied, and its links followed. */
export function ChartTooltip(props: ChartTooltipProps): ReactElement {
  const { hover, xText, readings, nearest, aside, links, choices, maxWidth, maxHeight } = props;
  const [copied, setCopied] = useState(false);
  const most = hover.pinned ? 3 * MOST_ROWS : MOST_ROWS;
  const { start, shown } = windowAround(readings, nearest === undefined ? 0 : readings.indexOf(nearest), most);
  const text = ({ value, isNaN, series }: Reading) => (isNaN ? 'NaN' : series.show(value));
  const copy = () => {
    const lines = readings.map((reading) =>
      [reading.series.name, reading.isNaN ? 'NaN' : reading.value, ...alsoTexts(reading)].join('\t'),
    );
    const more = aside.map(([name, value]) => `${name}\t${value}`);
    void navigator.clipboard.writeText([xText, ...lines, ...more].join('\n')).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <Float x={hover.clientX} y={hover.clientY} pinned={hover.pinned}>
      <div className={classes.head}>
        <span>{xText}</span>
        {hover.pinned && (
          <>
            <button type="button" className={classes.button} onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </button>
            <button type="button" className={classes.button} onClick={props.onClose} aria-label="Unpin">
              ✕
            </button>
          </>
        )}
      </div>
      {readings.length === 0 && aside.length === 0 && <div className={classes.more}>No value here</div>}
      <div className={classes.rows} style={{ maxWidth, maxHeight, ...(maxHeight === undefined ? {} : { overflowY: 'auto' }) }}>
        {shown.map((reading) => (
          <div key={reading.series.id} className={classes.row} data-near={reading === nearest || undefined}>
            <LineSwatch
              color={inkAt(reading.series.inks, reading.value) ?? reading.series.color}
              style={reading.series.style}
              dash={reading.series.look.dash}
              area={reading.series.look.drawStyle === 'bars'}
            />
            <span className={classes.name}>{reading.series.name}</span>
            <span className={classes.value}>
              {alsoTexts(reading).map((also) => (
                <span key={also} className={classes.also}>
                  {also}
                </span>
              ))}
              {text(reading)}
            </span>
          </div>
        ))}
      </div>
      {readings.length > shown.length && (
        <div className={classes.more}>
          {start > 0 && `${start} above`}
          {start > 0 && start + shown.length < readings.length && ', '}
          {start + shown.length < readings.length && `${readings.length - start - shown.length} below`}
        </div>
      )}
      {aside.length > 0 && (
        <dl className={classes.aside}>
          {aside.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {hover.pinned && (links.length > 0 || choices.length > 0) && (
        <div className={classes.links}>
          <LinkItems links={links} />
          {choices.map((choice) => (
            <button key={choice.variable} type="button" className={classes.button} onClick={() => props.onChoose?.(choice)}>
              {choice.variable} = {choice.value}
            </button>
          ))}
        </div>
      )}
    </Float>
  );
}

/** What is known of the line besides its value: one text, or none. */
function alsoTexts({ series, x }: Reading): readonly string[] {
  const also = series.also?.(x) ?? '';
  return also === '' ? [] : [also];
}

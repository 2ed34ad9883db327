import { cellValue } from '@vitrine/compute/field/display.ts';
import { safeHref } from '@vitrine/compute/field/links.ts';
import type { ResolvedLink } from '@vitrine/compute/field/links.ts';
import type { ColorName } from '@vitrine/model/field-config.ts';
import { isNumbers } from '@vitrine/model/frame.ts';
import { formatExact } from '@vitrine/model/unit.ts';
import { useState } from 'react';
import type { CSSProperties, ReactElement, ReactNode } from 'react';

import { Sparkline } from '../chart/sparkline.tsx';
import type { ThemeName } from '../theme/ink.ts';
import { inkOf, textOn } from '../theme/color-name.ts';
import { SERIES_COLORS, seriesSlot } from '../theme/series-color.ts';
import { statusOf } from '../theme/status.ts';
import { Markdown } from '../widget/markdown.tsx';
import { StatusShape } from '../widget/status-shape.tsx';
import type { CellLook } from './cell-look.ts';
import type { TableColumn } from './table-column.ts';
import classes from './data-table.module.css';

export interface CellContentProps {
  readonly column: TableColumn;
  readonly row: number;
  readonly width: number;
  readonly height: number;
  readonly theme: ThemeName;
  readonly links: readonly ResolvedLink[];
}

const INSET = 8;
const MOST_PILLS = 50;
const LCD_CELL = 7;

/** What stands in one cell. Everything in it is text and elements of ours: what a value says is never read as markup. */
export function CellContent({ column, row, width, height, theme, links }: CellContentProps): ReactElement {
  const content = lookOf(column, row, width, height, theme);
  if (column.look.cell.kind === 'data-links') return <Links links={links} text={column.text(row)} listed />;
  if (column.look.cell.kind === 'actions') return <Actions links={links} />;
  if (links.length === 0) return <>{content}</>;
  return (
    <Links links={links} text={column.text(row)}>
      {content}
    </Links>
  );
}

/** Links of a cell: one is the cell itself, several stand behind it. */
function Links({
  links,
  text,
  listed = false,
  children,
}: {
  links: readonly ResolvedLink[];
  text: string;
  listed?: boolean;
  children?: ReactNode;
}): ReactElement {
  const usable = links.filter(({ href }) => href !== undefined);
  if (usable.length === 0) return <>{children ?? text}</>;
  const one = !listed && usable.length === 1;
  return (
    <span className={classes.links}>
      {!listed && !one && <span className={classes.linkText}>{children}</span>}
      {usable.map(({ title, href, targetBlank }, at) => (
        <a
          // Links have no identity but their place.
          key={at}
          href={href}
          title={title}
          tabIndex={-1}
          className={classes.link}
          {...(targetBlank ? { target: '_blank', rel: 'noopener noreferrer' } : {})}
          {...(one ? { 'aria-label': `${text}: ${title}` } : {})}
        >
          {one ? children : listed ? title : `↗ ${title}`}
        </a>
      ))}
    </span>
  );
}

const NO_ACTION =
  'This column has buttons that send requests. Vitrine sends none from a table: give the column a link, and it becomes a button that opens it.';

/** Buttons that open the column's links. A request that a dashboard's author wrote is never sent in a reader's name. */
function Actions({ links }: { links: readonly ResolvedLink[] }): ReactElement {
  const usable = links.filter(({ href }) => href !== undefined);
  if (usable.length === 0) {
    return (
      <span className={classes.noAction} title={NO_ACTION}>
        not run here
      </span>
    );
  }
  return (
    <span className={classes.actions}>
      {usable.map(({ title, href, targetBlank }, at) => (
        <a key={at} href={href} tabIndex={-1} {...(targetBlank ? { target: '_blank', rel: 'noopener noreferrer' } : {})}>
          {title}
        </a>
      ))}
    </span>
  );
}

function lookOf(column: TableColumn, row: number, width: number, height: number, theme: ThemeName): ReactNode {
  const { cell } = column.look;
  switch (cell.kind) {
    case 'color-text':
    case 'color-background': {
      const shown = column.display(row);
      const color = cell.kind === 'color-text' ? inkIf(shown.color, theme) : undefined;
      return (
        <span style={color === undefined ? undefined : { color }}>
          {cell.kind === 'color-text' && <Shape column={column} row={row} />} {column.text(row)}
        </span>
      );
    }
    case 'gauge':
      return <GaugeCell column={column} row={row} width={width} height={height} theme={theme} look={cell} />;
    case 'sparkline':
      return <SparkCell column={column} row={row} width={width} height={height} theme={theme} hideValue={cell.hideValue} />;
    case 'pill':
      return <Pills column={column} row={row} theme={theme} />;
    case 'markdown':
      return <Markdown source={column.text(row)} />;
    case 'json-view':
      return <code className={classes.json}>{jsonText(column, row)}</code>;
    case 'image':
      return <ImageCell address={column.text(row)} alt={cell.alt} title={cell.title} height={height} />;
    default:
      return column.text(row);
  }
}

function inkIf(color: ColorName | undefined, theme: ThemeName): string | undefined {
  return color === undefined ? undefined : inkOf(color, theme);
}

/** A threshold that a value has reached has a shape too: colour is never the only sign. */
function Shape({ column, row }: { column: TableColumn; row: number }): ReactElement | null {
  const { field } = column;
  const { thresholds, color } = field.config ?? {};
  if (field.type !== 'number' || thresholds === undefined || (color?.mode ?? 'thresholds') !== 'thresholds') return null;
  const value = cellValue(field, row);
  if (typeof value !== 'number' || thresholds.steps.length < 2) return null;
  return <StatusShape status={statusOf(value, thresholds, field.range)} size={8} />;
}

/** Colours of a cell's ground, and what is read on it; undefined where the cell has none. */
export function cellGround(column: TableColumn, row: number, theme: ThemeName): CSSProperties | undefined {
  const { cell } = column.look;
  if (cell.kind !== 'color-background') return undefined;
  const color = inkIf(column.display(row).color, theme);
  if (color === undefined || color === 'transparent') return undefined;
  const ink = textOn(color, theme);
  return {
    background:
      cell.fill === 'gradient' ? `linear-gradient(120deg, ${color}, color-mix(in oklab, ${color} 80%, var(--v-panel)))` : color,
    color: ink,
  };
}

/** What a field of styles may say: nothing that fetches, covers others or lets a cell out of its place. */
const STYLES: Readonly<
  Record<string, 'color' | 'backgroundColor' | 'fontWeight' | 'fontStyle' | 'textDecoration' | 'textAlign' | 'opacity'>
> = {
  color: 'color',
  backgroundColor: 'backgroundColor',
  'background-color': 'backgroundColor',
  background: 'backgroundColor',
  fontWeight: 'fontWeight',
  'font-weight': 'fontWeight',
  fontStyle: 'fontStyle',
  'font-style': 'fontStyle',
  textDecoration: 'textDecoration',
  'text-decoration': 'textDecoration',
  textAlign: 'textAlign',
  'text-align': 'textAlign',
  opacity: 'opacity',
};
/** Words, numbers, #hex and colour functions. */
const STYLE_VALUE = /^(?!.*\b(?:url|image|image-set|var|attr|env)\s*\()[\w\s#%.,/()+-]{1,80}$/i;

/** The styles that another field says for a cell, as a JSON object: `{"color": "#f00", "fontWeight": 600}`. What is not known is left out. */
export function cellStyle({ styles }: TableColumn, row: number): CSSProperties | undefined {
  if (styles === undefined) return undefined;
  const value = cellValue(styles, row);
  const said = typeof value === 'string' ? parsed(value) : value;
  if (typeof said !== 'object' || said === null) return undefined;
  return Object.fromEntries(
    Object.entries(said).flatMap(([name, one]) =>
      Object.hasOwn(STYLES, name) && (typeof one === 'string' || typeof one === 'number') && STYLE_VALUE.test(String(one))
        ? [[STYLES[name]!, one]]
        : [],
    ),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface DrawnCellProps {
  readonly column: TableColumn;
  readonly row: number;
  readonly width: number;
  readonly height: number;
  readonly theme: ThemeName;
}

function GaugeCell(props: DrawnCellProps & { readonly look: Extract<CellLook, { kind: 'gauge' }> }): ReactElement {
  const { column, row, width, height, theme, look } = props;
  const value = cellValue(column.field, row);
  const shown = column.display(row);
  const share = typeof value === 'number' ? (shown.percent ?? shareOf(column, value)) : undefined;
  const color = inkIf(shown.color, theme) ?? 'var(--v-accent)';
  const text = column.text(row);
  const textWidth = look.value === 'hidden' ? 0 : Math.min(width * 0.55, Math.max(44, text.length * 7.2 + 8));
  const room = Math.max(8, width - 2 * INSET - textWidth);
  const barHeight = Math.max(6, Math.min(18, height - 12));
  return (
    <span className={classes.gauge}>
      <svg width={room} height={barHeight} aria-hidden="true" focusable="false">
        {look.fill === 'lcd' ? (
          lcdCells(room).map((left, at, all) => (
            <rect
              key={left}
              x={left}
              width={LCD_CELL - 2}
              height={barHeight}
              rx={1}
              fill={share !== undefined && at / all.length < share ? color : 'var(--v-grid)'}
            />
          ))
        ) : (
          <>
            <rect width={room} height={barHeight} rx={3} fill="var(--v-grid)" />
            {share !== undefined && (
              <rect
                width={Math.max(share > 0 ? 2 : 0, share * room)}
                height={barHeight}
                rx={3}
                fill={color}
                opacity={look.fill === 'gradient' ? 0.55 + 0.45 * share : 1}
              />
            )}
          </>
        )}
      </svg>
      {look.value !== 'hidden' && (
        <span className={classes.gaugeText} style={look.value === 'color' ? { color, width: textWidth } : { width: textWidth }}>
          {text}
        </span>
      )}
    </span>
  );
}

function lcdCells(room: number): number[] {
  return Array.from({ length: Math.max(1, Math.floor(room / LCD_CELL)) }, (_, at) => at * LCD_CELL);
}

/** Where a value lies between the settings' min and max, else those of the column. */
function shareOf({ field }: TableColumn, value: number): number | undefined {
  if (!isNumbers(field) || Number.isNaN(value)) return undefined;
  const { min, max } = rangeOf(field);
  if (!(max > min)) return value >= max ? 1 : 0;
  return Math.min(1, Math.max(0, (value - min) / (max - min)));
}

const ranges = new WeakMap<object, { readonly min: number; readonly max: number }>();

function rangeOf(field: TableColumn['field']): { readonly min: number; readonly max: number } {
  const known = ranges.get(field);
  if (known !== undefined) return known;
  let low = Infinity;
  let high = -Infinity;
  if (isNumbers(field)) {
    for (let row = 0; row < field.values.length; row++) {
      const value = field.values[row]!;
      if (field.present?.[row] === 0 || !Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  // A bar starts at zero, as its length is what is compared.
  const found = {
    min: field.config?.min ?? field.range?.min ?? Math.min(0, low),
    max: field.config?.max ?? field.range?.max ?? high,
  };
  ranges.set(field, found);
  return found;
}

function SparkCell(props: DrawnCellProps & { readonly hideValue: boolean }): ReactElement {
  const { column, row, width, height, theme, hideValue } = props;
  const frame = column.field.type === 'frame' ? column.field.values[row]?.[0] : undefined;
  const xs = frame?.fields.find(isNumbers);
  const ys = frame?.fields.findLast((one) => one.type === 'number');
  const text = column.text(row);
  if (xs === undefined || !isNumbers(ys) || xs.values.length === 0) return <>{text}</>;
  const values =
    ys.present === undefined ? ys.values : ys.values.map((value, at) => (ys.present![at] === 0 ? Number.NaN : value));
  const textWidth = hideValue ? 0 : Math.min(width * 0.5, Math.max(44, text.length * 7.2 + 8));
  const color = inkIf(column.field.config?.color?.fixedColor, theme) ?? 'var(--v-accent)';
  return (
    <span className={classes.gauge}>
      <Sparkline
        xs={xs.values}
        ys={values}
        xMin={xs.values[0]!}
        xMax={xs.values[xs.values.length - 1]!}
        width={Math.max(8, width - 2 * INSET - textWidth)}
        height={Math.max(8, height - 6)}
        color={color}
      />
      {!hideValue && (
        <span className={classes.gaugeText} style={{ width: textWidth }}>
          {text}
        </span>
      )}
    </span>
  );
}

function Pills({ column, row, theme }: { column: TableColumn; row: number; theme: ThemeName }): ReactElement {
  const value = cellValue(column.field, row);
  if (value === undefined || value === null || value === '') return <>{column.text(row)}</>;
  const shown = column.display(row);
  const words = Array.isArray(value)
    ? value.map(String)
    : typeof value === 'string' && value.includes(',')
      ? value.split(',').map((part) => part.trim())
      : [column.text(row)];
  return (
    <span className={classes.pills}>
      {words
        .filter((word) => word !== '')
        .slice(0, MOST_PILLS)
        .map((word, at) => {
          const color = (words.length === 1 ? inkIf(shown.color, theme) : undefined) ?? SERIES_COLORS[theme][seriesSlot(word)]!;
          return (
            // The same word may stand twice.
            <span key={at} className={classes.pill} style={{ background: `color-mix(in srgb, ${color} 22%, transparent)` }}>
              <i style={{ background: color }} />
              {word}
            </span>
          );
        })}
    </span>
  );
}

/** JSON that came as text is laid out like JSON that came as such. */
export function jsonText(column: TableColumn, row: number): string {
  const value = cellValue(column.field, row);
  if (typeof value !== 'string') return value === undefined ? column.text(row) : (JSON.stringify(value, undefined, 2) ?? '');
  try {
    return JSON.stringify(JSON.parse(value), undefined, 2);
  } catch {
    return value;
  }
}

const INLINE_IMAGE = /^data:image\/(?:png|jpe?g|gif|webp|avif);base64,[\w+/=]+$/i;

/** An address that an image may be fetched from: as a link's, or the image itself. The page's CSP has the last word. */
export function imageAddress(text: string): string | undefined {
  const address = text.trim();
  if (INLINE_IMAGE.test(address)) return address;
  const href = safeHref(address);
  return href === undefined || /^mailto:/i.test(href) ? undefined : href;
}

function ImageCell({
  address,
  alt,
  title,
  height,
}: {
  address: string;
  alt: string;
  title: string;
  height: number;
}): ReactElement {
  const src = imageAddress(address);
  const [failed, setFailed] = useState<string>();
  if (src === undefined || failed === src) return <>{alt === '' ? address : alt}</>;
  return (
    <img
      className={classes.image}
      src={src}
      alt={alt}
      title={title === '' ? undefined : title}
      style={{ maxHeight: Math.max(12, height - 4) }}
      loading="lazy"
      referrerPolicy="no-referrer"
      onError={() => setFailed(src)}
    />
  );
}

/** The exact value behind a cell, for its title. */
export function exactTitle({ field, text }: TableColumn, row: number): string {
  const value = cellValue(field, row);
  return field.type === 'number' && typeof value === 'number' ? formatExact(value, field.config?.unit ?? '') : text(row);
}

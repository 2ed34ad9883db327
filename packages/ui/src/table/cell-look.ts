import type { FieldSettings } from '@vitrine/model/field-config.ts';

/** How the cells of a column are drawn. */
export type CellLook =
  | { readonly kind: 'auto' | 'color-text' | 'pill' | 'markdown' | 'json-view' | 'data-links' | 'actions' }
  | { readonly kind: 'color-background'; readonly fill: 'basic' | 'gradient'; readonly wholeRow: boolean }
  | {
      readonly kind: 'gauge';
      readonly fill: 'basic' | 'gradient' | 'lcd';
      /** Whether the number has the bar's colour, that of text, or is left out. */
      readonly value: 'color' | 'text' | 'hidden';
    }
  | { readonly kind: 'sparkline'; readonly hideValue: boolean }
  | { readonly kind: 'image'; readonly alt: string; readonly title: string };

/** What a column's settings say of its cells. */
export interface ColumnLook {
  readonly cell: CellLook;
  readonly align: 'auto' | 'left' | 'center' | 'right';
  /** CSS pixels; undefined leaves it to what the column holds. */
  readonly width: number | undefined;
  readonly minWidth: number | undefined;
  readonly wrap: boolean;
  readonly wrapHead: boolean;
  readonly hidden: boolean;
  readonly filterable: boolean;
  readonly inspect: boolean;
  /** Reducer ids under the column. */
  readonly reducers: readonly string[];
  /** The field whose value a cell says when hovered. */
  readonly tooltipField: string | undefined;
  /** The field that says how each cell is written, as a JSON object of CSS. */
  readonly styleField: string | undefined;
}

type Loose = Readonly<Record<string, unknown>>;

const WIDTH = { least: 24, most: 4000 };
const MOST_REDUCERS = 8;

const PLAIN = ['color-text', 'pill', 'markdown', 'json-view', 'data-links', 'actions'] as const;

/** What older documents call the looks. */
const OLD_MODES: Readonly<Record<string, Loose>> = {
  'color-background': { type: 'color-background', mode: 'gradient' },
  'color-background-solid': { type: 'color-background', mode: 'basic' },
  basic: { type: 'gauge', mode: 'basic' },
  'gradient-gauge': { type: 'gauge', mode: 'gradient' },
  'lcd-gauge': { type: 'gauge', mode: 'lcd' },
};

/**
 * Reads `custom` of a column's settings. A setting that makes no sense is as if it were absent: one careless override must not
 * take a table away.
 */
export function columnLook(config: FieldSettings | undefined): ColumnLook {
  const custom = config?.custom ?? {};
  const footer = looseOf(custom['footer']);
  const tooltip = looseOf(custom['tooltip']);
  const hideFrom = looseOf(custom['hideFrom']);
  return {
    cell: cellLook(custom),
    align: oneOf(custom['align'], ['left', 'center', 'right'], 'auto'),
    width: pixels(custom['width']),
    minWidth: pixels(custom['minWidth']),
    wrap: custom['wrapText'] === true || looseOf(custom['cellOptions'])['wrapText'] === true,
    wrapHead: custom['wrapHeaderText'] === true,
    hidden: custom['hidden'] === true || hideFrom['viz'] === true,
    filterable: custom['filterable'] === true || config?.filterable === true,
    inspect: custom['inspect'] === true,
    reducers: texts(footer['reducers']),
    tooltipField: text(tooltip['field']) || undefined,
    styleField: text(custom['styleField']) || text(looseOf(custom['cellOptions'])['styleField']) || undefined,
  };
}

function cellLook(custom: Loose): CellLook {
  const mode = typeof custom['displayMode'] === 'string' ? custom['displayMode'] : '';
  const old = Object.hasOwn(OLD_MODES, mode) ? OLD_MODES[mode]! : { type: mode };
  const options = custom['cellOptions'] === undefined ? old : looseOf(custom['cellOptions']);
  const { type } = options;
  switch (type) {
    case 'color-background':
      return {
        kind: 'color-background',
        fill: oneOf(options['mode'], ['basic', 'gradient'], 'basic'),
        wholeRow: options['applyToRow'] === true,
      };
    case 'gauge':
      return {
        kind: 'gauge',
        fill: oneOf(options['mode'], ['basic', 'gradient', 'lcd'], 'basic'),
        value: oneOf(options['valueDisplayMode'], ['color', 'text', 'hidden'], 'text'),
      };
    case 'sparkline':
      return { kind: 'sparkline', hideValue: options['hideValue'] === true };
    case 'image':
      return { kind: 'image', alt: text(options['alt']), title: text(options['title']) };
    default:
      return { kind: PLAIN.find((kind) => kind === type) ?? 'auto' };
  }
}

function looseOf(value: unknown): Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string').slice(0, MOST_REDUCERS) : [];
}

function oneOf<const Choice extends string, Other extends string>(
  value: unknown,
  choices: readonly Choice[],
  otherwise: Other,
): Choice | Other {
  return choices.find((choice) => choice === value) ?? otherwise;
}

function pixels(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !(number > 0)) return undefined;
  return Math.min(WIDTH.most, Math.max(WIDTH.least, number));
}

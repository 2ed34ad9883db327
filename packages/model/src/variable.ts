/** What a reader of a dashboard may choose; `$name` in titles, queries, links and repeats stands for it. */
import type { SourceRef } from './dashboard.ts';

/** Stands for all options where it is a variable's value. */
export const ALL_VALUE = '$__all';

/** What is chosen: one, or several where the variable is `multi`. */
export type VariableValue = string | readonly string[];

/** Chosen values by the variable's name. */
export type VariableValues = Readonly<Record<string, VariableValue>>;

export interface VariableOption {
  readonly text: string;
  readonly value: string;
}

/** What every kind has. */
interface VariableBase {
  /** 1 to 100 of A-Z, a-z, 0-9 and _. */
  readonly name: string;
  /** "" shows the name. */
  readonly label: string;
  readonly description: string;
  readonly hide: 'none' | 'label' | 'variable' | 'menu';
  readonly skipUrlSync: boolean;
  /** What other programs wrote and this one does not read, kept for export. */
  readonly extra: Readonly<Record<string, unknown>>;
}

interface Choice {
  readonly multi: boolean;
  readonly includeAll: boolean;
  /** What "All" puts into a query; "" joins all options. */
  readonly allValue: string;
  /** Whether the reader may type a value that is not among the options. */
  readonly allowCustomValue: boolean;
  /** What the page opens with; `text` is what it is called, where that differs. */
  readonly current: VariableValue;
}

/** In the order of Grafana's numbers. */
export const VARIABLE_SORTS = [
  'none',
  'alphabetical',
  'alphabetical-desc',
  'numerical',
  'numerical-desc',
  'alphabetical-ci',
  'alphabetical-ci-desc',
  'natural',
  'natural-desc',
] as const;
export type VariableSort = (typeof VARIABLE_SORTS)[number];

export interface QueryVariable extends VariableBase, Choice {
  readonly kind: 'query';
  readonly source: SourceRef;
  /** The source plugin's own: for Prometheus `{ query: "label_values(up, job)" }`. */
  readonly spec: Readonly<Record<string, unknown>>;
  /** Keeps what matches; a group, or the named groups text and value, takes a part of it. "" keeps all. */
  readonly regex: string;
  readonly regexApplyTo: 'value' | 'text';
  readonly sort: VariableSort;
  readonly refresh: 'never' | 'load' | 'range';
  readonly staticOptions: readonly VariableOption[];
}

export interface CustomVariable extends VariableBase, Choice {
  readonly kind: 'custom';
  readonly options: readonly VariableOption[];
}

export interface IntervalVariable extends VariableBase {
  readonly kind: 'interval';
  /** Durations: "1m", "10m". */
  readonly values: readonly string[];
  /** Offers "auto": the range divided by `autoCount`, no shorter than `autoMin`. */
  readonly auto: boolean;
  readonly autoCount: number;
  readonly autoMin: string;
  /** A duration, or "$__auto". */
  readonly current: string;
}

export interface DatasourceVariable extends VariableBase, Choice {
  readonly kind: 'datasource';
  /** Sources of this type are offered: "prometheus". */
  readonly type: string;
  readonly regex: string;
}

export interface ConstantVariable extends VariableBase {
  readonly kind: 'constant';
  readonly current: string;
}

export interface TextboxVariable extends VariableBase {
  readonly kind: 'textbox';
  readonly current: string;
}

export interface SwitchVariable extends VariableBase {
  readonly kind: 'switch';
  readonly enabledValue: string;
  readonly disabledValue: string;
  /** One of the two. */
  readonly current: string;
}

export const ADHOC_OPERATORS = ['=', '!=', '=~', '!~', '<', '>', '=|', '!=|'] as const;
export type AdhocOperator = (typeof ADHOC_OPERATORS)[number];

/** `=|` and `!=|` are "one of" and "none of" `values`. */
export interface AdhocFilter {
  readonly key: string;
  readonly operator: AdhocOperator;
  readonly value: string;
  readonly values?: readonly string[];
}

/** Filters on labels, put into the tree of every query of its source. */
export interface AdhocVariable extends VariableBase {
  readonly kind: 'adhoc';
  readonly source: SourceRef;
  readonly filters: readonly AdhocFilter[];
  /** Always there, and not shown. */
  readonly baseFilters: readonly AdhocFilter[];
}

/** Labels by which to group; the chosen ones stand where a query writes `$name`. */
export interface GroupByVariable extends VariableBase, Choice {
  readonly kind: 'groupby';
  readonly source: SourceRef;
}

export type Variable =
  | QueryVariable
  | CustomVariable
  | IntervalVariable
  | DatasourceVariable
  | ConstantVariable
  | TextboxVariable
  | SwitchVariable
  | AdhocVariable
  | GroupByVariable;

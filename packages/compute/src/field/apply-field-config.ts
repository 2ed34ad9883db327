import type { FieldOverride, FieldSettings, PanelFieldConfig } from '@vitrine/model/field-config.ts';
import type { Field, Frame } from '@vitrine/model/frame.ts';

import { fieldMatcher } from '../matcher.ts';
import type { FieldMatcher } from '../matcher.ts';
import { isContinuous } from './display.ts';

/** What fills in references. A panel's context is one. */
export interface FieldContext {
  readonly replace: (
    text: string,
    scope: { readonly frame: Frame; readonly field: number; readonly frames: readonly Frame[] },
  ) => string;
  /** Told of each override that cannot be read: a sentence. Such an override changes nothing. */
  readonly onProblem?: (sentence: string) => void;
}

interface Range {
  readonly min: number;
  readonly max: number;
}

/** The last answer for some frames: a panel is drawn more often than its data and settings change. */
const applied = new WeakMap<
  readonly Frame[],
  { readonly config: PanelFieldConfig; readonly replace: FieldContext['replace']; readonly frames: readonly Frame[] }
>();

/**
 * Completes each field's `config`: the panel's defaults, on them what the source and transformations say, on them the overrides
 * in their order. References in names and units are filled in, and `range` is given to fields whose thresholds or colours
 * are a share of it. Columns are shared with `frames`, and equal settings between fields; where there is nothing to say, the
 * same frames come back.
 */
export function applyFieldConfig(frames: readonly Frame[], config: PanelFieldConfig, context: FieldContext): readonly Frame[] {
  const last = applied.get(frames);
  if (last !== undefined && last.config === config && last.replace === context.replace) return last.frames;
  const completed = complete(frames, config, context);
  applied.set(frames, { config, replace: context.replace, frames: completed });
  return completed;
}

function complete(frames: readonly Frame[], config: PanelFieldConfig, context: FieldContext): readonly Frame[] {
  const matchers = readMatchers(config.overrides, context);
  const merged = mergedSettings(config);
  let changed = false;
  let needsRange = false;
  const configs = frames.map((frame) =>
    frame.fields.map((field, index) => {
      const wanted = matchers.flatMap(({ matches, override }) => (matches(field, frame, frames) ? [override] : []));
      const settings = merged.of(field.config, wanted);
      const filled = fillIn(settings, (text) => context.replace(text, { frame, field: index, frames }));
      changed ||= filled !== (field.config ?? NOTHING);
      needsRange ||= field.type === 'number' && isRelative(filled);
      return filled;
    }),
  );
  if (!changed && !needsRange) return frames;
  const whole = needsRange ? rangeOf(frames.flatMap(({ fields }) => fields)) : undefined;
  return frames.map((frame, at) => ({
    ...frame,
    fields: frame.fields.map((field, index) => withConfig(field, configs[at]![index]!, whole)),
  }));
}

function withConfig(field: Field, config: FieldSettings, whole: Range | undefined): Field {
  if (field.type !== 'number' || !isRelative(config)) {
    return config === (field.config ?? NOTHING) ? field : { ...field, config };
  }
  const found = config.fieldMinMax === true ? rangeOf([field]) : whole;
  const range = { min: config.min ?? found?.min ?? 0, max: config.max ?? found?.max ?? 100 };
  return { ...field, config, range };
}

/** Whether something of the field is a share of the way from its least to its greatest value. */
function isRelative({ min, max, thresholds, color, custom }: FieldSettings): boolean {
  if (min !== undefined && max !== undefined) return false;
  if (thresholds?.mode === 'percentage' && thresholds.steps.length > 1) return true;
  if (color !== undefined && isContinuous(color.mode)) return true;
  const cell = custom?.['cellOptions'];
  return typeof cell === 'object' && cell !== null && 'type' in cell && cell.type === 'gauge';
}

/** The least and the greatest finite number; undefined where there is none. */
function rangeOf(fields: readonly Field[]): Range | undefined {
  let min = Infinity;
  let max = -Infinity;
  for (const field of fields) {
    if (field.type !== 'number') continue;
    const { values, present } = field;
    for (let row = 0; row < values.length; row++) {
      const value = values[row]!;
      if (present !== undefined && present[row] !== 1) continue;
      if (value < min && value !== -Infinity) min = value;
      if (value > max && value !== Infinity) max = value;
    }
  }
  return min <= max ? { min, max } : undefined;
}

interface ReadOverride {
  readonly matches: FieldMatcher;
  readonly override: FieldOverride;
}

function readMatchers(overrides: readonly FieldOverride[], { onProblem }: FieldContext): ReadOverride[] {
  return overrides.flatMap((override, index) => {
    try {
      return [{ matches: fieldMatcher(override.matcher.id, override.matcher.options), override }];
    } catch (error) {
      onProblem?.(`Field override ${index + 1} changes nothing: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
  });
}

const NOTHING: FieldSettings = {};
/** Names that would reach an object's own workings. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);
const SETTINGS: ReadonlySet<string> = new Set<keyof FieldSettings>([
  'displayName',
  'displayNameFromSource',
  'description',
  'unit',
  'decimals',
  'min',
  'max',
  'fieldMinMax',
  'mappings',
  'thresholds',
  'color',
  'links',
  'noValue',
  'filterable',
]);

/** Kept with the settings, so that a live panel's fields keep theirs from one answer to the next. */
const mergers = new WeakMap<PanelFieldConfig, MergedSettings>();

function mergedSettings(config: PanelFieldConfig): MergedSettings {
  let merged = mergers.get(config);
  if (merged === undefined) mergers.set(config, (merged = new MergedSettings(config.defaults, config.overrides)));
  return merged;
}

/** Merges settings, once for each combination: two thousand series mostly share one. */
class MergedSettings {
  readonly #defaults: FieldSettings;
  readonly #ids: ReadonlyMap<FieldOverride, number>;
  readonly #known = new WeakMap<FieldSettings, Map<string, FieldSettings>>();

  constructor(defaults: FieldSettings, overrides: readonly FieldOverride[]) {
    this.#defaults = Object.keys(defaults).length === 0 ? NOTHING : defaults;
    this.#ids = new Map(overrides.map((override, index) => [override, index]));
  }

  of(source: FieldSettings = NOTHING, overrides: readonly FieldOverride[]): FieldSettings {
    let bySource = this.#known.get(source);
    if (bySource === undefined) this.#known.set(source, (bySource = new Map()));
    const key = overrides.map((override) => this.#ids.get(override)).join();
    let merged = bySource.get(key);
    if (merged === undefined) {
      merged = overrides.reduce(override, withDefaults(this.#defaults, source));
      bySource.set(key, merged);
    }
    return merged;
  }
}

/** What the source says wins, setting by setting; links add up. */
function withDefaults(defaults: FieldSettings, source: FieldSettings): FieldSettings {
  if (defaults === NOTHING || source === NOTHING) return source === NOTHING ? defaults : source;
  const said = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined)) as FieldSettings;
  return {
    ...defaults,
    ...said,
    ...(defaults.custom === undefined || source.custom === undefined ? {} : { custom: { ...defaults.custom, ...source.custom } }),
    ...(defaults.links === undefined || source.links === undefined ? {} : { links: [...source.links, ...defaults.links] }),
  };
}

function override(settings: FieldSettings, { properties }: FieldOverride): FieldSettings {
  let changed: Record<string, unknown> = { ...settings };
  for (const { id, value } of properties) {
    if (id.startsWith('custom.')) {
      changed['custom'] = set((changed['custom'] ?? {}) as Record<string, unknown>, id.slice('custom.'.length).split('.'), value);
    } else if (SETTINGS.has(id)) {
      changed = set(changed, [id], value);
    }
  }
  return changed;
}

/** A copy with the value at the path; without it where the value is undefined. */
function set(
  record: Readonly<Record<string, unknown>>,
  [key, ...rest]: readonly string[],
  value: unknown,
): Record<string, unknown> {
  if (key === undefined || key === '' || FORBIDDEN.has(key)) return { ...record };
  if (rest.length > 0) {
    const inner = record[key];
    const known = typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? (inner as Record<string, unknown>) : {};
    return { ...record, [key]: set(known, rest, value) };
  }
  const { [key]: _, ...others } = record;
  return value === undefined || value === null ? others : { ...others, [key]: value };
}

const FILLED = ['displayName', 'unit', 'noValue', 'description'] as const;

function fillIn(settings: FieldSettings, replace: (text: string) => string): FieldSettings {
  let filled = settings;
  for (const key of FILLED) {
    const text = settings[key];
    if (text !== undefined && hasReference(text)) filled = { ...filled, [key]: replace(text) };
  }
  const axisLabel = settings.custom?.['axisLabel'];
  if (typeof axisLabel === 'string' && hasReference(axisLabel)) {
    filled = { ...filled, custom: { ...filled.custom, axisLabel: replace(axisLabel) } };
  }
  return filled;
}

function hasReference(text: string): boolean {
  return text.includes('$') || text.includes('[[');
}

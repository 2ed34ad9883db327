import { ALL_VALUE, type VariableOption, type VariableValues } from '@vitrine/model/variable.ts';
import type { Dashboard, Layout, Panel, Section } from '@vitrine/model/dashboard.ts';

/** A panel as it is shown: a repeated one is shown several times. */
export interface ShownPanel {
  /** Unique on the page: "3", and "3-1" for the second of a repeat. Stands in the URL. */
  readonly key: string;
  readonly panel: Panel;
  /** What the variables of its repeats stand for here. */
  readonly local: VariableValues;
  /** Of how many it is one, and how many stand in a row; undefined where it is not repeated. */
  readonly repeat: { readonly index: number; readonly count: number } | undefined;
  /** For which values it is shown is not known yet: it has nothing to ask for. */
  readonly isPending: boolean;
}

export interface ShownSection {
  readonly key: string;
  readonly section: Section;
  readonly local: VariableValues;
  readonly layout: Arranged;
  readonly panelCount: number;
}

export type Arranged =
  | { readonly kind: 'grid'; readonly panels: readonly ShownPanel[] }
  | { readonly kind: 'rows' | 'tabs'; readonly sections: readonly ShownSection[] };

/** More copies than this no page can hold; what is beyond is left out. */
const MOST_COPIES = 300;

const NOTHING: VariableValues = {};

/** For which values something is repeated; "pending" while that is on its way, undefined where there is no such variable. */
export type RepeatValues = readonly VariableOption[] | 'pending' | undefined;

/**
 * What of a dashboard is shown where: each section and panel that is repeated once for each value, and once as it is where
 * there is none.
 */
export function arrange(
  { panels, layout }: Pick<Dashboard, 'panels' | 'layout'>,
  valuesOf: (variable: string) => RepeatValues,
): Arranged {
  const byId = new Map(panels.map((panel) => [panel.id, panel]));

  function copies(variable: string | undefined, local: VariableValues): readonly VariableValues[] | 'pending' | undefined {
    // A repeat inside a repeat of the same variable has its one value already.
    if (variable === undefined || variable in local) return undefined;
    const values = valuesOf(variable);
    if (values === 'pending') return 'pending';
    if (values === undefined || values.length === 0) return undefined;
    return values.slice(0, MOST_COPIES).map(({ value }) => ({ ...local, [variable]: value }));
  }

  function showPanel(id: number, { suffix, local, isPending }: Place): ShownPanel[] {
    const panel = byId.get(id);
    if (panel === undefined) return [];
    const locals = copies(panel.repeat?.variable, local);
    if (locals === undefined || locals === 'pending') {
      return [{ key: `${id}${suffix}`, panel, local, repeat: undefined, isPending: isPending || locals === 'pending' }];
    }
    return locals.map((each, index) => ({
      key: `${id}${suffix}${index === 0 ? '' : `-${index}`}`,
      panel,
      local: each,
      repeat: { index, count: locals.length },
      isPending,
    }));
  }

  function showSection(section: Section, place: Place): ShownSection[] {
    const locals = copies(section.repeat, place.local);
    const places: readonly Place[] =
      locals === undefined || locals === 'pending'
        ? [{ ...place, isPending: place.isPending || locals === 'pending' }]
        : locals.map((local, index) => ({ ...place, suffix: `${place.suffix}-${index}`, local }));
    return places.map((each) => {
      const inside = show(section.layout, each);
      const key = `${section.id}${each.suffix}`;
      return { key, section, local: each.local, layout: inside, panelCount: panelsOf(inside).length };
    });
  }

  function show(part: Layout, place: Place): Arranged {
    if (part.kind === 'grid') return { kind: 'grid', panels: part.panels.flatMap((id) => showPanel(id, place)) };
    return { kind: part.kind, sections: part.sections.flatMap((section) => showSection(section, place)) };
  }
  return show(layout, { suffix: '', local: NOTHING, isPending: false });
}

/** In which copies something stands. */
interface Place {
  readonly suffix: string;
  readonly local: VariableValues;
  readonly isPending: boolean;
}

/** All panels, in the order they stand. */
export function panelsOf(arranged: Arranged): readonly ShownPanel[] {
  return arranged.kind === 'grid' ? arranged.panels : arranged.sections.flatMap(({ layout }) => panelsOf(layout));
}

/** The panel of that key; of a repeat whose copy is not there, the first. */
export function findShown(arranged: Arranged, key: string): ShownPanel | undefined {
  const all = panelsOf(arranged);
  const id = Number.parseInt(key, 10);
  return all.find((shown) => shown.key === key) ?? all.find(({ panel }) => panel.id === id);
}

/** The names of the variables that something is repeated by. */
export function repeatNames({ panels, layout }: Pick<Dashboard, 'panels' | 'layout'>): ReadonlySet<string> {
  const names = new Set(panels.flatMap(({ repeat }) => (repeat === undefined ? [] : [repeat.variable])));
  const look = (part: Layout): void => {
    if (part.kind === 'grid') return;
    for (const { repeat, layout: inside } of part.sections) {
      if (repeat !== undefined) names.add(repeat);
      look(inside);
    }
  };
  look(layout);
  return names;
}

/** Of the values that a variable may have those that are chosen, for a repeat. `options` are all, where All is chosen. */
export function chosenOptions(
  value: string | readonly string[],
  options: readonly VariableOption[] | undefined,
): readonly VariableOption[] | undefined {
  if (value === ALL_VALUE) return options;
  const values = typeof value === 'string' ? (value === '' ? [] : [value]) : value;
  if (values.length === 0) return options?.slice(0, 1);
  const texts = new Map(options?.map((option) => [option.value, option.text]));
  return values.map((each) => ({ value: each, text: texts.get(each) ?? each }));
}

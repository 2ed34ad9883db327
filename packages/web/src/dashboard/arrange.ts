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

/** More copies than this no page can hold; what is beyond is left out, see `isCut`. */
export const MOST_COPIES = 300;

const NOTHING: VariableValues = {};

/**
 * What of a dashboard is shown where: each section and panel that is repeated once for each value. `valuesOf` answers undefined where there is no such
 * variable or its values are not known yet: then it is shown once, as it is.
 */
export function arrange(
  { panels, layout }: Pick<Dashboard, 'panels' | 'layout'>,
  valuesOf: (variable: string) => readonly VariableOption[] | undefined,
): Arranged {
  const byId = new Map(panels.map((panel) => [panel.id, panel]));

  function copies(variable: string | undefined, local: VariableValues): readonly VariableValues[] | undefined {
    // A repeat inside a repeat of the same variable has its one value already.
    if (variable === undefined || variable in local) return undefined;
    const values = valuesOf(variable);
    if (values === undefined || values.length === 0) return undefined;
    return values.slice(0, MOST_COPIES).map(({ value }) => ({ ...local, [variable]: value }));
  }

  function showPanel(id: number, suffix: string, local: VariableValues): ShownPanel[] {
    const panel = byId.get(id);
    if (panel === undefined) return [];
    const locals = copies(panel.repeat?.variable, local);
    if (locals === undefined) return [{ key: `${id}${suffix}`, panel, local, repeat: undefined }];
    return locals.map((each, index) => ({
      key: `${id}${suffix}${index === 0 ? '' : `-${index}`}`,
      panel,
      local: each,
      repeat: { index, count: locals.length },
    }));
  }

  function showSection(section: Section, suffix: string, local: VariableValues): ShownSection[] {
    const locals = copies(section.repeat, local);
    return (locals ?? [local]).map((each, index) => {
      const own = locals === undefined ? suffix : `${suffix}-${index}`;
      const inside = show(section.layout, own, each);
      return { key: `${section.id}${own}`, section, local: each, layout: inside, panelCount: panelsOf(inside).length };
    });
  }

  function show(part: Layout, suffix: string, local: VariableValues): Arranged {
    if (part.kind === 'grid') return { kind: 'grid', panels: part.panels.flatMap((id) => showPanel(id, suffix, local)) };
    return { kind: part.kind, sections: part.sections.flatMap((section) => showSection(section, suffix, local)) };
  }
  return show(layout, '', NOTHING);
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

import type { DefaultFormat, ResolvedVariable, VariableScope } from '@vitrine/compute/variable/replace.ts';
import { referencedNames, replaceVariables } from '@vitrine/compute/variable/replace.ts';
import { type Builtins, builtinValue } from '@vitrine/compute/variable/builtins.ts';
import { ownOptions } from '@vitrine/compute/variable/options.ts';
import { filterOptions, shapeOptions } from '@vitrine/compute/variable/shape-options.ts';
import { dependencies, textsOf, variableOrder } from '@vitrine/compute/variable/order.ts';
import { allVariables, needsOptions, resolveVariable } from '@vitrine/compute/variable/resolve.ts';
import {
  adhocFilters,
  checkVariableValues,
  isSettled,
  MAX_CHOSEN,
  MAX_VALUE_LENGTH,
  settledValue,
  variableValues,
} from '@vitrine/compute/variable/values.ts';
import { stepFor } from '@vitrine/compute/step.ts';
import type { Calendar } from '@vitrine/compute/time.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { SourceRef } from '@vitrine/model/dashboard.ts';
import type { Notice, XDomain } from '@vitrine/model/frame.ts';
import type { QueryLimits } from '@vitrine/model/sample-store.ts';
import type { AdhocFilter, Variable, VariableOption, VariableValue, VariableValues } from '@vitrine/model/variable.ts';
import type { QueryContext } from '@vitrine/plugins/contract.ts';
import { replyFor } from '../http/errors.ts';
import { raceAbort } from './race-abort.ts';
import { shortMemory, type ShortMemory } from './short-memory.ts';
import type { FoundValues, OpenSource, Sources, ValueSearch } from './sources.ts';

/** What a page shows: whose variables, which of their values, which time. */
export interface Page {
  readonly dashboard: { readonly uid: string; readonly title: string };
  readonly variables: readonly Variable[];
  readonly chosen: VariableValues;
  /** What its panels measure along x; time where absent. */
  readonly x?: XDomain;
  readonly filters: Readonly<Record<string, readonly AdhocFilter[]>>;
  /** Half-open, unix milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly timeZone: string;
  readonly calendar: Calendar;
  readonly user: { readonly login: string } | undefined;
}

export interface ScopeNeeds {
  readonly sources: Sources;
  readonly limits: QueryLimits;
  readonly memory: OptionMemory;
}

/** The options that variables' queries found, for a few seconds. */
export type OptionMemory = ShortMemory<readonly VariableOption[]>;

/** In letters and what else an option takes: a million short ones are some 100 MB. */
const MOST_REMEMBERED = 100_000_000;
const OPTION_WEIGHT = 60;

export function optionMemory(): OptionMemory {
  return shortMemory(10_000, MOST_REMEMBERED, (options: readonly VariableOption[]) =>
    options.reduce((sum, { text, value }) => sum + text.length + (value === text ? 0 : value.length) + OPTION_WEIGHT, 0),
  );
}

const MAX_FILTERS = 200;
/** What a page may name that is no variable of its dashboard. */
const FREE_NAME = /^(?!__)[A-Za-z_]/;

/** Fills texts with the values of a page's variables. Values are resolved when a text names them, and then kept. */
export class PageScope {
  readonly page: Page;
  readonly #needs: ScopeNeeds;
  readonly #values: VariableValues;
  readonly #filters: ReadonlyMap<string, readonly AdhocFilter[]>;
  readonly #byName: ReadonlyMap<string, Variable>;
  readonly #ordered: readonly Variable[];
  readonly #circular: ReadonlySet<string>;
  readonly #circle: string | undefined;
  readonly #resolved = new Map<string, ResolvedVariable>();
  readonly #notices = new Map<string, Notice>();
  readonly #signal: AbortSignal;

  /** Throws BadRequest where chosen values are beyond the limits. */
  constructor(page: Page, needs: ScopeNeeds, signal: AbortSignal) {
    checkVariableValues('variables', page.chosen);
    checkFilters(page.filters);
    const { ordered, circular, problem } = variableOrder(page.variables);
    this.page = page;
    this.#needs = needs;
    this.#signal = signal;
    this.#values = variableValues(page.variables, page.chosen);
    this.#filters = adhocFilters(page.variables, page.filters);
    this.#byName = new Map(page.variables.map((variable) => [variable.name, variable]));
    this.#ordered = ordered;
    this.#circular = circular;
    this.#circle = problem;
    for (const [name, value] of Object.entries(page.chosen)) {
      // A repeat's variable, or one that only a link names. The built-in names are not for readers to fill in: they stand
      // where a query's own text stands, as does the $1 of label_replace().
      if (!this.#byName.has(name) && FREE_NAME.test(name))
        this.#resolved.set(name, { name, value, text: value, multi: typeof value !== 'string' });
    }
  }

  /**
   * Makes sure that whatever these texts name can be filled in, variables of variables too. Throws BadRequest where they
   * refer to each other in a circle, or stand for more values than a query may hold.
   */
  async prepare(texts: Iterable<string>): Promise<void> {
    const wanted = new Set<string>();
    const rest = [...texts].flatMap(referencedNames);
    for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
      const variable = this.#byName.get(name);
      if (variable === undefined || wanted.has(name)) continue;
      wanted.add(name);
      rest.push(...dependencies(variable));
    }
    if (wanted.size === 0) return;
    if (this.#circle !== undefined && [...wanted].some((name) => this.#circular.has(name))) {
      throw new BadRequest('variables', this.#circle);
    }
    for (const variable of this.#ordered) {
      if (!wanted.has(variable.name) || this.#resolved.has(variable.name) || variable.kind === 'adhoc') continue;
      const given = this.#values[variable.name] as VariableValue;
      const isChosen = Object.hasOwn(this.page.chosen, variable.name);
      const options = needsOptions(variable, given)
        ? await this.#optionsOrNotice(variable)
        : !isChosen && isSettled(variable)
          ? await this.#optionsIfAny(variable)
          : undefined;
      const value = isChosen ? given : settledValue(variable, given, options);
      const rangeMs = this.page.toMs - this.page.fromMs;
      this.#resolved.set(variable.name, resolveVariable(variable, value, { scope: this.scope({}), options, rangeMs }));
    }
  }

  /** What a variable stands for as long as nobody chooses anything, where its options say so. */
  settled(variable: Variable, options: readonly VariableOption[]): VariableValue | undefined {
    if (variable.kind === 'adhoc' || !isSettled(variable)) return undefined;
    return settledValue(variable, variableValues([variable], {})[variable.name] as VariableValue, options);
  }

  /** A variable whose options cannot be found stands for nothing, and what names it can still be asked. */
  async #optionsOrNotice(variable: Variable): Promise<readonly VariableOption[]> {
    try {
      return await raceAbort(this.#listOptions(variable), this.#signal);
    } catch (error) {
      this.#signal.throwIfAborted();
      this.#notices.set(variable.name, { level: 'warning', text: `Variable $${variable.name}: ${replyFor(error).message}` });
      return [];
    }
  }

  /** Where they cannot be found what is saved counts, and the page's own list of them says why. */
  async #optionsIfAny(variable: Variable): Promise<readonly VariableOption[] | undefined> {
    try {
      return await raceAbort(this.#listOptions(variable), this.#signal);
    } catch {
      this.#signal.throwIfAborted();
      return undefined;
    }
  }

  /** What is wrong with variables that were needed so far. */
  get notices(): readonly Notice[] {
    return [...this.#notices.values()];
  }

  /** All options of a variable, those that it refers to being prepared. */
  async options(variable: Variable): Promise<readonly VariableOption[]> {
    await this.prepare(dependencies(variable).map((name) => `\${${name}}`));
    return raceAbort(this.#listOptions(variable), this.#signal);
  }

  async #listOptions(variable: Variable): Promise<readonly VariableOption[]> {
    const scope = this.scope({});
    const own = ownOptions(variable, scope);
    if (own !== undefined) return own;
    switch (variable.kind) {
      case 'query': {
        const source = await this.#needs.sources.open(this.#fillRef(variable.source));
        const { regex, regexApplyTo, sort, staticOptions, spec } = variable;
        const filters = await this.#optionFilters(source);
        const shape = JSON.stringify([
          this.#keyOfOptions(source, spec, filters),
          this.replace(regex, 'regex'),
          regexApplyTo,
          sort,
          staticOptions,
        ]);
        // Sorting 100,000 texts takes half a second: not once a keystroke.
        return this.#needs.memory.get(shape, async () => shapeOptions(await this.#found(source, spec, filters), variable, scope));
      }
      case 'groupby': {
        const source = await this.#needs.sources.open(this.#fillRef(variable.source));
        return this.#found(source, { query: 'label_names()' }, await this.#optionFilters(source));
      }
      case 'datasource': {
        const { sources } = this.#needs;
        const all = await sources.list();
        const isOf = (type: string): boolean => sources.kinds.isSame(type, variable.type);
        const fits = all.filter(({ type }) => isOf(type) || (type === 'builtin' && isOf('prometheus')));
        const first = fits.toSorted((a, b) => Number(b.isDefault) - Number(a.isDefault));
        return filterOptions(
          first.map(({ name, uid }) => ({ text: name, value: uid })),
          replaceVariables(variable.regex, scope, 'regex'),
        );
      }
      default:
        return [];
    }
  }

  /**
   * The labels by which an ad-hoc variable may filter, or the values of one of them, among what the page's filters leave: a
   * page that asks on behalf of one filter sends the others.
   */
  async filterOptions(
    variable: Extract<Variable, { kind: 'adhoc' }>,
    key: string | undefined,
  ): Promise<readonly VariableOption[]> {
    const { source, filters } = await this.#filtered(variable);
    const query = key === undefined ? 'label_names()' : `label_values(${JSON.stringify(key)})`;
    return raceAbort(this.#found(source, { query }, filters), this.#signal);
  }

  /** The values of a label by which an ad-hoc variable may filter, searched at its source; undefined where that cannot. */
  async searchFilterValues(
    variable: Extract<Variable, { kind: 'adhoc' }>,
    { label, text, limit }: Pick<ValueSearch, 'label' | 'text' | 'limit'>,
  ): Promise<FoundValues | undefined> {
    const { source, filters } = await this.#filtered(variable);
    const { fromMs, toMs } = wholeSeconds(this.page.fromMs, this.page.toMs);
    return source.searchValues?.({ label, text, limit, filters, fromMs, toMs }, this.#signal);
  }

  async #filtered(variable: Extract<Variable, { kind: 'adhoc' }>) {
    await this.prepare([variable.source.uid]);
    const source = await this.#needs.sources.open(this.#fillRef(variable.source));
    // A source that cannot compare by size says so at the panels; here another filter is being looked for.
    const filters = (await this.filtersOf(source)).filter(({ operator }) => operator !== '<' && operator !== '>');
    return { source, filters };
  }

  async #found(
    source: OpenSource,
    spec: Readonly<Record<string, unknown>>,
    filters: readonly AdhocFilter[],
  ): Promise<readonly VariableOption[]> {
    // Nobody's going away stops it: others may wait for the same.
    const signal = AbortSignal.timeout(this.#needs.limits.timeoutMs);
    const context = { ...this.context({ signal, widthPx: 1_000 }), filters };
    return this.#needs.memory.get(this.#keyOfOptions(source, spec, filters), () => source.options(spec, context));
  }

  /**
   * The filters that narrow what a variable offers. A filter that is itself named by a variable's query does not: a choice that
   * narrowed its own options could not be taken back.
   */
  #optionFilters(source: OpenSource): Promise<readonly AdhocFilter[]> {
    return this.filtersOf(source, (texts) => !this.#nameAQuery(texts));
  }

  /** Whether texts refer to a variable, or by way of others to one, whose options are asked of a source. */
  #nameAQuery(texts: readonly string[]): boolean {
    const seen = new Set<string>();
    const rest = texts.flatMap(referencedNames);
    for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
      const variable = this.#byName.get(name);
      if (variable === undefined || seen.has(name)) continue;
      if (variable.kind === 'query' || variable.kind === 'groupby') return true;
      seen.add(name);
      rest.push(...dependencies(variable));
    }
    return false;
  }

  /** Filled in before it is a key, so that equal questions of different pages are one. */
  #keyOfOptions(source: OpenSource, spec: Readonly<Record<string, unknown>>, filters: readonly AdhocFilter[]): string {
    const texts = textsOf(spec).map((text) => this.replace(text, 'json'));
    const minute = 60_000;
    const range = [Math.floor(this.page.fromMs / minute), Math.ceil(this.page.toMs / minute)];
    return JSON.stringify([source.identity, spec, texts, range, filters]);
  }

  /** What a query of the page is asked with, over the page's own range. */
  context({ signal, widthPx }: { readonly signal: AbortSignal; readonly widthPx: number }): QueryContext {
    const { fromMs, toMs } = this.page;
    const shown = wholeSeconds(fromMs, toMs);
    const stepMs = stepFor({ fromMs, toMs, widthPx });
    return {
      ...shown,
      stepMs,
      shown,
      maxPoints: widthPx,
      limits: this.#needs.limits,
      signal,
      replace: this.replacer({ stepMs }),
      filters: [],
    };
  }

  /** The filters of the ad-hoc variables of this source; `counts` is told the texts of each, and says which count. */
  async filtersOf(
    source: OpenSource,
    counts: (texts: readonly string[]) => boolean = () => true,
  ): Promise<readonly AdhocFilter[]> {
    const found: AdhocFilter[] = [];
    for (const variable of this.page.variables) {
      if (variable.kind !== 'adhoc') continue;
      const filters = (this.#filters.get(variable.name) ?? []).filter(({ value }) => counts([variable.source.uid, value]));
      if (filters.length === 0) continue;
      await this.prepare([variable.source.uid, ...filters.map(({ value }) => value)]);
      const own = await this.#needs.sources.open(this.#fillRef(variable.source)).catch(() => undefined);
      if (own?.uid !== source.uid) continue;
      found.push(...filters.map((filter) => ({ ...filter, value: this.replace(filter.value) })));
    }
    return found;
  }

  #fillRef({ type, uid }: SourceRef): SourceRef {
    return { type, uid: this.replace(uid) };
  }

  /** The source that a reference means, with the variables in it filled in. */
  async open(ref: SourceRef): Promise<OpenSource> {
    await this.prepare([ref.uid]);
    return this.#needs.sources.open(this.#fillRef(ref));
  }

  replace(text: string, format?: DefaultFormat): string {
    return replaceVariables(text, this.scope({}), format ?? 'glob');
  }

  /** replace() of a query: `more` is what the query knows beyond the page. */
  replacer(more: Partial<Builtins>): QueryContext['replace'] {
    return (text, format, macros) => replaceVariables(text, this.scope(more, macros), format ?? 'glob');
  }

  scope(more: Partial<Builtins>, macros: Readonly<Record<string, string>> = {}): VariableScope {
    const { fromMs, toMs, timeZone, user, dashboard } = this.page;
    const builtins: Builtins = {
      ...wholeSeconds(fromMs, toMs),
      timeZone,
      dashboard,
      ...(user === undefined ? {} : { user }),
      allVariables: () => allVariables(this.page.variables, this.#values),
      ...more,
    };
    return {
      timeZone,
      find: (name) => this.#resolved.get(name),
      builtin: (name, path, format) => (Object.hasOwn(macros, name) ? macros[name] : builtinValue(builtins, name, path, format)),
    };
  }

  /** What these texts depend on, for a key: the values of whatever they name. */
  keyOf(texts: readonly string[]): unknown {
    const names = [...new Set(texts.flatMap(referencedNames))].toSorted();
    const values = names.map((name) => this.#resolved.get(name) ?? name);
    return [
      values,
      // A value may name what depends on who asks, as a text may.
      names.some((name) => name.startsWith('__')) || /\$\{?__/.test(JSON.stringify(values))
        ? [this.page.timeZone, this.page.dashboard.uid, this.page.user?.login]
        : undefined,
      names.includes('__all_variables') ? this.#values : undefined,
    ];
  }
}

/** So that two who look at "now" within one second ask for the same. An hour stays an hour: `$__range` is read off it. */
export function wholeSeconds(fromMs: number, toMs: number): { readonly fromMs: number; readonly toMs: number } {
  const endMs = Math.ceil(toMs / 1_000) * 1_000;
  return { fromMs: endMs - Math.max(1, Math.round((toMs - fromMs) / 1_000)) * 1_000, toMs: endMs };
}

function checkFilters(filters: Page['filters']): void {
  for (const [name, list] of Object.entries(filters)) {
    if (list.length > MAX_FILTERS)
      throw new BadRequest(`filters.${name}`, `has ${list.length} filters; at most ${MAX_FILTERS} are read`);
    for (const { key, value, values = [] } of list) {
      if (values.length > MAX_CHOSEN || [key, value, ...values].some((text) => text.length > MAX_VALUE_LENGTH)) {
        throw new BadRequest(
          `filters.${name}`,
          `a filter is longer than ${MAX_VALUE_LENGTH.toLocaleString('en')} characters or has more than ${MAX_CHOSEN.toLocaleString('en')} values`,
        );
      }
    }
  }
}

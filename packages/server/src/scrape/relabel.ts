import { createHash } from 'node:crypto';
import { Labels } from '@vitrine/model/labels.ts';
import { RE2JS } from 're2js';

export const RELABEL_ACTIONS = [
  'replace',
  'keep',
  'drop',
  'keepequal',
  'dropequal',
  'hashmod',
  'labelmap',
  'labeldrop',
  'labelkeep',
  'lowercase',
  'uppercase',
] as const;

export type RelabelAction = (typeof RELABEL_ACTIONS)[number];

/** One step of `relabel_configs`, with the meaning that Prometheus gives it. */
export interface RelabelStep {
  readonly action: RelabelAction;
  readonly sourceLabels: readonly string[];
  readonly separator: string;
  /** Matches the whole text. */
  readonly regex: RelabelRegex;
  readonly targetLabel: string;
  readonly replacement: string;
  /** Of hashmod; 0 elsewhere. */
  readonly modulus: number;
}

/** Labels after every step, or undefined where a step drops them. */
export function relabel(labels: Labels, steps: readonly RelabelStep[]): Labels | undefined {
  if (steps.length === 0) return labels;
  const map = new Map(labels);
  for (const step of steps) if (!applyStep(map, step)) return undefined;
  return Labels.from(map);
}

/** Changes the labels in place; false means that they are dropped. */
function applyStep(labels: Map<string, string>, step: RelabelStep): boolean {
  const { action, regex, targetLabel, replacement } = step;
  const source = (): string => step.sourceLabels.map((name) => labels.get(name) ?? '').join(step.separator);
  switch (action) {
    case 'keep':
      return regex.matches(source());
    case 'drop':
      return !regex.matches(source());
    case 'keepequal':
      return (labels.get(targetLabel) ?? '') === source();
    case 'dropequal':
      return (labels.get(targetLabel) ?? '') !== source();
    case 'replace': {
      const groups = regex.groups(source());
      if (groups === undefined) return true;
      const target = expand(targetLabel, groups);
      if (target !== '') set(labels, target, expand(replacement, groups));
      return true;
    }
    case 'lowercase':
      set(labels, targetLabel, source().toLowerCase());
      return true;
    case 'uppercase':
      set(labels, targetLabel, source().toUpperCase());
      return true;
    case 'hashmod': {
      // The last 8 bytes of the MD5, as Prometheus takes them, so that shards agree with its own.
      const hash = createHash('md5').update(source()).digest().readBigUInt64BE(8);
      set(labels, targetLabel, String(hash % BigInt(step.modulus)));
      return true;
    }
    case 'labelmap': {
      // What is added here is not mapped again.
      const before = [...labels];
      for (const [name, value] of before) {
        const groups = regex.groups(name);
        if (groups !== undefined) set(labels, expand(replacement, groups), value);
      }
      return true;
    }
    case 'labeldrop':
      for (const name of labels.keys()) if (regex.matches(name)) labels.delete(name);
      return true;
    case 'labelkeep':
      for (const name of labels.keys()) if (!regex.matches(name)) labels.delete(name);
      return true;
  }
}

function set(labels: Map<string, string>, name: string, value: string): void {
  if (name === '') return;
  if (value === '') labels.delete(name);
  else labels.set(name, value);
}

/** What a regex found: the whole text, its numbered groups and its named ones. */
interface Groups {
  readonly numbered: readonly string[];
  readonly named: ReadonlyMap<string, string>;
}

/** An RE2 expression that must match a whole text, newlines included. */
export class RelabelRegex {
  readonly source: string;
  readonly #regex: RE2JS;
  /** `(.*)` is what nearly every step has. */
  readonly #matchesAll: boolean;

  /** Throws an Error that says what is wrong with the expression. */
  constructor(source: string) {
    this.source = source;
    this.#matchesAll = source === '(.*)' || source === '.*';
    this.#regex = RE2JS.compile(source, RE2JS.DOTALL);
  }

  matches(text: string): boolean {
    return this.#matchesAll || this.#regex.testExact(text);
  }

  groups(text: string): Groups | undefined {
    if (this.#matchesAll) return { numbered: this.source === '.*' ? [text] : [text, text], named: new Map() };
    const matcher = this.#regex.matcher(text);
    if (!matcher.matches()) return undefined;
    const numbered = Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? '');
    const named = new Map(Object.entries(matcher.getNamedGroups()).map(([name, value]) => [name, value ?? '']));
    return { numbered, named };
  }
}

const REFERENCE = /\$(?:\$|\{(\w+)\}|(\w+))/g;

/** Fills `$1`, `${1}`, `$name` and `$$` in as Go's Regexp.Expand does: a group that is not there is empty. */
function expand(template: string, groups: Groups): string {
  if (!template.includes('$')) return template;
  return template.replace(REFERENCE, (whole, braced: string | undefined, bare: string | undefined) => {
    const name = braced ?? bare;
    if (name === undefined) return whole === '$$' ? '$' : whole;
    return (/^\d+$/.test(name) ? groups.numbered[Number(name)] : groups.named.get(name)) ?? '';
  });
}

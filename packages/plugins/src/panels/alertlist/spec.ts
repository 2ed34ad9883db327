import type { PanelSpec } from '../../contract.ts';
import { Options } from '../options.ts';

export interface AlertListOptions {
  readonly viewMode: 'list' | 'stat';
  /** default groups by the rule's name. */
  readonly groupMode: 'default' | 'custom';
  readonly groupBy: readonly string[];
  readonly maxItems: number;
  /** 1 name, 2 name from the end, 3 importance, 4 oldest first, 5 newest first. */
  readonly sortOrder: 1 | 2 | 3 | 4 | 5;
  /** A part of the rule's name. */
  readonly alertName: string;
  /** Matchers as `job="api", env=~"prod.*"`. */
  readonly alertInstanceLabelFilter: string;
  readonly stateFilter: { readonly firing: boolean; readonly pending: boolean };
  /** Instances stand open below their rule. */
  readonly showInstances: boolean;
}

const ORDERS = [1, 2, 3, 4, 5] as const;

export const alertlist: PanelSpec<AlertListOptions> = {
  kind: 'alertlist',
  title: 'Alert list',
  description: 'What is firing and what is about to, and since when.',
  parseOptions(input) {
    const options = new Options(input);
    // Documents of Grafana 7 say states as a list, and mean rules of another kind.
    const states = Array.isArray(options.raw('stateFilter')) ? new Options({}) : options.group('stateFilter');
    const order = options.number('sortOrder', { min: 1, max: 5 }, 3);
    return {
      viewMode: options.oneOf('viewMode', ['list', 'stat'], 'list'),
      groupMode: options.oneOf('groupMode', ['default', 'custom'], 'default'),
      groupBy: options.texts('groupBy', 20),
      maxItems: options.number('maxItems', { min: 1, max: 10_000 }, 20),
      sortOrder: ORDERS.find((one) => one === order) ?? 3,
      alertName: options.text('alertName', 1000, ''),
      alertInstanceLabelFilter: options.text('alertInstanceLabelFilter', 10_000, ''),
      stateFilter: { firing: states.boolean('firing', true), pending: states.boolean('pending', true) },
      showInstances: options.boolean('showInstances', false),
    };
  },
  fieldSettings: [],
  controls: [
    {
      path: 'viewMode',
      label: 'View mode',
      group: 'Options',
      input: {
        kind: 'choice',
        choices: [
          { value: 'list', label: 'List' },
          { value: 'stat', label: 'Stat' },
        ],
      },
      otherwise: 'list',
    },
    {
      path: 'groupMode',
      label: 'Group mode',
      group: 'Options',
      input: {
        kind: 'choice',
        choices: [
          { value: 'default', label: 'Default grouping' },
          { value: 'custom', label: 'Custom grouping' },
        ],
      },
      otherwise: 'default',
    },
    {
      path: 'maxItems',
      label: 'Max items',
      group: 'Options',
      input: { kind: 'number', min: 1, max: 10_000, step: 1 },
      otherwise: 20,
    },
    {
      path: 'sortOrder',
      label: 'Sort order',
      group: 'Options',
      input: {
        kind: 'choice',
        choices: [
          { value: 3, label: 'Importance' },
          { value: 1, label: 'Alphabetical (asc)' },
          { value: 2, label: 'Alphabetical (desc)' },
          { value: 4, label: 'Time (asc)' },
          { value: 5, label: 'Time (desc)' },
        ],
      },
      otherwise: 3,
    },
    {
      path: 'showInstances',
      label: 'Show alert instances',
      group: 'Options',
      input: { kind: 'switch' },
      otherwise: false,
      when: (read) => read('viewMode') !== 'stat',
    },
    { path: 'alertName', label: 'Alert name', group: 'Filter', hint: 'A part of it.', input: { kind: 'text' }, otherwise: '' },
    {
      path: 'alertInstanceLabelFilter',
      label: 'Alert instance label',
      group: 'Filter',
      hint: 'Matchers of labels: env="prod", job=~"api.*".',
      input: { kind: 'text', placeholder: 'env="prod"' },
      otherwise: '',
    },
    {
      path: 'stateFilter.firing',
      label: 'Alerting / Firing',
      group: 'Alert state filter',
      input: { kind: 'switch' },
      otherwise: true,
    },
    { path: 'stateFilter.pending', label: 'Pending', group: 'Alert state filter', input: { kind: 'switch' }, otherwise: true },
  ],
};

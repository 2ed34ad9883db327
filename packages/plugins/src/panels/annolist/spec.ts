import type { PanelSpec } from '../../contract.ts';
import { Options } from '../options.ts';

export interface AnnotationListOptions {
  readonly onlyFromThisDashboard: boolean;
  readonly onlyInTimeRange: boolean;
  /** An annotation has all of them. */
  readonly tags: readonly string[];
  readonly limit: number;
  readonly showUser: boolean;
  readonly showTime: boolean;
  readonly showTags: boolean;
  /** Another dashboard's annotation opens the panel that it stands on. */
  readonly navigateToPanel: boolean;
  /** How much a click shows before and after what happened: "10m". */
  readonly navigateBefore: string;
  readonly navigateAfter: string;
}

export const annolist: PanelSpec<AnnotationListOptions> = {
  kind: 'annolist',
  title: 'Annotations list',
  description: 'What happened, the newest first: deployments, incidents, notes.',
  parseOptions(input) {
    const options = new Options(input);
    return {
      onlyFromThisDashboard: options.boolean('onlyFromThisDashboard', false),
      onlyInTimeRange: options.boolean('onlyInTimeRange', false),
      tags: options.texts('tags', 50),
      limit: options.number('limit', { min: 1, max: 1000 }, 10),
      showUser: options.boolean('showUser', true),
      showTime: options.boolean('showTime', true),
      showTags: options.boolean('showTags', true),
      navigateToPanel: options.boolean('navigateToPanel', true),
      navigateBefore: options.text('navigateBefore', 50, '10m'),
      navigateAfter: options.text('navigateAfter', 50, '10m'),
    };
  },
  fieldSettings: [],
  controls: [
    switchOf('Annotation query', 'onlyFromThisDashboard', 'Only from this dashboard', false),
    switchOf('Annotation query', 'onlyInTimeRange', 'Only in the time range', false),
    {
      path: 'limit',
      label: 'Limit',
      group: 'Annotation query',
      input: { kind: 'number', min: 1, max: 1000, step: 1 },
      otherwise: 10,
    },
    switchOf('Display', 'showUser', 'Show user', true),
    switchOf('Display', 'showTime', 'Show time', true),
    switchOf('Display', 'showTags', 'Show tags', true),
    switchOf('Link behavior', 'navigateToPanel', 'To panel', true),
    {
      path: 'navigateBefore',
      label: 'Time before',
      group: 'Link behavior',
      input: { kind: 'text', placeholder: '10m' },
      otherwise: '10m',
    },
    {
      path: 'navigateAfter',
      label: 'Time after',
      group: 'Link behavior',
      input: { kind: 'text', placeholder: '10m' },
      otherwise: '10m',
    },
  ],
};

function switchOf(group: string, path: string, label: string, otherwise: boolean) {
  return { path, label, group, input: { kind: 'switch' }, otherwise } as const;
}

import type { PanelSpec } from '../../contract.ts';
import { Options } from '../options.ts';

export interface DashboardListOptions {
  /** Links show the range that this page shows. */
  readonly keepTime: boolean;
  /** Links carry the values of this page's variables. */
  readonly includeVars: boolean;
  readonly showStarred: boolean;
  readonly showRecentlyViewed: boolean;
  readonly showSearch: boolean;
  readonly showHeadings: boolean;
  readonly showFolderNames: boolean;
  /** In each list. */
  readonly maxItems: number;
  readonly query: string;
  readonly tags: readonly string[];
  /** "" searches all folders. */
  readonly folderUID: string;
}

export const dashlist: PanelSpec<DashboardListOptions> = {
  kind: 'dashlist',
  title: 'Dashboard list',
  description: 'Links to starred, recent or found dashboards.',
  parseOptions(input) {
    const options = new Options(input);
    return {
      keepTime: options.boolean('keepTime', false),
      includeVars: options.boolean('includeVars', false),
      showStarred: options.boolean('showStarred', true),
      showRecentlyViewed: options.boolean('showRecentlyViewed', false),
      showSearch: options.boolean('showSearch', false),
      showHeadings: options.boolean('showHeadings', true),
      showFolderNames: options.boolean('showFolderNames', true),
      maxItems: options.number('maxItems', { min: 1, max: 1000 }, 10),
      query: options.text('query', 1000, ''),
      tags: options.texts('tags', 50),
      folderUID: options.text('folderUID', 200, ''),
    };
  },
  fieldSettings: [],
  controls: [
    control('Options', 'keepTime', 'Include current time range', false),
    control('Options', 'includeVars', 'Include current variable values', false),
    control('Options', 'showStarred', 'Starred', true),
    control('Options', 'showRecentlyViewed', 'Recently viewed', false),
    control('Options', 'showSearch', 'Search', false),
    control('Options', 'showHeadings', 'Show headings', true),
    control('Options', 'showFolderNames', 'Show folder names', true),
    {
      path: 'maxItems',
      label: 'Max items',
      group: 'Options',
      input: { kind: 'number', min: 1, max: 1000, step: 1 },
      otherwise: 10,
    },
    {
      path: 'query',
      label: 'Query',
      group: 'Search',
      input: { kind: 'text' },
      otherwise: '',
      when: (read) => read('showSearch') === true,
    },
    {
      path: 'folderUID',
      label: 'Folder',
      group: 'Search',
      hint: 'The uid of a folder; empty searches all of them.',
      input: { kind: 'text' },
      otherwise: '',
      when: (read) => read('showSearch') === true,
    },
  ],
};

function control(group: string, path: string, label: string, otherwise: boolean) {
  return { path, label, group, input: { kind: 'switch' }, otherwise } as const;
}

import type { PanelSpec } from '../../contract.ts';
import { Options } from '../options.ts';

export interface NodeGraphOptions {
  readonly layoutAlgorithm: 'layered' | 'force' | 'grid';
  readonly zoomMode: 'cooperative' | 'greedy';
  readonly nodes: {
    /** Units of the numbers; "" takes the fields' own. */
    readonly mainStatUnit: string;
    readonly secondaryStatUnit: string;
    /** Fields that are arcs, with the colours of their own. */
    readonly arcs: readonly { readonly field: string; readonly color: string }[];
  };
  readonly edges: { readonly mainStatUnit: string; readonly secondaryStatUnit: string };
}

export const nodeGraph: PanelSpec<NodeGraphOptions> = {
  kind: 'nodeGraph',
  title: 'Node graph',
  description: 'What leads to what: services, stages of a pipeline, lineage.',
  parseOptions(input) {
    const options = new Options(input);
    const nodes = options.group('nodes');
    const edges = options.group('edges');
    return {
      layoutAlgorithm: options.oneOf('layoutAlgorithm', ['layered', 'force', 'grid'], 'layered'),
      zoomMode: options.oneOf('zoomMode', ['cooperative', 'greedy'], 'cooperative'),
      nodes: {
        mainStatUnit: nodes.text('mainStatUnit', 100, ''),
        secondaryStatUnit: nodes.text('secondaryStatUnit', 100, ''),
        arcs: nodes.list('arcs', 20).flatMap((entry) => {
          const arc = new Options(entry, 'options.nodes.arcs');
          const field = arc.text('field', 1000, '');
          return field === '' ? [] : [{ field, color: arc.text('color', 100, '') }];
        }),
      },
      edges: { mainStatUnit: edges.text('mainStatUnit', 100, ''), secondaryStatUnit: edges.text('secondaryStatUnit', 100, '') },
    };
  },
  fieldSettings: ['displayName', 'unit', 'decimals', 'min', 'max', 'color', 'mappings', 'thresholds', 'links', 'noValue'],
  controls: [
    {
      path: 'zoomMode',
      label: 'Zoom mode',
      group: 'General',
      hint: 'Cooperative zooms with Ctrl or ⌘ and the wheel; greedy with the wheel alone.',
      input: {
        kind: 'choice',
        choices: [
          { value: 'cooperative', label: 'Cooperative' },
          { value: 'greedy', label: 'Greedy' },
        ],
      },
      otherwise: 'cooperative',
    },
    {
      path: 'layoutAlgorithm',
      label: 'Layout algorithm',
      group: 'General',
      input: {
        kind: 'choice',
        choices: [
          { value: 'layered', label: 'Layered' },
          { value: 'force', label: 'Force' },
          { value: 'grid', label: 'Grid' },
        ],
      },
      otherwise: 'layered',
    },
    { path: 'nodes.mainStatUnit', label: 'Main stat unit', group: 'Nodes', input: { kind: 'unit' }, otherwise: '' },
    { path: 'nodes.secondaryStatUnit', label: 'Secondary stat unit', group: 'Nodes', input: { kind: 'unit' }, otherwise: '' },
    { path: 'edges.mainStatUnit', label: 'Main stat unit', group: 'Edges', input: { kind: 'unit' }, otherwise: '' },
    { path: 'edges.secondaryStatUnit', label: 'Secondary stat unit', group: 'Edges', input: { kind: 'unit' }, otherwise: '' },
  ],
};

import { resolveLinks } from '@vitrine/compute/field/links.ts';
import { bendsOf, layOut } from '@vitrine/ui/graph/graph-layout.ts';
import type { GraphPick } from '@vitrine/ui/graph/graph-model.ts';
import { GraphView } from '@vitrine/ui/graph/graph-view.tsx';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useMemo } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { configured } from '../configured.ts';
import { Notices, NOTICE_LINE } from '../notices.tsx';
import { readGraph } from './read-graph.ts';
import { nodeGraph } from './spec.ts';
import type { NodeGraphOptions } from './spec.ts';

function NodeGraph({ options, field, data, width, height, title, context }: PanelProps<NodeGraphOptions>): ReactElement {
  const { theme, timeZone } = context;
  const frames = useMemo(() => configured(data.frames, field), [data.frames, field]);
  const read = useMemo(() => {
    try {
      return readGraph(frames, options, theme, timeZone);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }, [frames, options, theme, timeZone]);
  // Numbers change from answer to answer, and rarely what leads where: then everything stays where it is.
  const key = typeof read === 'string' ? '' : `${read.shape.count} ${read.shape.sources.join()} ${read.shape.targets.join()}`;
  const { layoutAlgorithm } = options;
  const laidOut = useMemo(() => {
    const [count = 0, sources = '', targets = ''] = key.split(' ');
    const indices = (text: string) => Int32Array.from(text === '' ? [] : text.split(','), Number);
    const shape = { count: Number(count), sources: indices(sources), targets: indices(targets) };
    const found = layOut(shape, layoutAlgorithm);
    return { places: found, bends: bendsOf(shape, found, layoutAlgorithm) };
  }, [key, layoutAlgorithm]);
  if (frames.every(({ length }) => length === 0)) return <NoData width={width} height={height} text={field.noValue ?? ''} />;
  if (typeof read === 'string') return <NoData width={width} height={height} text="No graph in this answer" hint={read} />;
  const linksOf = (pick: GraphPick) => {
    const at = read.rowOf(pick);
    if (at === undefined) return [];
    return at.frame.fields.flatMap(({ config }, index) =>
      resolveLinks(config?.links ?? [], { ...at, field: index, frames, timeZone }, (text, scope) => context.replace(text, scope)),
    );
  };
  const notices = read.notices.length > 0 && height > 160 ? NOTICE_LINE : 0;
  return (
    <div>
      <Notices texts={notices > 0 ? read.notices : []} width={width} />
      <GraphView
        key={layoutAlgorithm}
        label={title === '' ? 'Node graph' : title}
        model={read.model}
        places={laidOut.places}
        bends={laidOut.bends}
        width={width}
        height={height - notices}
        theme={theme}
        zoomMode={options.zoomMode}
        linksOf={linksOf}
      />
    </div>
  );
}

export const nodeGraphWeb: PanelWeb<NodeGraphOptions> = { spec: nodeGraph, Component: NodeGraph };

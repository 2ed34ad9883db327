import { FlameView } from '@vitrine/ui/flame/flame-view.tsx';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useMemo } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { configured } from '../configured.ts';
import { NOTICE_LINE, Notices } from '../notices.tsx';
import { readProfile } from './read-profile.ts';
import { flamegraph } from './spec.ts';
import type { FlameGraphOptions } from './spec.ts';

function FlameGraph({ field, data, width, height, title, context }: PanelProps<FlameGraphOptions>): ReactElement {
  const read = useMemo(() => {
    try {
      return readProfile(configured(data.frames, field));
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }, [data.frames, field]);
  if (read === undefined) return <NoData width={width} height={height} text={field.noValue ?? ''} />;
  if (typeof read === 'string') return <NoData width={width} height={height} text="No profile in this answer" hint={read} />;
  if (!(read.tree.width[0]! > 0))
    return <NoData width={width} height={height} text="The profile is empty: all its values are 0" hint="" />;
  const notices = read.notices.length > 0 && height > 120 ? NOTICE_LINE : 0;
  return (
    <div>
      <Notices texts={notices > 0 ? read.notices : []} width={width} />
      <FlameView
        label={title === '' ? 'Flame graph' : title}
        tree={read.tree}
        width={width}
        height={height - notices}
        theme={context.theme}
        show={read.show}
      />
    </div>
  );
}

export const flamegraphWeb: PanelWeb<FlameGraphOptions> = { spec: flamegraph, Component: FlameGraph };

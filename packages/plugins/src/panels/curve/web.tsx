import { isNumbers } from '@vitrine/model/frame.ts';
import type { Frame } from '@vitrine/model/frame.ts';
import type { CurveX } from '@vitrine/model/run-api.ts';
import { CurveChart } from '@vitrine/ui/chart/curve-chart.tsx';
import { timeMapOfCurves } from '@vitrine/ui/chart/step-map.ts';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useMemo } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { useOwnX } from '../use-own-x.ts';
import { curve } from './spec.ts';
import type { CurveOptions } from './spec.ts';

function Curve({ options, field, data, width, height, title, context }: PanelProps<CurveOptions>): ReactElement {
  const { frames } = data;
  const x = useMemo(() => xOf(frames), [frames]);
  const map = useMemo(() => timeMapOfCurves(frames), [frames]);
  const own = useOwnX(context, x?.kind === context.x, x === undefined ? '' : `${x.kind} ${x.name}`, map);
  if (x === undefined)
    return (
      <NoData
        width={width}
        height={height}
        text={field.noValue ?? ''}
        hint="Choose the source Training runs, and name runs and metrics that there are."
      />
    );
  return (
    <CurveChart
      title={title}
      frames={frames}
      width={width}
      height={height}
      context={own}
      x={x.kind}
      xLabel={x.name}
      logX={options.logX}
      logY={options.logY}
      clipOutliers={options.clipOutliers}
      legend={options.legend}
      tooltip={options.tooltip}
    />
  );
}

/** What the first column of the first series is; undefined where there is none. */
function xOf(frames: readonly Frame[]): { readonly kind: CurveX['kind']; readonly name: string } | undefined {
  const x = frames.find(({ shape, length }) => shape === 'series' && length > 0)?.fields[0];
  if (!isNumbers(x)) return undefined;
  const { name } = x;
  if (x.type === 'time') return { kind: 'time', name };
  return { kind: name === 'step' || name === 'epoch' || name === 'elapsed' ? name : 'metric', name };
}

export const curveWeb: PanelWeb<CurveOptions> = { spec: curve, Component: Curve };

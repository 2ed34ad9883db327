import { resolveLinks } from '@vitrine/compute/field/links.ts';
import { logLines } from '@vitrine/compute/log-lines.ts';
import type { Frame } from '@vitrine/model/frame.ts';
import { LogList } from '@vitrine/ui/logs/log-list.tsx';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useMemo } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { configured } from '../configured.ts';
import { logs } from './spec.ts';
import type { LogsOptions } from './spec.ts';

function Logs({ options, field, data, width, height, title, context }: PanelProps<LogsOptions>): ReactElement {
  const frames = useMemo(() => configured(data.frames, field), [data.frames, field]);
  const isEmpty = useMemo(() => logLines(frames).length === 0, [frames]);
  if (isEmpty) {
    const hint = frames.length > 0 ? 'Lines of logs need a column of times and one of words.' : undefined;
    return <NoData width={width} height={height} text={field.noValue ?? ''} {...(hint === undefined ? {} : { hint })} />;
  }
  const links = (frame: Frame, row: number) =>
    frame.fields.flatMap(({ config }, at) =>
      config?.links === undefined || config.links.length === 0
        ? []
        : resolveLinks(config.links, { frame, field: at, row, frames, timeZone: context.timeZone }, (text, scope) =>
            context.replace(text, scope),
          ),
    );
  return (
    <LogList
      label={title}
      frames={frames}
      width={width}
      height={height}
      timeZone={context.timeZone}
      showTime={options.showTime}
      showLabels={options.showLabels}
      showCommonLabels={options.showCommonLabels}
      wrap={options.wrapLogMessage}
      prettify={options.prettifyLogMessage}
      dedup={options.dedupStrategy}
      newestFirst={options.sortOrder === 'Descending'}
      details={options.enableLogDetails ? options.detailsMode : 'none'}
      highlight={options.syntaxHighlighting}
      precision={options.timestampResolution}
      controls={options.showControls}
      displayed={options.displayedFields}
      small={options.fontSize === 'small'}
      links={links}
    />
  );
}

export const logsWeb: PanelWeb<LogsOptions> = { spec: logs, Component: Logs };

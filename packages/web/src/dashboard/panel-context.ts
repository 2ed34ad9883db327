import type { Panel } from '@vitrine/model/dashboard.ts';
import type { VariableValues } from '@vitrine/model/variable.ts';
import type { TimeRange } from '@vitrine/compute/time.ts';
import type { PanelContext } from '@vitrine/plugins/contract.ts';
import { askJson } from '../api/client.ts';
import { loadRecent } from './recent-dashboards.ts';
import type { DashboardScope } from './scope.ts';

const askServer = (path: string): Promise<unknown> => askJson(path);

/** What a panel may know of its page, and ask of it. */
export function panelContext(
  scope: DashboardScope,
  panel: Panel,
  local: VariableValues,
  range: TimeRange,
  theme: 'dark' | 'light',
): PanelContext {
  const { variables, annotations, mayEdit } = scope;
  const x = panel.x ?? scope.x;
  return {
    x,
    from: range.fromMs,
    to: range.toMs,
    timeZone: scope.range.timeZone,
    theme,
    cursor: scope.cursor,
    zoomTo: scope.zoomTo,
    zoomOut: scope.zoomOut,
    annotations: annotations.of(panel.id),
    share: scope.dashboard.cursor,
    replace: (text, about) => variables.replace(text, local, about),
    dashboard: { uid: scope.uid, title: scope.dashboard.title },
    recent: loadRecent,
    ...(scope.frozen === undefined ? { ask: askServer } : {}),
    ...(variables.list.length === 0
      ? {}
      : {
          choose(name, value) {
            if (variables.list.some((variable) => variable.name === name)) variables.choose(name, value);
          },
        }),
    ...(mayEdit
      ? {
          annotate: (fromMs, toMs) => scope.annotate({ fromMs, toMs, panel: panel.id, event: undefined }),
          editAnnotation: (event) => scope.annotate({ fromMs: event.timeMs, toMs: event.endMs, panel: event.panelId, event }),
        }
      : {}),
  };
}

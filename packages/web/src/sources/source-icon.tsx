import { IconDatabase, IconFlame, IconListSearch, IconPlug, IconSql, IconTimeline } from '@tabler/icons-react';
import type { Icon } from '@tabler/icons-react';
import { createElement } from 'react';
import type { ReactElement } from 'react';
import { useSourceKinds } from './source-kinds.ts';

const ICONS: Readonly<Record<string, Icon>> = {
  prometheus: IconFlame,
  influxdb: IconTimeline,
  elasticsearch: IconListSearch,
  postgres: IconSql,
  builtin: IconDatabase,
};

/** What stands before a source's name. A plugin's own kind is a plug. */
export function SourceIcon({ type, size = 18 }: { readonly type: string; readonly size?: number }): ReactElement {
  const kinds = useSourceKinds();
  return createElement(ICONS[kinds.of(type)?.spec.kind ?? type] ?? IconPlug, { size, stroke: 1.6, 'aria-hidden': true });
}

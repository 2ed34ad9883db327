import { isObject, objectOf, saysSomething, textOf, type Json } from './json.ts';
import { migrateFieldOptions } from './old/field-options.ts';
import { GRAPH_KEYS, migrateGraph } from './old/graph.ts';
import { isOldHeatmap, migrateOldHeatmap, OLD_HEATMAP_KEYS } from './old/heatmap.ts';
import { DASH_LIST_KEYS, migrateDashList, migrateText, TEXT_KEYS } from './old/lists.ts';
import { migrateOptions } from './old/options.ts';
import { migratePieChart, PIE_CHART_KEYS } from './old/pie-chart.ts';
import { migrateSingleStat, SINGLE_STAT_KEYS } from './old/single-stat.ts';
import { isOldTable, migrateOldTable, OLD_TABLE_KEYS } from './old/table.ts';
import { migrateXyChart } from './old/xy-chart.ts';
import type { Notes } from './report.ts';

/** What a panel in old words becomes, and the annotation queries that came out of it. */
export interface MigratedPanel {
  readonly panel: Json;
  readonly annotations: readonly Json[];
}

/** Keys that a migration of this kind of panel reads and does away with. */
export function oldKeysOf(panel: Json): readonly string[] {
  switch (kindOf(panel)) {
    case 'graph':
      return GRAPH_KEYS;
    case 'singlestat':
    case 'grafana-singlestat-panel':
      return SINGLE_STAT_KEYS;
    case 'grafana-piechart-panel':
      return PIE_CHART_KEYS;
    case 'table':
    case 'table-old':
      return isOldTable(panel) ? OLD_TABLE_KEYS : [];
    case 'heatmap':
      return isOldHeatmap(panel) ? OLD_HEATMAP_KEYS : [];
    case 'text':
      return TEXT_KEYS;
    case 'dashlist':
      return DASH_LIST_KEYS;
    default:
      return [];
  }
}

/** Brings a panel to the words of schema version 42. */
export function migratePanel(panel: Json, notes: Notes): MigratedPanel {
  const kind = kindOf(panel);
  switch (kind) {
    case 'graph': {
      const { panel: migrated, annotations } = migrateGraph(panel, notes);
      notes.at('type').migrated(`The graph became a ${textOf(migrated['type'])} panel that looks as its options said.`);
      return { panel: migrated, annotations };
    }
    case 'singlestat':
    case 'grafana-singlestat-panel': {
      const migrated = migrateSingleStat(panel, notes);
      notes
        .at('type')
        .migrated(
          `The singlestat became a ${textOf(migrated['type'])}; the sizes of its text and the colours of its sparkline follow the theme.`,
        );
      return only(migrated);
    }
    case 'grafana-piechart-panel':
      notes.at('type').migrated('The pie chart plugin became the pie chart panel; its sizes and strokes follow the theme.');
      return only(migratePieChart(panel, notes));
    case 'table-old':
    case 'table':
      if (!isOldTable(panel)) break;
      notes.at('type').migrated('The old table became a table; styles became overrides, and its text has the theme’s size.');
      return only(migrateOldTable(panel, notes));
    case 'heatmap':
      if (!isOldHeatmap(panel)) break;
      notes.at('type').migrated('The old heatmap took the options of the new one.');
      return only(migrateOldHeatmap(panel, notes));
    case 'text':
      return only(migrateText(panel, notes));
    case 'dashlist':
      return only(migrateDashList(panel, notes));
    case 'xychart':
      return only(migrateOptions(migrateXyChart(panel, notes), notes));
    case 'grafana-histogram-panel':
      notes.at('type').migrated('The histogram plugin became the histogram panel.');
      return only({ ...panel, type: 'histogram' });
    case 'library-panel-ref':
      if (!isObject(panel['libraryPanel'])) break;
      notes
        .at('libraryPanel')
        .approximated('The panel stands in a library; it is empty until a library panel of that uid is there.');
      return only(panel);
  }
  return only(migrateOptions(migrateFieldOptions(panel, notes), notes));
}

/** Panels that Grafana turned into another kind keep their old words beside it, and it reads those again each time. */
function kindOf(panel: Json): string {
  const from = textOf(panel['autoMigrateFrom']);
  const hasOldWords =
    saysSomething(panel['format']) ||
    saysSomething(objectOf(panel['yaxes'])) ||
    Array.isArray(panel['styles']) ||
    Array.isArray(panel['yaxes']);
  return from !== '' && hasOldWords ? from : textOf(panel['type']);
}

function only(panel: Json): MigratedPanel {
  return { panel, annotations: [] };
}

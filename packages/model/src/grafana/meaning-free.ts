/**
 * Keys that are left out without a finding, because they mean nothing outside the Grafana that wrote them: marks of its editor,
 * the row of its database, counts of its saves, caches of what a query answered, what its removed template engine left behind.
 * docs/dashboards-import.md lists them.
 */
export const MEANING_FREE = {
  anywhere: ['$$hashKey', '$hashKey', '__proto__', 'constructor', 'prototype'],
  dashboard: ['id', 'version', 'iteration', 'schemaVersion', 'originalTitle', 'timeRangeUpdatedDuringEditOrView', '__inputs'],
  panel: [
    'error',
    'renderer',
    'editable',
    'height',
    'span',
    'minSpan',
    'isNew',
    'scopedVars',
    'repeatIteration',
    'repeatPanelId',
    'repeatByRow',
    'repeatedByRow',
    'snapshotData',
    'autoMigrateFrom',
  ],
  row: [
    'datasource',
    'targets',
    'fieldConfig',
    'gridPos',
    'pluginVersion',
    'repeatIteration',
    'repeatRowId',
    'repeatDirection',
    'scopedVars',
    'showTitle',
    'titleSize',
    'height',
    'editable',
    'transparent',
    'options',
    'id',
    'panels',
    'title',
    'type',
    'collapsed',
    'collapse',
    'repeat',
    'links',
  ],
  variable: ['options', 'isNone', 'index', 'error', 'definition', 'state'],
} as const;

export function isMeaningFreeAnywhere(key: string): boolean {
  return (MEANING_FREE.anywhere as readonly string[]).includes(key);
}

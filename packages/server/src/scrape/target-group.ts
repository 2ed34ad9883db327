import type { TargetGroup } from './scrape-config.ts';
import type { YamlField } from './yaml-field.ts';

/** Reads `{targets: [...], labels: {...}}`, as static_configs and discovered files have it. */
export function readTargetGroup(field: YamlField): TargetGroup {
  const fields = onlyKeys(field, ['targets', 'labels']);
  const targets = fields.get('targets')?.list() ?? [];
  return {
    targets: targets.map((target) => {
      if (target.text().includes('/'))
        target.fail(`"${target.text()}" is not host:port; the path goes to metrics_path and the scheme to scheme`);
      return target.text();
    }),
    labels: new Map(
      [...(fields.get('labels')?.entries() ?? [])].map(([name, value]) => {
        if (name === '') value.fail('a label name is empty');
        return [name, value.text()];
      }),
    ),
  };
}

/** The keys of a mapping that has no others. */
export function onlyKeys(field: YamlField, names: readonly string[]): Map<string, YamlField> {
  const fields = field.entries();
  for (const [name, value] of fields) {
    if (!names.includes(name)) value.fail(`there is no key ${name} here; the keys are ${names.join(', ')}`);
  }
  return fields;
}

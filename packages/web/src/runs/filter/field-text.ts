const BARE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A parameter, tag or metric as the filter language names it: params.lr, metrics.`train/loss`. */
export function fieldText(kind: 'params' | 'tags' | 'metrics', name: string): string {
  if (BARE.test(name)) return `${kind}.${name}`;
  return name.includes('`') ? `${kind}."${name.replaceAll(/["\\]/g, '\\$&')}"` : `${kind}.\`${name}\``;
}

export function metricField(metric: string, of: 'last' | 'best' | 'min' | 'max'): string {
  return `${fieldText('metrics', metric)}.${of}`;
}

import { labelNameOf } from '../lines/metric-name.ts';

export interface StatsdName {
  /** As it was sent, without tags. */
  readonly name: string;
  readonly labels: readonly (readonly [name: string, value: string])[];
}

/**
 * Takes a name and its tags apart: `name,a=b` as InfluxDB has it, `name[a=b]` as SignalFx, `name#a=b` as Librato, and `a:b,c` of
 * DogStatsD behind the line. A tag without a value is "true". undefined where there is no name, or a tag has none that a
 * label could have.
 */
export function readStatsdName(head: string, tags: string): StatsdName | undefined {
  const [, before = '', signalFx, after = ''] = /^([^[\]]*)\[([^\]]*)\]([^[\]]*)$/.exec(head) ?? [];
  const [, plain = '', inline = ''] = /^([^,#]*)(?:[,#](.*))?$/s.exec(signalFx === undefined ? head : before + after) ?? [];
  const labels = [
    ...readTags(signalFx ?? '', '='),
    ...readTags(inline, '='),
    ...readTags(tags, ':').map((tag): readonly [string, string] => (tag[1] === '' ? [tag[0], 'true'] : tag)),
  ];
  // Labels that begin so are the system's own.
  if (plain === '' || labels.some(([name, value]) => name === '' || name.startsWith('__') || value === '')) return undefined;
  return { name: plain, labels };
}

function readTags(text: string, separator: string): (readonly [string, string])[] {
  return text
    .split(',')
    .filter((tag) => tag !== '')
    .map((tag) => {
      const at = tag.indexOf(separator);
      return at === -1 ? [labelNameOf(tag), ''] : [labelNameOf(tag.slice(0, at)), tag.slice(at + 1)];
    });
}

import { Labels, METRIC_NAME } from '@vitrine/model/labels.ts';
import type { Mappings } from '../lines/mappings.ts';
import { type Refusal, shown } from '../lines/refusals.ts';
import { labelNameOf } from '../lines/metric-name.ts';
import { ownText, TextCache } from '../lines/text-cache.ts';

export interface GraphiteSeries {
  /** `Labels.key`. */
  readonly key: string;
  /** What values are multiplied with. */
  readonly scale: number;
}

/** Makes series of Graphite's paths, and remembers them. */
export class GraphiteNames {
  readonly #mappings: Mappings;
  readonly #known = new TextCache<GraphiteSeries | Refusal>();

  constructor(mappings: Mappings) {
    this.#mappings = mappings;
  }

  /** `path` may have tags, `;name=value` each. */
  seriesOf(path: string): GraphiteSeries | Refusal {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const made = this.#make(ownText(path));
    this.#known.set(path, made, 'key' in made ? made.key.length : 0);
    return made;
  }

  #make(path: string): GraphiteSeries | Refusal {
    const [name = '', ...tags] = path.split(';');
    if (name === '') return refusal(path, 'has no name before its tags');
    const mapped = this.#mappings.map(name);
    if (mapped.action === 'drop') return { reason: 'dropped', sentence: () => `A rule of ingest.mappings drops ${shown(path)}.` };
    const sent: [string, string][] = [];
    for (const tag of tags) {
      const at = tag.indexOf('=');
      const label = labelNameOf(tag.slice(0, Math.max(at, 0)));
      // Labels that begin so are the system's own.
      if (label === '' || label.startsWith('__') || at === tag.length - 1)
        return refusal(path, 'has a tag that is not ;name=value');
      sent.push([label, tag.slice(at + 1)]);
    }
    const pairs = mapped.honorLabels ? [...mapped.labels, ...sent] : [...sent, ...mapped.labels];
    const { key } = Labels.from([...pairs, [METRIC_NAME, mapped.name]]);
    return { key: ownText(key), scale: mapped.scale };
  }
}

function refusal(path: string, problem: string): Refusal {
  return { reason: 'not a name', sentence: () => `${shown(path)} ${problem}.` };
}

import { CURVE_LIMITS } from '@vitrine/model/curve-store.ts';
import { decodeText } from './wire.ts';

const MAX_TAGS = 100_000;

/** One tag of one directory of event files. */
export interface Tag {
  readonly bytes: Uint8Array;
  /** What its values are called: the tag with its directory's prefix. undefined where no store can hold it. */
  readonly name: string | undefined;
  /** As its first record said, which alone says it: "scalars", "histograms", …; "" where nothing was said. */
  plugin: string;
  /** Its place among the curves of the chunk `chunk`. */
  curve: number;
  chunk: number;
  /** The one that came after it last time, which mostly comes after it again. */
  follower: Tag | undefined;
}

/** The tags of one directory, found by their bytes: of millions of records hardly one brings a text that was not there before. */
export class TagTable {
  readonly #prefix: string;
  readonly #byHash = new Map<number, Tag[]>();
  readonly #plugins: Record<string, string>;
  #size = 0;
  #last: Tag | undefined;
  /** Whether tags told of plugins that the mark of the directory does not have. */
  hasNews = false;

  /** `plugins` is what is remembered of an earlier time, by tag. */
  constructor(prefix: string, plugins: Readonly<Record<string, string>>) {
    this.#prefix = prefix;
    this.#plugins = Object.assign(Object.create(null) as Record<string, string>, plugins);
  }

  /** undefined where there are too many. */
  find(bytes: Uint8Array, start: number, end: number): Tag | undefined {
    const follower = this.#last?.follower;
    if (follower !== undefined && isSame(follower.bytes, bytes, start, end)) return (this.#last = follower);
    let hash = 0;
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0;
    const known = this.#byHash.get(hash);
    let tag = known?.find((candidate) => isSame(candidate.bytes, bytes, start, end));
    if (tag === undefined) {
      if (this.#size >= MAX_TAGS) return undefined;
      tag = this.#add(bytes.slice(start, end));
      if (known === undefined) this.#byHash.set(hash, [tag]);
      else known.push(tag);
    }
    if (this.#last !== undefined) this.#last.follower = tag;
    return (this.#last = tag);
  }

  learn(tag: Tag, plugin: string): void {
    if (plugin === '' || tag.plugin === plugin) return;
    tag.plugin = plugin;
    this.#plugins[decodeText(tag.bytes)] = plugin;
    this.hasNews = true;
  }

  /** What is to be remembered. */
  plugins(): Readonly<Record<string, string>> {
    this.hasNews = false;
    return this.#plugins;
  }

  #add(bytes: Uint8Array): Tag {
    this.#size++;
    const text = decodeText(bytes);
    const name = `${this.#prefix}${text}`;
    const fits = text !== '' && name.length <= CURVE_LIMITS.nameChars;
    return { bytes, name: fits ? name : undefined, plugin: this.#plugins[text] ?? '', curve: -1, chunk: -1, follower: undefined };
  }
}

function isSame(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let i = 0; i < known.length; i++) if (known[i] !== bytes[start + i]) return false;
  return true;
}

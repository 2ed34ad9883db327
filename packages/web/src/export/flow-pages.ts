/** Something that is not to be cut: where it stands on the endless page, in pixels. */
export interface Block {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** A heading: it goes with what comes below it. */
  readonly isHeading: boolean;
}

/** Where a block stands on its page. What is taller than a page is scaled down to fit on one. */
export interface PlacedBlock<T extends Block> {
  readonly block: T;
  readonly left: number;
  readonly top: number;
  readonly scale: number;
}

/** Blocks that stand beside each other, one below another's top: they stay together where a page has room. */
interface Band<T extends Block> {
  readonly blocks: readonly T[];
  readonly top: number;
  readonly bottom: number;
  readonly isHeading: boolean;
}

/** Puts blocks on pages of that height, in reading order, none of them cut. Space between bands is kept within a page. */
export function flowPages<T extends Block>(blocks: readonly T[], pageHeight: number): PlacedBlock<T>[][] {
  const pages: PlacedBlock<T>[][] = [];
  /** Where on the endless page the current one begins; undefined where none has begun. */
  let start: number | undefined;
  const put = (members: readonly T[], from: number): void => {
    for (const block of members) {
      const scale = Math.min(1, pageHeight / block.height);
      const top = Math.max(0, Math.min(block.top - from, pageHeight - block.height * scale));
      pages.at(-1)?.push({ block, left: block.left, top, scale });
    }
  };
  const turn = (from: number): void => {
    pages.push([]);
    start = from;
  };
  for (const group of withHeadings(bandsOf(blocks))) {
    const top = group[0]?.top ?? 0;
    const bottom = group.at(-1)?.bottom ?? 0;
    if (start === undefined || bottom - start > pageHeight) turn(top);
    if (bottom - top <= pageHeight) {
      for (const band of group) put(band.blocks, start ?? top);
      continue;
    }
    // Taller than any page: then block after block, in the order of their tops.
    for (const block of group.flatMap((band) => band.blocks)) {
      if (block.top + block.height - (start ?? top) > pageHeight && (pages.at(-1)?.length ?? 0) > 0) turn(block.top);
      put([block], start ?? top);
    }
    // What comes next must not stand over what was scaled down or begins lower.
    start = undefined;
  }
  return pages;
}

function bandsOf<T extends Block>(blocks: readonly T[]): Band<T>[] {
  const bands: { blocks: T[]; top: number; bottom: number; isHeading: boolean }[] = [];
  for (const block of blocks.toSorted((a, b) => a.top - b.top || a.left - b.left)) {
    const last = bands.at(-1);
    const bottom = block.top + block.height;
    if (last !== undefined && block.top < last.bottom && !last.isHeading) {
      last.blocks.push(block);
      last.bottom = Math.max(last.bottom, bottom);
    } else {
      bands.push({ blocks: [block], top: block.top, bottom, isHeading: block.isHeading });
    }
  }
  return bands;
}

/** Headings, one or several, with the band that they head. */
function withHeadings<T extends Block>(bands: readonly Band<T>[]): Band<T>[][] {
  const groups: Band<T>[][] = [];
  let isOpen = false;
  for (const band of bands) {
    if (isOpen) groups.at(-1)?.push(band);
    else groups.push([band]);
    isOpen = band.isHeading;
  }
  return groups;
}

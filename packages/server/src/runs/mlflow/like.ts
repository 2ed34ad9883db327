const BITS = 32;

/**
 * SQL's LIKE: % is any text, _ any character. Goes through a text once, and follows all places of the pattern where it may be as bits,
 * so that the time is at most the text's length times one step per 32 characters of the pattern.
 */
export function likeTest(wanted: string, ignoresCase: boolean): (text: string) => boolean {
  const pattern = ignoresCase ? wanted.toLowerCase() : wanted;
  const characters = pattern.replaceAll('%', '');
  const last = characters.length;
  const words = Math.floor(last / BITS) + 1;
  /** Places, by how many of the pattern's characters were met, where any text may stand. */
  const stays = new Int32Array(words);
  /** To which places each character leads. */
  const to = new Map<string, Int32Array>();
  const toByAny = new Int32Array(words);
  let place = 0;
  for (const character of pattern.split('')) {
    if (character === '%') setBit(stays, place);
    else if (character === '_') setBit(toByAny, ++place);
    else {
      const mask = to.get(character) ?? new Int32Array(words);
      to.set(character, mask);
      setBit(mask, ++place);
    }
  }
  for (const mask of to.values()) for (let k = 0; k < words; k++) mask[k] = (mask[k] as number) | (toByAny[k] as number);
  const staysAtLast = hasBit(stays, last);

  return (given) => {
    const text = ignoresCase ? given.toLowerCase() : given;
    const at = new Int32Array(words);
    setBit(at, 0);
    for (let i = 0; i < text.length; i++) {
      if (staysAtLast && hasBit(at, last)) return true;
      const mask = to.get(text[i] as string) ?? toByAny;
      let anywhere = 0;
      for (let k = words - 1; k >= 0; k--) {
        const here = at[k] as number;
        const below = k === 0 ? 0 : (at[k - 1] as number) >>> (BITS - 1);
        const next = (((here << 1) | below) & (mask[k] as number)) | (here & (stays[k] as number));
        at[k] = next;
        anywhere |= next;
      }
      if (anywhere === 0) return false;
    }
    return hasBit(at, last);
  };
}

function setBit(bits: Int32Array, index: number): void {
  const word = Math.floor(index / BITS);
  bits[word] = (bits[word] as number) | (1 << (index % BITS));
}

function hasBit(bits: Int32Array, index: number): boolean {
  return ((bits[Math.floor(index / BITS)] as number) & (1 << (index % BITS))) !== 0;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly bottom: number;
}

const MARGIN = 8;

/** Where a box of this size goes below its anchor: above it where there is no room, never outside the viewport. */
export function placeBelow(
  anchor: Box,
  box: { readonly width: number; readonly height: number },
  viewport: { readonly width: number; readonly height: number },
): { readonly left: number; readonly top: number } {
  const fits = anchor.bottom + box.height + MARGIN <= viewport.height;
  const top = fits ? anchor.bottom + 4 : anchor.top - 4 - box.height;
  return {
    left: Math.round(Math.max(MARGIN, Math.min(anchor.left, viewport.width - box.width - MARGIN))),
    top: Math.round(Math.max(MARGIN, top)),
  };
}

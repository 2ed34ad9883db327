import type { Picture } from './take-pictures.ts';

/** Browsers draw no larger canvases. */
const MOST_PX = 16_384;
const MOST_AREA_PX = 200_000_000;
const SCALE = 2;
const MARGIN = 16;

/** All pictures where they stood, as one. Of a very long dashboard it is less fine. */
export async function wholePng(pictures: readonly Picture[], background: string): Promise<Blob> {
  const width = Math.max(1, ...pictures.map(({ left, width: own }) => left + own)) + MARGIN;
  const height = Math.max(1, ...pictures.map(({ top, height: own }) => top + own)) + MARGIN;
  const scale = Math.min(SCALE, MOST_PX / width, MOST_PX / height, Math.sqrt(MOST_AREA_PX / (width * height)));
  const canvas = document.createElement('canvas');
  canvas.width = Math.floor(width * scale);
  canvas.height = Math.floor(height * scale);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('The browser gives no canvas to draw on.');
  context.fillStyle = background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  for (const picture of pictures) {
    const image = await createImageBitmap(picture.png);
    const { left, top, width: own, height: tall } = picture;
    context.drawImage(image, left * scale, top * scale, own * scale, tall * scale);
    image.close();
  }
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(new Error('The browser makes no PNG of it.')) : resolve(blob)), 'image/png');
  });
}

/** What stands behind the panels, in the reader's theme: "rgb(12, 14, 18)". */
export function pageColor(): string {
  return getComputedStyle(document.body).backgroundColor;
}

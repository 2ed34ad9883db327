import { PDFDocument, StandardFonts, rgb } from '@cantoo/pdf-lib';
import type { PDFFont, PDFPage, RGB } from '@cantoo/pdf-lib';
import { flowPages } from './flow-pages.ts';
import type { Picture } from './take-pictures.ts';

/** A4, lying. In points, of which 72 are an inch. */
const PAGE = { width: 841.89, height: 595.28 };
const MARGIN = 28;
const HEADER = 38;
const FOOTER = 20;
const TITLE_SIZE = 13;
const SMALL_SIZE = 8.5;
/** The text and the quiet text of the light theme. */
const INK = rgb(0.09, 0.1, 0.13);
const QUIET = rgb(0.3, 0.34, 0.4);

export interface PdfRequest {
  readonly title: string;
  /** The range, the zone and what is chosen, as they are to be read. */
  readonly about: string;
  readonly pictures: readonly Picture[];
  /** What stands below the panels, beside the number of the page. */
  readonly foot: string;
  readonly onProgress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

/** A dashboard, or one panel, on white pages of A4: title, range and zone on each, panels not cut, pages numbered. */
export async function writePdf(request: PdfRequest): Promise<Uint8Array> {
  const { title, about, pictures, signal } = request;
  const document = await PDFDocument.create();
  document.setTitle(title);
  document.setSubject(about);
  document.setCreator('Vitrine');
  document.setProducer('Vitrine');
  const font = await document.embedFont(StandardFonts.Helvetica);
  const bold = await document.embedFont(StandardFonts.HelveticaBold);
  const room = { width: PAGE.width - 2 * MARGIN, height: PAGE.height - 2 * MARGIN - HEADER - FOOTER };
  const widthPx = Math.max(1, ...pictures.map(({ left, width }) => left + width));
  const leftPx = Math.min(widthPx - 1, ...pictures.map(({ left }) => left));
  // One panel need not be as wide as the page: then its height counts.
  const tallestPx = pictures.length === 1 ? (pictures[0]?.height ?? 1) : 1;
  const scale = Math.min(room.width / (widthPx - leftPx), room.height / tallestPx);
  const pages = flowPages(pictures, room.height / scale);
  let done = 0;
  for (const [at, placed] of (pages.length === 0 ? [[]] : pages).entries()) {
    const page = document.addPage([PAGE.width, PAGE.height]);
    const head = PAGE.height - MARGIN - TITLE_SIZE;
    const line = { document, page, color: INK, maxWidth: room.width };
    const quiet = { ...line, color: QUIET, font, size: SMALL_SIZE };
    await writeLine(title, { ...line, font: bold, size: TITLE_SIZE, x: MARGIN, y: head });
    await writeLine(about, { ...quiet, x: MARGIN, y: head - SMALL_SIZE - 5 });
    const count = `${at + 1} of ${Math.max(1, pages.length)}`;
    const x = PAGE.width - MARGIN - font.widthOfTextAtSize(count, SMALL_SIZE);
    await writeLine(count, { ...quiet, x, y: MARGIN });
    await writeLine(request.foot, { ...quiet, x: MARGIN, y: MARGIN, maxWidth: room.width - 80 });
    for (const { block, left, top, scale: own } of placed) {
      signal.throwIfAborted();
      request.onProgress(done++, pictures.length);
      const image = await document.embedPng(await block.png.arrayBuffer());
      const height = block.height * own * scale;
      page.drawImage(image, {
        x: MARGIN + (left - leftPx) * scale,
        y: PAGE.height - MARGIN - HEADER - top * scale - height,
        width: block.width * own * scale,
        height,
      });
    }
  }
  return document.save();
}

interface Line {
  readonly document: PDFDocument;
  readonly page: PDFPage;
  readonly font: PDFFont;
  readonly size: number;
  readonly color: RGB;
  readonly x: number;
  readonly y: number;
  readonly maxWidth: number;
}

/** Text where the font has its letters; else a picture of it, which the browser's fonts can always draw. */
async function writeLine(text: string, { document, page, font, size, color, x, y, maxWidth }: Line): Promise<void> {
  if (isWritable(text, font)) {
    page.drawText(
      cut(text, (part) => font.widthOfTextAtSize(part, size) <= maxWidth),
      { x, y, size, font, color },
    );
    return;
  }
  const fine = 4;
  const canvas = globalThis.document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (context === null) return;
  const face = `${size * fine}px ${getComputedStyle(globalThis.document.body).fontFamily}`;
  context.font = face;
  const shown = cut(text, (part) => context.measureText(part).width <= maxWidth * fine);
  canvas.width = Math.ceil(context.measureText(shown).width);
  canvas.height = Math.ceil(size * fine * 1.4);
  // Setting the size forgets the font.
  context.font = face;
  context.fillStyle = `rgb(${color.red * 255} ${color.green * 255} ${color.blue * 255})`;
  context.fillText(shown, 0, size * fine);
  const image = await document.embedPng(canvas.toDataURL('image/png'));
  page.drawImage(image, { x, y: y - size * 0.4, width: canvas.width / fine, height: canvas.height / fine });
}

function isWritable(text: string, font: PDFFont): boolean {
  try {
    font.encodeText(text);
    return true;
  } catch {
    return false;
  }
}

/** As much from the start as fits, with dots where something is left out. */
function cut(text: string, fits: (part: string) => boolean): string {
  const oneLine = text.replaceAll(/\s+/g, ' ');
  if (fits(oneLine)) return oneLine;
  let [low, high] = [0, oneLine.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(`${oneLine.slice(0, middle)}...`)) low = middle;
    else high = middle - 1;
  }
  return `${oneLine.slice(0, low)}...`;
}

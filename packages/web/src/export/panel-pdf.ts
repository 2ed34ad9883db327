import { elementPng } from '../dashboard/element-png.ts';
import type { PageRange } from '../time/page-range.ts';
import { rangeText } from './range-text.ts';
import { pageColors } from './whole-png.ts';
import { writePdf } from './write-pdf.ts';

/** One panel as it looks, on a page of its own. */
export async function panelPdf(element: HTMLElement, title: string, range: PageRange): Promise<Blob> {
  const { width, height } = element.getBoundingClientRect();
  const picture = { png: await elementPng(element), left: 0, top: 0, width, height, isHeading: false };
  const { signal } = new AbortController();
  const bytes = await writePdf({ title, about: rangeText(range), pictures: [picture], ...pageColors(), onProgress() {}, signal });
  return new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'application/pdf' });
}

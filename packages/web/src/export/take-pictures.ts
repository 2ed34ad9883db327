import { elementPng } from '../dashboard/element-png.ts';
import type { Block } from './flow-pages.ts';

/** A panel or a heading of the stage, as it looks. */
export interface Picture extends Block {
  readonly png: Blob;
}

/** Panels that have not drawn by then are taken as they are. */
const PATIENCE_MS = 60_000;
/** Nothing has changed for so long: what was to be drawn is drawn. */
const QUIET_MS = 400;

export interface TakeRequest {
  readonly onProgress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

/** Pictures of all panels and headings of a stage, once they have drawn, from top to bottom. */
export async function takePictures(stage: HTMLElement, { onProgress, signal }: TakeRequest): Promise<readonly Picture[]> {
  await untilDrawn(stage, signal);
  const origin = stage.getBoundingClientRect();
  const elements = [...stage.querySelectorAll<HTMLElement>('[data-panel], section[data-level] > h2')];
  const pictures: Picture[] = [];
  for (const element of elements) {
    signal.throwIfAborted();
    onProgress(pictures.length, elements.length);
    const { left, top, width, height } = element.getBoundingClientRect();
    if (width < 1 || height < 1) continue;
    const isHeading = element.localName === 'h2';
    pictures.push({ png: await elementPng(element), left: left - origin.left, top: top - origin.top, width, height, isHeading });
  }
  onProgress(elements.length, elements.length);
  return pictures;
}

/** Waits until every panel has its answer and nothing has moved for a moment. */
function untilDrawn(stage: HTMLElement, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const begunMs = performance.now();
    let changedMs = begunMs;
    const observer = new MutationObserver(() => (changedMs = performance.now()));
    observer.observe(stage, { subtree: true, childList: true, attributes: true, characterData: true });
    const finish = (settle: () => void): void => {
      clearInterval(timer);
      observer.disconnect();
      signal.removeEventListener('abort', abort);
      settle();
    };
    const abort = (): void => finish(() => reject(signal.reason as Error));
    const look = (): void => {
      const nowMs = performance.now();
      const isDrawn = stage.querySelector(WAITING) === null && nowMs - changedMs >= QUIET_MS;
      if (isDrawn || nowMs - begunMs >= PATIENCE_MS) finish(resolve);
    };
    const timer = setInterval(look, 100);
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
  });
}

const WAITING = '[data-state="waiting"], [data-state="loading"], [data-panel][aria-busy="true"]';

/** Twice as fine as on an ordinary screen: for slides and papers. */
const SCALE = 2;
const SVG = 'http://www.w3.org/2000/svg';
const XHTML = 'http://www.w3.org/1999/xhtml';

/**
 * A picture of what an element shows just now. The browser draws it again inside an SVG image, which may load nothing: so
 * styles are written out, canvases become pictures, and fonts travel along. Throws where the browser refuses.
 */
export async function elementPng(element: HTMLElement): Promise<Blob> {
  const { width, height } = element.getBoundingClientRect();
  const copy = copyOf(element);
  const holder = document.createElementNS(XHTML, 'div');
  holder.setAttribute('xmlns', XHTML);
  const style = document.createElementNS(XHTML, 'style');
  style.textContent = await fontFaces(element);
  holder.append(style, copy);
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('width', String(width));
  svg.setAttribute('height', String(height));
  const foreign = document.createElementNS(SVG, 'foreignObject');
  foreign.setAttribute('width', '100%');
  foreign.setAttribute('height', '100%');
  foreign.append(holder);
  svg.append(foreign);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * SCALE);
  canvas.height = Math.round(height * SCALE);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('The browser gives no canvas to draw on.');
  context.scale(SCALE, SCALE);
  context.drawImage(image, 0, 0, width, height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(new Error('The browser makes no PNG of it.')) : resolve(blob)), 'image/png');
  });
}

/** The element and all in it, each with its computed style written out. */
function copyOf(element: Element): Element {
  if (element instanceof HTMLCanvasElement) {
    const image = document.createElementNS(XHTML, 'img');
    image.setAttribute('src', element.toDataURL());
    writeStyle(element, image);
    return image;
  }
  const copy = element.cloneNode(false) as Element;
  copy.removeAttribute('class');
  copy.removeAttribute('id');
  writeStyle(element, copy);
  for (const child of element.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) copy.append(child.cloneNode());
    // What only shows itself to the pointer stays out of the picture.
    else if (child instanceof Element && !child.matches('[aria-haspopup="menu"]')) copy.append(copyOf(child));
  }
  return copy;
}

function writeStyle(from: Element, to: Element): void {
  const computed = getComputedStyle(from);
  let text = '';
  for (const name of computed) {
    // Custom properties are used up already, and nothing moves in a picture.
    if (name.startsWith('--') || name.startsWith('animation') || name.startsWith('transition')) continue;
    text += `${name}:${computed.getPropertyValue(name)};`;
  }
  to.setAttribute('style', text);
}

/** The page's fonts, as far as the element uses them, with their bytes in them. */
async function fontFaces(element: HTMLElement): Promise<string> {
  const families = new Set([element, ...element.querySelectorAll('*')].map((each) => getComputedStyle(each).fontFamily));
  const rules = [...document.styleSheets].flatMap((sheet) => fontRules(sheet));
  const used = rules.filter((rule) => {
    const family = rule.style.getPropertyValue('font-family').replaceAll(/["']/g, '');
    const latin = /U\+0?0?0?0-0?0?FF|^$/i.test(rule.style.getPropertyValue('unicode-range'));
    return latin && [...families].some((each) => each.includes(family));
  });
  const written = await Promise.all(used.map(writeFontFace));
  return written.join('\n');
}

function fontRules(sheet: CSSStyleSheet): CSSFontFaceRule[] {
  try {
    return [...sheet.cssRules].filter((rule) => rule instanceof CSSFontFaceRule);
  } catch {
    // A sheet of another origin, of an extension: not ours.
    return [];
  }
}

async function writeFontFace(rule: CSSFontFaceRule): Promise<string> {
  const [, url] = /url\("?([^")]+)"?\)/.exec(rule.style.getPropertyValue('src')) ?? [];
  if (url === undefined) return '';
  const base = rule.parentStyleSheet?.href ?? document.baseURI;
  const bytes = new Uint8Array(await (await fetch(new URL(url, base))).arrayBuffer());
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const face = ['font-family', 'font-style', 'font-weight', 'unicode-range']
    .map((name) => [name, rule.style.getPropertyValue(name)] as const)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}:${value}`);
  return `@font-face{${face.join(';')};src:url(data:font/woff2;base64,${btoa(binary)})}`;
}

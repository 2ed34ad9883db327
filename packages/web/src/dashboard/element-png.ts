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
  // As text, not as elements: the page's policy forbids styles that are set as attributes, even outside the document.
  const markup =
    `<svg xmlns="${SVG}" width="${width}" height="${height}"><foreignObject width="100%" height="100%">` +
    `<div xmlns="${XHTML}"><style>${escape(await fontFaces(element))}</style>${write(element, XHTML)}</div></foreignObject></svg>`;
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(markup)}`;
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

/** The element and all in it as XML, each with its computed style written out. */
function write(element: Element, outer: string): string {
  const style = ` style="${escape(styleOf(element))}"`;
  if (element instanceof HTMLCanvasElement) return `<img src="${element.toDataURL()}"${style}/>`;
  const namespace = element.namespaceURI ?? XHTML;
  const own = [...element.attributes]
    .filter(({ name }) => !LEFT_OUT.has(name) && !name.startsWith('on') && /^[a-z][\w-]*$/i.test(name))
    .map(({ name, value }) => ` ${name}="${escape(value)}"`);
  const xmlns = namespace === outer ? '' : ` xmlns="${namespace}"`;
  const children = [...element.childNodes].map((child) => {
    if (child.nodeType === Node.TEXT_NODE) return escape(child.nodeValue ?? '');
    // What only shows itself to the pointer stays out of the picture.
    return child instanceof Element && !child.matches('[aria-haspopup="menu"]') ? write(child, namespace) : '';
  });
  return `<${element.localName}${xmlns}${own.join('')}${style}>${children.join('')}</${element.localName}>`;
}

const LEFT_OUT = new Set(['class', 'id', 'style', 'src', 'href', 'xmlns', 'tabindex']);

function escape(text: string): string {
  return text.replaceAll(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`).replaceAll(UNWRITABLE, '');
}

/** All but the characters of XML 1.0, production 2: the others it can't hold at all. */
const UNWRITABLE = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

function styleOf(element: Element): string {
  const computed = getComputedStyle(element);
  let text = '';
  for (const name of computed) {
    // Custom properties are used up already, and nothing moves in a picture.
    if (name.startsWith('--') || name.startsWith('animation') || name.startsWith('transition')) continue;
    const value = computed.getPropertyValue(name);
    // A picture is not scrolled, and bars would take the room of what is written there.
    text += `${name}:${name.startsWith('overflow') && /auto|scroll/.test(value) ? 'hidden' : value};`;
  }
  return text;
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
  const written = await Promise.all(used.map(writtenFace));
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

const faces = new WeakMap<CSSFontFaceRule, Promise<string>>();

/** The same fonts stand in every picture of a dashboard. */
function writtenFace(rule: CSSFontFaceRule): Promise<string> {
  let face = faces.get(rule);
  if (face === undefined) {
    face = writeFontFace(rule);
    faces.set(rule, face);
    // Next time it is tried again.
    face.catch(() => faces.delete(rule));
  }
  return face;
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

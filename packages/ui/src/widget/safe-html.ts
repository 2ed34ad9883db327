import { safeHref } from '@vitrine/compute/field/links.ts';

/** A piece of HTML that may be shown: text, or an element of the allowed ones with the allowed attributes. */
export type SafeNode =
  | string
  | {
      readonly tag: string;
      readonly attributes: Readonly<Record<string, string | number>>;
      /** CSS declarations by their names in script: textAlign. */
      readonly style: Readonly<Record<string, string>>;
      readonly children: readonly SafeNode[];
    };

/** Elements that only arrange text. */
const TAGS = new Set(
  (
    'a abbr b blockquote br caption center cite code col colgroup dd del details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 ' +
    'header hr i img ins kbd li main mark nav ol p pre q s samp section small span strike strong sub summary sup table tbody td tfoot th ' +
    'thead time tr u ul var'
  ).split(' '),
);
/** Elements whose content is no text for people: they go with all that is in them. */
const DROPPED = new Set(
  'applet base button embed form frame frameset head iframe input link math meta noscript object option script select style svg template textarea title video audio source track canvas'.split(
    ' ',
  ),
);
/** Elements that are written otherwise today. */
const RENAMED: Readonly<Record<string, string>> = {
  center: 'div',
  font: 'span',
  strike: 's',
  main: 'div',
  header: 'div',
  footer: 'div',
  nav: 'div',
  section: 'div',
};
const NUMBERS: Readonly<Record<string, string>> = {
  colspan: 'colSpan',
  rowspan: 'rowSpan',
  start: 'start',
  width: 'width',
  height: 'height',
};
/** Declarations that cannot leave their element's box or load anything. */
const STYLES = new Set(
  (
    'align-items background background-color border border-bottom border-collapse border-color border-left border-radius border-right ' +
    'border-spacing border-style border-top border-width color display flex flex-direction flex-wrap float font-family font-size font-style ' +
    'font-weight gap grid-template-columns height justify-content letter-spacing line-height list-style list-style-type margin margin-bottom ' +
    'margin-left margin-right margin-top max-height max-width min-height min-width opacity overflow padding padding-bottom padding-left ' +
    'padding-right padding-top text-align text-decoration text-transform vertical-align white-space width word-break'
  ).split(' '),
);
const MOST_NODES = 20_000;
const DEEPEST = 60;

/**
 * Reads HTML to what may be shown of it. Nothing of it runs or loads: it is parsed in a document of its own, and only allowed elements,
 * attributes and addresses are copied out. `parse` is the platform's parser.
 */
export function readSafeHtml(html: string, parse: (html: string) => ParentNode): readonly SafeNode[] {
  const budget = { nodes: MOST_NODES };
  return childrenOf(parse(html), budget, 0);
}

function childrenOf(parent: ParentNode, budget: { nodes: number }, depth: number): SafeNode[] {
  const found: SafeNode[] = [];
  if (depth > DEEPEST) return found;
  for (const node of parent.childNodes) {
    if (budget.nodes-- <= 0) break;
    if (node.nodeType === 3) found.push(node.textContent ?? '');
    if (node.nodeType !== 1) continue;
    const element = node as Element;
    const tag = element.localName.toLowerCase();
    if (DROPPED.has(tag)) continue;
    const children = childrenOf(element, budget, depth + 1);
    // What is not known is its content.
    if (!TAGS.has(tag)) found.push(...children);
    else found.push(copy(element, tag, children));
  }
  return found;
}

function copy(element: Element, tag: string, children: readonly SafeNode[]): SafeNode {
  const attributes: Record<string, string | number> = {};
  const style = styleOf(element.getAttribute('style') ?? '');
  for (const [name, prop] of Object.entries(NUMBERS)) {
    const value = Number.parseInt(element.getAttribute(name) ?? '', 10);
    if (value > 0 && value <= 4000) attributes[prop] = value;
  }
  const title = element.getAttribute('title');
  if (title !== null) attributes['title'] = title;
  if (tag === 'center') style['textAlign'] = 'center';
  const align = element.getAttribute('align');
  if (align !== null && /^(left|right|center|justify)$/i.test(align)) style['textAlign'] = align.toLowerCase();
  if (tag === 'font') Object.assign(style, styleOf(`color:${element.getAttribute('color') ?? ''}`));
  if (tag === 'a') {
    const href = safeHref(element.getAttribute('href') ?? '');
    if (href === undefined) return { tag: 'span', attributes, style, children };
    attributes['href'] = href;
    attributes['rel'] = 'noopener noreferrer nofollow';
    if (/^https?:/i.test(href) || element.getAttribute('target') === '_blank') attributes['target'] = '_blank';
  }
  if (tag === 'img') {
    const src = element.getAttribute('src')?.trim() ?? '';
    const alt = element.getAttribute('alt') ?? '';
    const own =
      /^data:image\/(?:png|jpeg|gif|webp);base64,[\w+/=\s]*$/.test(src) || (src.startsWith('/') && safeHref(src) !== undefined);
    // A picture from elsewhere would tell that place who reads this.
    if (!own) return remoteImage(src, alt);
    return { tag, attributes: { ...attributes, src, alt }, style, children: [] };
  }
  return { tag: RENAMED[tag] ?? tag, attributes, style, children: tag === 'br' || tag === 'hr' || tag === 'col' ? [] : children };
}

function remoteImage(src: string, alt: string): SafeNode {
  const href = safeHref(src);
  const text = alt === '' ? 'image' : alt;
  if (href === undefined) return alt;
  return { tag: 'a', attributes: { href, rel: 'noopener noreferrer nofollow', target: '_blank' }, style: {}, children: [text] };
}

function styleOf(text: string): Record<string, string> {
  const style: Record<string, string> = {};
  for (const declaration of text.slice(0, 2000).split(';')) {
    const colon = declaration.indexOf(':');
    const name = declaration.slice(0, colon).trim().toLowerCase();
    const value = declaration
      .slice(colon + 1)
      .replace(/!important/i, '')
      .trim();
    if (colon < 0 || value === '' || !STYLES.has(name)) continue;
    // Functions could load or compute; colours and lengths are all that is needed.
    if (/[\\@<>]/.test(value) || /\b(?!rgba?\b|hsla?\b|calc\b|linear-gradient\b|repeat\b|minmax\b)[\w-]+\s*\(/i.test(value))
      continue;
    style[name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())] = value;
  }
  return style;
}

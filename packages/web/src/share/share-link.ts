/** What a shared address is to say, against the address as it stands. */
export interface LinkChoices {
  readonly variables: boolean;
  /** undefined leaves it to whoever opens it. */
  readonly theme: 'dark' | 'light' | undefined;
  readonly kiosk: boolean;
}

/** `address` is that of a dashboard or panel with its range and values. */
export function shareLink(address: string, { variables, theme, kiosk }: LinkChoices): string {
  const url = new URL(address);
  if (!variables) {
    const names = Array.from(url.searchParams.keys());
    for (const name of names) if (name.startsWith('var-')) url.searchParams.delete(name);
  }
  url.searchParams.delete('theme');
  if (theme !== undefined) url.searchParams.set('theme', theme);
  if (kiosk) url.searchParams.set('kiosk', 'true');
  return readable(url);
}

/** Markup that puts a dashboard or one panel of it into another page. */
export function frameCode(address: string, choices: Omit<LinkChoices, 'kiosk'>, title: string): string {
  const url = new URL(shareLink(address, { ...choices, kiosk: true }));
  // One panel has an address of its own, the one that Grafana gives it.
  if (url.searchParams.has('panel')) url.pathname = url.pathname.replace(/^\/d\//, '/d-solo/');
  return `<iframe src="${escape(readable(url))}" title="${escape(title)}" width="600" height="400" frameborder="0"></iframe>`;
}

/** A slash and a colon mean nothing inside a query, and "now/d" is meant to be read. */
function readable(url: URL): string {
  return `${url.origin}${url.pathname}${url.search.replaceAll('%2F', '/').replaceAll('%3A', ':')}`;
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}

import { describe, expect, test } from 'vitest';
import { frameCode, shareLink } from './share-link.ts';

const ADDRESS = 'https://v.example/d/loss?from=now-1h/h&to=now&var-job=a&var-job=b&panel=3';
const AS_IT_IS = { variables: true, theme: undefined, kiosk: false } as const;

describe('a link to share', () => {
  test.each<[string, Parameters<typeof shareLink>[1], string]>([
    ['as it stands', AS_IT_IS, ADDRESS],
    ['without variables', { ...AS_IT_IS, variables: false }, 'https://v.example/d/loss?from=now-1h/h&to=now&panel=3'],
    ['in a theme', { ...AS_IT_IS, theme: 'light' }, `${ADDRESS}&theme=light`],
    ['with nothing but the panels', { ...AS_IT_IS, kiosk: true }, `${ADDRESS}&kiosk=true`],
  ])('%s', (_, choices, want) => expect(shareLink(ADDRESS, choices)).toBe(want));
});

describe('the code of a frame', () => {
  test('shows one panel at the address that Grafana gives it', () => {
    expect(frameCode(ADDRESS, { variables: false, theme: 'dark' }, 'Loss')).toBe(
      '<iframe src="https://v.example/d-solo/loss?from=now-1h/h&#38;to=now&#38;panel=3&#38;theme=dark&#38;kiosk=true" ' +
        'title="Loss" width="600" height="400" frameborder="0"></iframe>',
    );
  });

  test('holds no markup of a title', () => {
    const code = frameCode('https://v.example/d/loss', { variables: true, theme: undefined }, '"><script>alert(1)</script>');
    expect(code).not.toContain('<script');
    expect(code).toContain('src="https://v.example/d/loss?kiosk=true"');
  });
});

import { convertCssVariables, DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from '@mantine/core';
import { expect, test } from 'vitest';

import { theme } from './theme.ts';

type Variables = Record<string, string>;

/** What the theme says differently from Mantine's own stylesheet. */
function different(ours: Variables, theirs: Variables): Variables {
  return Object.fromEntries(Object.entries(ours).filter(([name, value]) => theirs[name] !== value));
}

// `npx vitest run packages/ui -u` writes the file again after a change of the theme.
test('mantine-variables.css holds the variables of the theme, so that no inline style element is needed', async () => {
  const ours = defaultCssVariablesResolver(mergeMantineTheme(DEFAULT_THEME, theme));
  const theirs = defaultCssVariablesResolver(DEFAULT_THEME);
  const css = convertCssVariables({
    variables: different(ours.variables, theirs.variables),
    dark: different(ours.dark, theirs.dark),
    light: different(ours.light, theirs.light),
  });
  // As oxfmt writes it.
  const lines = css
    .trim()
    .replaceAll(/\s*\n\s*/g, '\n\n')
    .replaceAll(', :host', ',\n:host')
    .replaceAll('"', "'")
    .replaceAll('{', ' {\n  ')
    .replaceAll(';}', ';\n}')
    .replaceAll(/;(?!\n)/g, ';\n  ');
  await expect(`/* Written by mantine-variables.test.ts from theme.ts. */\n${lines}\n`).toMatchFileSnapshot(
    './mantine-variables.css',
  );
});

import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import '@mantine/core/styles.css';
import './mantine-variables.css';
import './tokens.css';

import { localStorageColorSchemeManager, MantineProvider, useComputedColorScheme } from '@mantine/core';
import { createContext, use } from 'react';
import type { ReactElement, ReactNode } from 'react';

import type { ThemeName } from './ink.ts';
import { useReturnFocus } from './return-focus.ts';
import { theme } from './theme.ts';

/** Where the reader's choice is kept; a page may read it before React starts, so that nothing flashes. */
const COLOR_SCHEME_KEY = 'vitrine-color-scheme';

const schemeManager = localStorageColorSchemeManager({ key: COLOR_SCHEME_KEY });

/**
 * Vitrine's look for everything below it. No style element is inserted, so a page works under `style-src 'self'`: for the same
 * reason, give Mantine components no responsive style props (`w={{ base: …, sm: … }}`) and use CSS modules instead.
 */
export function ThemeProvider({ children, force }: { children: ReactNode; force?: ThemeName }): ReactElement {
  useReturnFocus();
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={schemeManager}
      withCssVariables={false}
      withGlobalClasses={false}
      {...(force === undefined ? {} : { forceColorScheme: force })}
    >
      {children}
    </MantineProvider>
  );
}

const Paper = createContext(false);

/** What is drawn to be printed: as on the light theme, whichever the reader has. An element below it carries `data-paper`. */
export function OnPaper({ children }: { children: ReactNode }): ReactElement {
  return <Paper value>{children}</Paper>;
}

/** The theme that is shown, for canvases. */
export function useThemeName(): ThemeName {
  const shown = useComputedColorScheme('dark', { getInitialValueInEffect: false });
  return use(Paper) ? 'light' : shown;
}

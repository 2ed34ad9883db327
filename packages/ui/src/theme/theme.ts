import { createTheme } from '@mantine/core';
import type { MantineColorsTuple } from '@mantine/core';

/** From the faintest tint to the deepest shade; 4 is the accent on dark, 7 on light. */
const ACCENT: MantineColorsTuple = [
  '#eef0ff',
  '#dde1ff',
  '#c3caff',
  '#a7b3ff',
  '#8b9dff',
  '#6f82f2',
  '#566ade',
  '#4257d0',
  '#3548b4',
  '#283890',
];

/** Mantine's dark surfaces, from text (0) to the page (9): the steps of tokens.css. */
const DARK: MantineColorsTuple = [
  '#e7e9ee',
  '#c5cad4',
  '#a3abb9',
  '#7f8999',
  '#39404c',
  '#272c36',
  '#1b1f26',
  '#13161b',
  '#0f1216',
  '#0c0e12',
];

/** Locking the scroll inserts a style element, which a strict CSP forbids; overlays here are modal without it. */
const OVERLAY = {
  lockScroll: false,
  transitionProps: { duration: 120 },
  shadow: 'md',
  closeButtonProps: { 'aria-label': 'Close' },
} as const;

/**
 * What Mantine's components look like. The CSS variables of this theme are written out in mantine-variables.css (see
 * mantine-variables.test.ts), because a page under a strict CSP can't take them from an inline style element.
 */
export const theme = createTheme({
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, monospace",
  headings: {
    fontFamily: "'Inter Variable', system-ui, sans-serif",
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '28px', lineHeight: '36px' },
      h2: { fontSize: '20px', lineHeight: '28px' },
      h3: { fontSize: '16px', lineHeight: '24px' },
      h4: { fontSize: '14px', lineHeight: '20px' },
      h5: { fontSize: '13px', lineHeight: '20px' },
      h6: { fontSize: '12px', lineHeight: '16px' },
    },
  },
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '16px', sm: '20px', md: '20px', lg: '24px', xl: '28px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '3px', sm: '4px', md: '6px', lg: '8px', xl: '12px' },
  defaultRadius: 'md',
  colors: { accent: ACCENT, dark: DARK },
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 6 },
  shadows: { xs: 'none', sm: 'none', md: 'var(--v-float-shadow)', lg: 'var(--v-float-shadow)', xl: 'var(--v-float-shadow)' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 30 } },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', comboboxProps: { transitionProps: { duration: 100 } } } },
    Modal: { defaultProps: { ...OVERLAY } },
    Drawer: { defaultProps: { ...OVERLAY } },
    Menu: { defaultProps: { shadow: 'md', transitionProps: { duration: 100 } } },
    Popover: { defaultProps: { shadow: 'md', transitionProps: { duration: 100 } } },
    Tooltip: { defaultProps: { openDelay: 350, transitionProps: { duration: 100 } } },
    Table: { defaultProps: { fz: 'sm' } },
  },
});

import { createElement, useMemo } from 'react';
import type { ComponentType } from 'react';

import type { PanelProps, PanelWeb } from '../contract.ts';

/**
 * A panel for a page that does not know its options: takes them as saved and parses them once, not once a render. The page has
 * parsed them before, so that a bad option is told beside the panel and never reaches here.
 */
export function eraseOptions<Options>({ spec, Component }: PanelWeb<Options>): PanelWeb<unknown> {
  const Erased: ComponentType<PanelProps<unknown>> = (props) => {
    const options = useMemo(() => spec.parseOptions(props.options), [props.options]);
    return createElement(Component, { ...props, options });
  };
  Erased.displayName = spec.title;
  return { spec, Component: Erased };
}

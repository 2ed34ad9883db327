import { createElement, useMemo } from 'react';
import type { ComponentType } from 'react';

import type { PanelProps, PanelWeb } from '../contract.ts';

/**
 * A panel for a page that does not know its options: takes them as saved and parses them once, not once a render. A bad option is thrown
 * as the BadRequest that names it.
 */
export function eraseOptions<Options>({ spec, Component }: PanelWeb<Options>): ComponentType<PanelProps<unknown>> {
  const Erased: ComponentType<PanelProps<unknown>> = (props) => {
    const options = useMemo(() => spec.parseOptions(props.options), [props.options]);
    return createElement(Component, { ...props, options });
  };
  Erased.displayName = spec.title;
  return Erased;
}

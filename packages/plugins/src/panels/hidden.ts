import type { Field } from '@vitrine/model/frame.ts';

/** Whether the settings keep a field out of the picture, its legend or its tooltip. */
export function hiddenFrom({ config }: Field, where: 'viz' | 'legend' | 'tooltip'): boolean {
  const hide = config?.custom?.['hideFrom'];
  return typeof hide === 'object' && hide !== null && (hide as Readonly<Record<string, unknown>>)[where] === true;
}

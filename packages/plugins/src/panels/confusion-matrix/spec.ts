import type { PanelSpec } from '../../contract.ts';
import { Options } from '../options.ts';

export interface ConfusionMatrixOptions {
  /** What cells say and are coloured by. */
  readonly show: 'count' | 'row' | 'column' | 'total';
  readonly order: 'name' | 'frequency' | 'given';
  /** Columns or labels that name the classes, and the column that counts; "" finds them. */
  readonly actual: string;
  readonly predicted: string;
  readonly count: string;
  /** Precision, recall and F1 of each class beside the matrix. */
  readonly scores: boolean;
  /** "" is ours. */
  readonly scheme: string;
}

export const confusionMatrix: PanelSpec<ConfusionMatrixOptions> = {
  kind: 'confusion-matrix',
  title: 'Confusion matrix',
  parseOptions(input) {
    const options = new Options(input);
    return {
      show: options.oneOf('show', ['row', 'count', 'column', 'total'], 'row'),
      order: options.oneOf('order', ['name', 'frequency', 'given'], 'name'),
      actual: options.text('actual', 1000, ''),
      predicted: options.text('predicted', 1000, ''),
      count: options.text('count', 1000, ''),
      scores: options.boolean('scores', true),
      scheme: options.text('scheme', 64, ''),
    };
  },
};

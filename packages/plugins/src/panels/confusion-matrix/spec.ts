import type { PanelSpec } from '../../contract.ts';
import { choice, control, SCHEME, SWITCH } from '../controls.ts';
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
  description: 'Which classes a model takes for which.',
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
  controls: [
    control(
      'Matrix',
      'show',
      'Cells say',
      choice(
        ['row', 'Share of the actual class'],
        ['column', 'Share of the predicted class'],
        ['total', 'Share of all'],
        ['count', 'Count'],
      ),
      'row',
    ),
    control('Matrix', 'order', 'Order of classes', choice('name', 'frequency', ['given', 'As answered']), 'name'),
    control('Matrix', 'scores', 'Precision, recall and F1', SWITCH, true),
    control('Matrix', 'scheme', 'Colour scheme', SCHEME, ''),
    control('Columns', 'actual', 'Actual class', { kind: 'field' }, ''),
    control('Columns', 'predicted', 'Predicted class', { kind: 'field' }, ''),
    control('Columns', 'count', 'Count', { kind: 'field' }, ''),
  ],
};

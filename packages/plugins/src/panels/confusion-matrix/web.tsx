import { classificationReport, confusionOf, sharesOf } from '@vitrine/compute/classify.ts';
import type { ConfusionShare } from '@vitrine/compute/classify.ts';
import { formatText } from '@vitrine/model/unit.ts';
import { heatColoring } from '@vitrine/ui/heat/heat-colors.ts';
import { HeatMatrix } from '@vitrine/ui/heat/heat-matrix.tsx';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useMemo, useState } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { configured } from '../configured.ts';
import classes from './confusion-matrix.module.css';
import { outcomesOf } from './outcomes.ts';
import { confusionMatrix } from './spec.ts';
import type { ConfusionMatrixOptions } from './spec.ts';

/** More classes nobody reads in one picture. */
const MOST_CLASSES = 200;
const HEAD = 28;
const SCORES_WIDTH = 300;
const SCORES_FROM_WIDTH = 560;
const SHOWN: readonly (readonly [ConfusionShare, string, string])[] = [
  ['row', 'Recall', 'Share of the actual class: each row adds up to 1'],
  ['column', 'Precision', 'Share of the predicted class: each column adds up to 1'],
  ['total', 'Share', 'Share of all'],
  ['count', 'Count', 'How often'],
];
const TITLES = { rows: 'Actual', columns: 'Predicted' };
/** A pair that was never seen has no colour: errors stand out. */
const isNothing = (value: number) => value === 0;

function percent(share: number): string {
  return Number.isNaN(share) ? '–' : formatText(share, 'percentunit');
}

/** Cells are small: whole percents, and what is less says so. */
function cellText(share: number): string {
  if (Number.isNaN(share)) return '–';
  return share > 0 && share < 0.005 ? '<1 %' : `${Math.round(share * 100)} %`;
}

function ConfusionMatrix({
  options,
  field,
  data,
  width,
  height,
  title,
  context,
}: PanelProps<ConfusionMatrixOptions>): ReactElement {
  const { actual, predicted, count, order, scheme } = options;
  const { theme } = context;
  const [chosen, setChosen] = useState<ConfusionShare>();
  const show = chosen ?? options.show;
  const confusion = useMemo(
    () => confusionOf(outcomesOf(configured(data.frames, field), { actual, predicted, count }), order, MOST_CLASSES),
    [data.frames, field, actual, predicted, count, order],
  );
  const report = useMemo(() => classificationReport(confusion), [confusion]);
  const values = useMemo(() => sharesOf(confusion, show), [confusion, show]);
  const coloring = useMemo(() => {
    const most = show === 'count' || show === 'total' ? values.reduce((high, value) => (value > high ? value : high), 0) : 1;
    // Errors are few beside the diagonal: the small must be seen.
    return heatColoring({ mode: 'scheme', scheme, fill: '', reverse: false, steps: 256, exponent: 0.5 }, 0, most || 1, theme);
  }, [values, show, scheme, theme]);
  const say = useMemo(() => (show === 'count' ? (value: number) => formatText(value, 'short') : cellText), [show]);
  const { classes: names, counts, left } = confusion;
  if (names.length === 0) {
    return (
      <NoData
        width={width}
        height={height}
        text={field.noValue ?? ''}
        hint="A confusion matrix needs rows or series with an actual and a predicted class, and how often each pair was seen."
      />
    );
  }
  const beside = options.scores && width >= SCORES_FROM_WIDTH;
  const describe = (row: number, column: number) => {
    const cell = row * names.length + column;
    const share = (of: ConfusionShare) => percent(sharesOf(confusion, of)[cell]!);
    return (
      <div className={classes.tip}>
        <strong>
          {row === column ? `${names[row]} recognised` : `${names[row]} taken for ${names[column]}`}:{' '}
          {formatText(counts[cell]!, 'short')}
        </strong>
        <span>
          {share('row')} of all {names[row]}
        </span>
        <span>
          {share('column')} of all taken for {names[column]}
        </span>
        <span>{share('total')} of all</span>
      </div>
    );
  };
  return (
    <div style={{ width, height }}>
      <div className={classes.head} style={{ height: HEAD }}>
        <span className={classes.switch} role="group" aria-label="What cells say">
          {SHOWN.map(([share, word, hint]) => (
            <button key={share} type="button" title={hint} aria-pressed={show === share} onClick={() => setChosen(share)}>
              {word}
            </button>
          ))}
        </span>
        <span className={classes.summary}>
          accuracy <b>{percent(report.accuracy)}</b>
          {width >= 480 && (
            <>
              {' '}
              · macro F1 <b>{percent(report.macro.f1)}</b> · {formatText(report.total, 'short')} seen
            </>
          )}
          {left > 0 && ` · ${left} rarer classes left out`}
        </span>
      </div>
      <div className={classes.body} style={{ height: height - HEAD }}>
        <HeatMatrix
          label={title}
          columns={names}
          rows={names}
          values={values}
          width={beside ? width - SCORES_WIDTH - 12 : width}
          height={height - HEAD}
          theme={theme}
          coloring={coloring}
          thresholds={[]}
          isBlank={isNothing}
          gap={1}
          showValue="auto"
          say={say}
          legend={false}
          hasTooltip
          describe={describe}
          diagonal
          titles={TITLES}
        />
        {beside && (
          <div
            className={classes.scores}
            style={{ width: SCORES_WIDTH }}
            tabIndex={0}
            role="region"
            aria-label={`${title}: scores`}
          >
            <table>
              <thead>
                <tr>
                  <th scope="col">Class</th>
                  <th scope="col">Precision</th>
                  <th scope="col">Recall</th>
                  <th scope="col">F1</th>
                  <th scope="col">Seen</th>
                </tr>
              </thead>
              <tbody>
                {report.classes.map(({ name, precision, recall, f1, support }) => (
                  <tr key={name}>
                    <th scope="row" title={name}>
                      {name}
                    </th>
                    <td>{percent(precision)}</td>
                    <td>{percent(recall)}</td>
                    <td>{percent(f1)}</td>
                    <td>{formatText(support, 'short')}</td>
                  </tr>
                ))}
              </tbody>
              <tfoot>
                {(['macro', 'weighted'] as const).map((kind) => (
                  <tr key={kind}>
                    <th scope="row">{kind}</th>
                    <td>{percent(report[kind].precision)}</td>
                    <td>{percent(report[kind].recall)}</td>
                    <td>{percent(report[kind].f1)}</td>
                    <td>{formatText(report.total, 'short')}</td>
                  </tr>
                ))}
              </tfoot>
            </table>
          </div>
        )}
      </div>
    </div>
  );
}

export const confusionMatrixWeb: PanelWeb<ConfusionMatrixOptions> = { spec: confusionMatrix, Component: ConfusionMatrix };

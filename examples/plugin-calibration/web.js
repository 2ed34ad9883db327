// The page's half: a panel, and what the page shows of the data source. A plain ES module that nothing builds and that imports
// nothing of Vitrine: what is needed comes in as `vitrine`.
import { calibrate } from './calibrate.js';

export default function webHalf(vitrine) {
  return { panels: [calibrationPanel(vitrine)], datasources: [csvSource(vitrine)] };
}

function calibrationPanel({ React, h, BadRequest, Empty, names, cell, format, seriesColors }) {
  const spec = {
    kind: 'calibration',
    title: 'Calibration',
    description: 'Whether a classifier is right as often as it says: the share of right predictions over their confidence.',
    parseOptions(input) {
      const { confidence = '', correct = '', model = '', bins = 10 } = input ?? {};
      for (const [name, value] of Object.entries({ confidence, correct, model }))
        if (typeof value !== 'string') throw new BadRequest(name, 'expected the name of a field');
      if (!Number.isInteger(bins) || bins < 2 || bins > 50) throw new BadRequest('bins', 'expected a whole number from 2 to 50');
      return { confidence, correct, model, bins };
    },
    controls: [
      {
        path: 'confidence',
        label: 'Confidence',
        group: 'Predictions',
        hint: 'From 0 to 1.',
        input: { kind: 'field' },
        otherwise: '',
      },
      {
        path: 'correct',
        label: 'Was right',
        group: 'Predictions',
        hint: 'True or false, or 1 and 0; empty while nobody knows.',
        input: { kind: 'field' },
        otherwise: '',
      },
      { path: 'model', label: 'A curve for each', group: 'Predictions', input: { kind: 'field' }, otherwise: '' },
      {
        path: 'bins',
        label: 'Steps of confidence',
        group: 'Curve',
        input: { kind: 'number', min: 2, max: 50, step: 1 },
        otherwise: 10,
      },
    ],
    fieldSettings: [],
  };

  /** Room for the names above, and for the ticks. */
  const HEAD = 22;
  const LEFT = 44;
  const RIGHT = 12;
  const TOP = 6;
  const BOTTOM = 22;

  function Calibration({ options, data, width, height, title, context }) {
    const curves = React.useMemo(() => readCurves(data.frames, options), [data.frames, options]);
    if (typeof curves === 'string' || curves.length === 0) {
      const text = typeof curves === 'string' ? curves : 'No prediction is known to be right or wrong in this range';
      return h(Empty, { text, width, height });
    }
    const below = Math.max(1, height - HEAD);
    const strip = below >= 160 ? Math.round(below * 0.18) : 0;
    const plot = {
      left: LEFT,
      top: TOP,
      width: Math.max(1, width - LEFT - RIGHT),
      height: Math.max(1, below - TOP - BOTTOM - strip),
    };
    const x = (share) => plot.left + share * plot.width;
    const y = (share) => plot.top + (1 - share) * plot.height;
    const colors = seriesColors(
      curves.map(({ name }) => name),
      context.theme,
    );
    const most = Math.max(...curves.flatMap(({ steps }) => steps.map(({ count }) => count)));
    const ticks = below < 140 ? [0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1];
    const said = curves.map(({ name, error, count }) => `${name}: off by ${percent(error)} over ${format(count)} predictions`);
    const drawing = h(
      'svg',
      { width, height: below, style: { display: 'block' }, role: 'img', 'aria-label': `${title}: ${said.join('; ')}` },
      ...ticks.flatMap((tick) => [
        h('line', { key: `v${tick}`, x1: x(tick), x2: x(tick), y1: plot.top, y2: y(0), stroke: 'var(--v-grid)' }),
        h('line', { key: `h${tick}`, x1: x(0), x2: x(1), y1: y(tick), y2: y(tick), stroke: 'var(--v-grid)' }),
        label(`y${tick}`, percent(tick), { x: plot.left - 8, y: y(tick) + 4, textAnchor: 'end' }),
        label(`x${tick}`, percent(tick), {
          x: x(tick),
          y: below - 6,
          textAnchor: tick === 0 ? 'start' : tick === 1 ? 'end' : 'middle',
        }),
      ]),
      // A classifier that is what it says lies on this line.
      h('line', { key: 'ideal', x1: x(0), y1: y(0), x2: x(1), y2: y(1), stroke: 'var(--v-axis)', strokeDasharray: '4 4' }),
      ...curves.map((curve, index) => {
        const color = colors[index];
        const points = curve.steps.filter(({ count }) => count > 0);
        const bar = (plot.width / options.bins - 2) / curves.length;
        return h(
          'g',
          { key: curve.name },
          h('polyline', {
            points: points.map(({ confidence, right }) => `${x(confidence)},${y(right)}`).join(' '),
            fill: 'none',
            stroke: color,
            strokeWidth: 2,
            strokeLinejoin: 'round',
          }),
          ...points.map(({ confidence, right, count }) =>
            h(
              'circle',
              { key: confidence, cx: x(confidence), cy: y(right), r: 3.5, fill: color },
              h('title', null, `${curve.name}: ${percent(right)} right where ${percent(confidence)} sure, of ${format(count)}`),
            ),
          ),
          strip > 0 &&
            curve.steps.map(({ count }, step) => {
              const high = Math.max(count > 0 ? 1 : 0, (count / most) * (strip - 8));
              return h('rect', {
                key: `b${step}`,
                x: x(step / options.bins) + 1 + index * bar,
                y: below - BOTTOM - high,
                width: Math.max(1, bar),
                height: high,
                fill: color,
                opacity: 0.45,
              });
            }),
        );
      }),
    );
    return h('div', null, h(Legend, { curves, colors, width }), drawing);
  }

  /** Names that are longer than the room end in dots, and are read in full under the pointer. */
  function Legend({ curves, colors, width }) {
    const isNarrow = width < 150 * curves.length;
    return h(
      'div',
      {
        'aria-hidden': true,
        style: {
          display: 'flex',
          gap: 16,
          height: HEAD,
          paddingLeft: LEFT,
          overflow: 'hidden',
          fontSize: 12,
          whiteSpace: 'nowrap',
        },
      },
      curves.map(({ name, error }, index) =>
        h(
          'span',
          {
            key: name,
            title: `${name}: off by ${percent(error)}`,
            style: { minWidth: 0, overflow: 'hidden', color: 'var(--v-dim)', textOverflow: 'ellipsis' },
          },
          h('span', { style: { color: colors[index] } }, '● '),
          `${name} `,
          h('b', { style: { color: 'var(--v-text)', fontWeight: 600 } }, isNarrow ? percent(error) : `off by ${percent(error)}`),
        ),
      ),
      width >= 150 * curves.length + 260 &&
        h('span', { style: { flex: 1, color: 'var(--v-faint)', textAlign: 'right' } }, 'share that is right, by confidence'),
    );
  }

  function label(key, text, place) {
    return h('text', { key, ...place, fill: 'var(--v-faint)', fontSize: 11 }, text);
  }

  function percent(share) {
    return format(share, 'percentunit', share === 0 || share === 1 ? 0 : share < 0.0995 ? 1 : 0);
  }

  /** The curves of all frames that have the fields; a sentence where none has. */
  function readCurves(frames, { confidence, correct, model, bins }) {
    const rows = [];
    const allNames = names(frames);
    let isFound = false;
    for (const [index, frame] of frames.entries()) {
      const find = (wanted, usual) =>
        frame.fields.find((field, at) =>
          wanted === '' ? usual.includes(field.name) : allNames[index][at] === wanted || field.name === wanted,
        );
      const sure = find(confidence, ['confidence', 'probability', 'score']);
      const right = find(correct, ['correct', 'right']);
      const by = find(model, ['model', 'version']);
      if (sure === undefined || right === undefined) continue;
      isFound = true;
      for (let row = 0; row < frame.length; row++) {
        rows.push({
          model: by === undefined ? 'All' : String(cell(by, row) ?? 'unknown'),
          confidence: cell(sure, row),
          correct: cell(right, row),
        });
      }
    }
    return isFound ? calibrate(rows, bins) : 'Choose the fields of confidence and of what was right, in the options';
  }

  return { spec, Component: Calibration };
}

function csvSource({ React, h, BadRequest, Controls }) {
  const spec = {
    kind: 'csv-url',
    title: 'CSV over HTTP',
    description: 'Tables and series from CSV files that a web server or an object store answers.',
    controls: [
      {
        path: 'url',
        label: 'Address',
        group: 'Files',
        hint: 'Of the folder in which the files stand.',
        input: { kind: 'text', placeholder: 'https://data.example/predictions/' },
        otherwise: '',
      },
      {
        path: 'jsonData.delimiter',
        label: 'Between cells',
        group: 'Files',
        input: {
          kind: 'choice',
          choices: [
            { value: ',', label: 'Comma' },
            { value: ';', label: 'Semicolon' },
            { value: '\t', label: 'Tab' },
          ],
        },
        otherwise: ',',
      },
      {
        path: 'secureJsonData.token',
        label: 'Token',
        group: 'Sign-in',
        hint: 'Sent as a bearer token; empty where the files are for everybody.',
        input: { kind: 'secret' },
        otherwise: '',
      },
    ],
    parseSettings({ url }) {
      if (typeof url !== 'string' || !/^https?:\/\//.test(url) || !URL.canParse(url))
        throw new BadRequest('url', 'is no address of a folder, such as https://data.example/predictions/');
      return { url };
    },
    parseQuery({ file = '', time = '' }) {
      if (typeof file !== 'string' || file.trim() === '') throw new BadRequest('file', 'is empty: name a CSV file');
      if (typeof time !== 'string') throw new BadRequest('time', 'is the name of a column, or ""');
      return { file: file.trim(), time: time.trim() };
    },
  };

  /** Names of the file's columns, once they are known; a file that is being written has none yet. */
  function useColumns(file, ask) {
    const [columns, setColumns] = React.useState([]);
    React.useEffect(() => {
      let isOld = false;
      const show = (next) => !isOld && setColumns(next);
      if (!/\.csv$/i.test(file)) return undefined;
      ask(`/columns?file=${encodeURIComponent(file)}`).then(show, () => show([]));
      return () => {
        isOld = true;
      };
    }, [file, ask]);
    return columns;
  }

  function QueryEditor({ spec, onChange, onRun, ask }) {
    const { file = '', time = '' } = spec;
    const columns = useColumns(file, ask);
    const offered = [...new Set([...columns, ...(time === '' ? [] : [time])])];
    const controls = [
      { path: 'file', label: 'File', group: 'Query', input: { kind: 'text', placeholder: 'predictions.csv' }, otherwise: '' },
      {
        path: 'time',
        label: 'Over time',
        group: 'Query',
        input: {
          kind: 'choice',
          choices: [{ value: '', label: 'No: all rows' }, ...offered.map((name) => ({ value: name, label: `By ${name}` }))],
        },
        otherwise: '',
      },
    ];
    return h(Controls, { controls, value: spec, onChange, onRun });
  }

  return {
    spec,
    newQuery: { file: '', time: '' },
    QueryEditor,
    variableQuery: {
      label: 'File and column',
      placeholder: 'models.csv#name',
      hint: 'The different values of a column, as FILE#COLUMN.',
      language: '',
    },
    annotationControls: [
      {
        path: 'query',
        label: 'File',
        group: 'Query',
        hint: 'With the columns time and text, and perhaps end, title and tags.',
        input: { kind: 'text', placeholder: 'deploys.csv' },
        otherwise: '',
      },
    ],
  };
}

import { CATALOGUE } from '@vitrine/compute/detect/catalogue.ts';
import { DETECTOR_IDS, DETECTOR_TITLES } from '@vitrine/compute/detect/detector.ts';
import type { DetectorId } from '@vitrine/compute/detect/detector.ts';
import { THRESHOLDS } from '@vitrine/compute/detect/thresholds.ts';
import type { Threshold } from '@vitrine/compute/detect/thresholds.ts';
import { foundIn, readLabelledRuns, scoreDetectors } from './labelled-runs.ts';
import type { Score } from './labelled-runs.ts';

/** The parts of docs/training-health.md that are written by a program, by the name between their marks. */
function healthTables(): Readonly<Record<string, string>> {
  return { catalogue: catalogue(), thresholds: thresholds(), ...scores() };
}

/** The page with its written parts replaced. */
export function withTables(page: string): string {
  return Object.entries(healthTables()).reduce(
    (text, [name, table]) =>
      text.replace(
        new RegExp(`(<!-- written: ${name} -->\n)[\\s\\S]*?(<!-- end -->)`),
        (_, begin: string, end: string) => `${begin}\n${table}\n\n${end}`,
      ),
    page,
  );
}

function catalogue(): string {
  return DETECTOR_IDS.map((id) => {
    const { what, why, how, advice, reads, sources } = CATALOGUE[id];
    const papers = sources.map(({ title, url }) => (url === '' ? title : `[${title}](${url})`)).join('; ');
    return `### ${DETECTOR_TITLES[id]} (\`${id}\`)\n${what} ${why}\n\n*How it decides:* ${how}\n\n*What to do:* ${advice}\n\n*Reads:* ${reads}. *Sources:* ${papers}.`;
  }).join('\n\n');
}

function thresholds(): string {
  const rows = DETECTOR_IDS.flatMap((id) => {
    const all: Readonly<Record<string, Threshold>> = THRESHOLDS[id];
    return Object.entries(all).map(
      ([name, { value, min, max, unit, what }]) =>
        `| \`${id}\` | \`${name}\` | ${value} | ${min} to ${max} | ${unit === 'share' ? 'share of 1' : unit} | ${what} |`,
    );
  });
  return ['| detector | setting | default | from – to | unit | what it is |', '|---|---|---|---|---|---|', ...rows].join('\n');
}

function scores(): Readonly<Record<string, string>> {
  const runs = readLabelledRuns().map((run) => ({ run, found: new Set(foundIn(run).keys()) }));
  const half = (split: string): readonly Score[] => scoreDetectors(runs.filter(({ run }) => run.split === split));
  const tuned = half('tune');
  const tested = half('test');
  const healthy = runs.filter(({ run }) => run.family === 'healthy');
  const quiet = healthy.filter(({ found }) => found.size === 0).length;
  const rows = DETECTOR_IDS.map((id, i) => row(id, tested[i], tuned[i]));
  const wrong = DETECTOR_IDS.flatMap((id, i) => mistakes(id, tested[i], tuned[i]));
  return {
    scores: [
      '| detector | sick | found | others | false alarms | precision | recall | the half tuned by: found, false alarms |',
      '|---|---|---|---|---|---|---|---|',
      ...rows,
    ].join('\n'),
    mistakes: wrong.join('\n'),
    counts: `There are ${runs.length} runs, ${healthy.length} of them healthy; of ${quiet} of those no detector says anything at any time.`,
  };
}

function row(id: DetectorId, tested: Score | undefined, tuned: Score | undefined): string {
  if (tested === undefined || tuned === undefined) throw new Error(`There is no score of ${id}.`);
  const sick = tested.hits + tested.misses.length;
  const alarms = tested.falseAlarms.length;
  const of = (part: number, whole: number): string => (whole === 0 ? '–' : (part / whole).toFixed(2));
  return `| \`${id}\` | ${sick} | ${tested.hits} | ${tested.quiet + alarms} | ${alarms} | ${of(tested.hits, tested.hits + alarms)} | ${of(tested.hits, sick)} | ${tuned.hits} of ${tuned.hits + tuned.misses.length}, ${tuned.falseAlarms.length} |`;
}

function mistakes(id: DetectorId, ...halves: readonly (Score | undefined)[]): string[] {
  return halves.flatMap((score) => [
    ...(score?.misses ?? []).map((name) => `- \`${id}\` missed \`${name}\``),
    ...(score?.falseAlarms ?? []).map((name) => `- \`${id}\` spoke of \`${name}\``),
  ]);
}

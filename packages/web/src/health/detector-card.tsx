import { Button, Switch, TextInput } from '@mantine/core';
import { CATALOGUE } from '@vitrine/compute/detect/catalogue.ts';
import { DETECTOR_TITLES } from '@vitrine/compute/detect/detector.ts';
import type { DetectorId } from '@vitrine/compute/detect/detector.ts';
import type { Threshold } from '@vitrine/compute/detect/thresholds.ts';
import type { ReactElement } from 'react';
import { problemOf, thresholdsOf } from './health-draft.ts';
import type { DetectorDraft } from './health-draft.ts';
import classes from './health-catalogue.module.css';

export interface DetectorCardProps {
  readonly id: DetectorId;
  readonly draft: DetectorDraft;
  /** undefined where there is nothing to change, or nobody to change it. */
  readonly onChange: ((draft: DetectorDraft) => void) | undefined;
}

const UNITS: Readonly<Record<Threshold['unit'], string>> = {
  '': '',
  share: 'share of 1',
  times: 'times',
  points: 'points',
  evaluations: 'evaluations',
  samples: 'samples',
  s: 's',
  σ: 'σ',
};

/** One detector: what it finds and why, how it decides, and the numbers by which it does. */
export function DetectorCard({ id, draft, onChange }: DetectorCardProps): ReactElement {
  const { what, why, how, advice, reads, sources } = CATALOGUE[id];
  const title = DETECTOR_TITLES[id];
  const isOwn = draft.muted || Object.keys(draft.numbers).length > 0;
  return (
    <section id={id} className={classes.card} aria-labelledby={`title-${id}`} data-muted={draft.muted}>
      <div className={classes.words}>
        <h2 id={`title-${id}`}>
          {title} <code>{id}</code>
        </h2>
        <p className={classes.what}>
          {what} {why}
        </p>
        <dl>
          <dt>How it decides</dt>
          <dd>{how}</dd>
          <dt>What to do</dt>
          <dd>{advice}</dd>
          <dt>Reads</dt>
          <dd>{reads}</dd>
          <dt>{sources.length === 1 ? 'Source' : 'Sources'}</dt>
          <dd>
            <ul className={classes.sources}>
              {sources.map((source) => (
                <li key={source.title}>
                  <a href={source.url} target="_blank" rel="noreferrer">
                    {source.title}
                  </a>
                </li>
              ))}
            </ul>
          </dd>
        </dl>
      </div>
      <div className={classes.numbers} role="group" aria-label={`Settings of ${title}`}>
        <div className={classes.mute}>
          <Switch
            size="xs"
            label={draft.muted ? 'Muted in this project' : 'Looks at this project’s runs'}
            checked={!draft.muted}
            disabled={onChange === undefined}
            onChange={(event) => onChange?.({ ...draft, muted: !event.currentTarget.checked })}
          />
          {isOwn && onChange !== undefined && (
            <Button size="compact-xs" variant="subtle" color="gray" onClick={() => onChange({ muted: false, numbers: {} })}>
              Defaults
            </Button>
          )}
        </div>
        {thresholdsOf(id).map(([name, threshold]) => (
          <TextInput
            key={name}
            size="xs"
            label={name}
            description={capital(threshold.what)}
            value={draft.numbers[name] ?? ''}
            placeholder={String(threshold.value)}
            inputMode="decimal"
            disabled={onChange === undefined || draft.muted}
            error={problemOf(draft.numbers[name] ?? '', threshold)}
            rightSection={
              UNITS[threshold.unit] === '' ? undefined : <span className={classes.unit}>{UNITS[threshold.unit]}</span>
            }
            rightSectionWidth={84}
            onChange={(event) => onChange?.({ ...draft, numbers: withNumber(draft.numbers, name, event.currentTarget.value) })}
          />
        ))}
      </div>
    </section>
  );
}

function withNumber(numbers: DetectorDraft['numbers'], name: string, text: string): DetectorDraft['numbers'] {
  const { [name]: _, ...rest } = numbers;
  return text === '' ? rest : { ...rest, [name]: text };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

import { Alert, Button, Select } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { DETECTOR_IDS, DETECTOR_TITLES } from '@vitrine/compute/detect/detector.ts';
import type { HealthSettings } from '@vitrine/model/run-api.ts';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { sessionQuery } from '../api/queries.ts';
import { TopBar } from '../app/top-bar.tsx';
import { DetectorCard } from './detector-card.tsx';
import { draftOf, toDetectors, toDraft } from './health-draft.ts';
import type { HealthDraft } from './health-draft.ts';
import { healthSettingsQuery, projectNamesQuery, saveHealthSettings } from './health-queries.ts';
import classes from './health-catalogue.module.css';
import { RolesCard } from './roles-card.tsx';

/** `/health-catalogue`: what each detector of training health looks for, and how a project has tuned it. */
export function HealthCataloguePage(): ReactElement {
  const search = useSearch({ from: '/shell/health-catalogue' });
  const navigate = useNavigate();
  const names = useQuery(projectNamesQuery);
  const projects = names.data ?? [];
  const busiest = projects.reduce<{ name: string; runs: number } | undefined>(
    (most, one) => (most === undefined || one.runs > most.runs ? one : most),
    undefined,
  );
  const project = search.project ?? busiest?.name;
  return (
    <>
      <TopBar crumbs={[{ label: 'Runs', to: '/runs' }, { label: 'Health catalogue' }]} />
      <div className={classes.page}>
        <header className={classes.head}>
          <p>
            Sixteen detectors look at every run while it trains and when it is imported. Each says what it sees with its numbers,
            on which steps, and what to do. A project can set their numbers and mute them.
          </p>
          {projects.length > 0 && (
            <Select
              size="xs"
              label="Project"
              className={classes.project}
              data={projects.map(({ name }) => name)}
              value={project ?? null}
              allowDeselect={false}
              searchable
              onChange={(name) =>
                void navigate({ to: '/health-catalogue', search: { project: name ?? undefined }, replace: true })
              }
            />
          )}
          <nav aria-label="Detectors" className={classes.index}>
            {DETECTOR_IDS.map((id) => (
              <a key={id} href={`#${id}`}>
                {DETECTOR_TITLES[id]}
              </a>
            ))}
          </nav>
        </header>
        {names.error !== null && (
          <Unasked what="The projects could not be asked for" error={names.error} onAgain={() => void names.refetch()} />
        )}
        {project === undefined ? <Cards draft={{}} /> : <ProjectCards key={project} project={project} />}
      </div>
    </>
  );
}

function ProjectCards({ project }: { readonly project: string }): ReactElement {
  const role = useQuery(sessionQuery).data?.user.role;
  const { data, error, refetch } = useQuery(healthSettingsQuery(project));
  if (data === undefined && error !== null) {
    return (
      <>
        <Unasked what={`The settings of ${project} could not be asked for`} error={error} onAgain={() => void refetch()} />
        <Cards draft={{}} />
      </>
    );
  }
  if (data === undefined || role === 'viewer') return <Cards draft={data === undefined ? {} : toDraft(data)} />;
  return <Editing settings={data} />;
}

interface UnaskedProps {
  readonly what: string;
  readonly error: Error;
  readonly onAgain: () => void;
}

/** What stands below must not be taken for a project's own. */
function Unasked({ what, error, onAgain }: UnaskedProps): ReactElement {
  return (
    <Alert color="red" role="alert" title={what}>
      <p className={classes.unasked}>{error.message} The numbers below are those of every project that has set none.</p>
      <Button size="compact-sm" variant="default" onClick={onAgain}>
        Try again
      </Button>
    </Alert>
  );
}

function Editing({ settings }: { readonly settings: HealthSettings }): ReactElement {
  const client = useQueryClient();
  const [draft, setDraft] = useState<HealthDraft>();
  const [ownRoles, setOwnRoles] = useState<HealthSettings['roles']>();
  const save = useMutation({
    mutationFn: saveHealthSettings,
    onSuccess(saved) {
      client.setQueryData(healthSettingsQuery(saved.project).queryKey, saved);
      discard();
    },
  });
  const discard = (): void => {
    setDraft(undefined);
    setOwnRoles(undefined);
  };
  const shown = draft ?? toDraft(settings);
  const roles = ownRoles ?? settings.roles;
  const detectors = toDetectors(shown);
  const isSame =
    JSON.stringify(detectors) === JSON.stringify(toDetectors(toDraft(settings))) && isSameRoles(roles, settings.roles);
  return (
    <>
      <Cards draft={shown} onChange={setDraft} />
      <RolesCard roles={roles} onChange={setOwnRoles} />
      {!isSame && (
        <div className={classes.bar} role="region" aria-label="Unsaved settings">
          <span>{save.error === null ? `Settings of ${settings.project} are not saved yet.` : save.error.message}</span>
          <Button size="compact-sm" variant="default" onClick={discard}>
            Discard
          </Button>
          <Button
            size="compact-sm"
            loading={save.isPending}
            disabled={detectors === undefined}
            onClick={() => {
              if (detectors !== undefined) save.mutate({ ...settings, detectors, roles });
            }}
          >
            Save and judge again
          </Button>
        </div>
      )}
    </>
  );
}

function Cards({
  draft,
  onChange,
}: {
  readonly draft: HealthDraft;
  readonly onChange?: (draft: HealthDraft) => void;
}): ReactElement {
  return (
    <div className={classes.cards}>
      {DETECTOR_IDS.map((id) => (
        <DetectorCard
          key={id}
          id={id}
          draft={draftOf(draft, id)}
          onChange={onChange === undefined ? undefined : (one) => onChange({ ...draft, [id]: one })}
        />
      ))}
    </div>
  );
}

function isSameRoles(one: HealthSettings['roles'], other: HealthSettings['roles']): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((role) => one[role] === other[role]);
}

import { TextInput } from '@mantine/core';
import { OWN_ROLES } from '@vitrine/compute/detect/roles.ts';
import type { OwnRole } from '@vitrine/compute/detect/roles.ts';
import type { HealthSettings } from '@vitrine/model/run-api.ts';
import type { ReactElement } from 'react';
import classes from './health-catalogue.module.css';

export interface RolesCardProps {
  readonly roles: HealthSettings['roles'];
  readonly onChange: (roles: HealthSettings['roles']) => void;
}

const LABELS: Readonly<Record<OwnRole, string>> = {
  trainLoss: 'Training loss',
  valLoss: 'Validation loss',
  learningRate: 'Learning rate',
  gradNorm: 'Gradient norm',
  dataTime: 'Data time',
  stepTime: 'Step time',
  cpuUtilisation: 'CPU utilisation',
};

/** Which of a project's metrics is what, where their names do not tell. */
export function RolesCard({ roles, onChange }: RolesCardProps): ReactElement {
  return (
    <section id="roles" className={classes.roles} aria-labelledby="title-roles">
      <h2 id="title-roles">Which metric is what</h2>
      <p className={classes.what}>
        Detectors know losses, gradients and times by their usual names. A metric that is called otherwise is named here; what is
        left empty is found by name.
      </p>
      <div className={classes.fields}>
        {OWN_ROLES.map((role) => (
          <TextInput
            key={role}
            size="xs"
            label={LABELS[role]}
            placeholder="by name"
            value={roles[role] ?? ''}
            maxLength={1_000}
            onChange={(event) => {
              const { [role]: _, ...rest } = roles;
              const metric = event.currentTarget.value;
              onChange(metric === '' ? rest : { ...rest, [role]: metric });
            }}
          />
        ))}
      </div>
    </section>
  );
}

import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { foldersQuery } from '../../api/queries.ts';

export interface FolderFieldProps {
  /** "" is no folder. */
  readonly value: string;
  readonly onChange: (folder: string) => void;
}

/** In which folder something lies. */
export function FolderField({ value, onChange }: FolderFieldProps): ReactElement {
  const folders = useQuery(foldersQuery).data;
  return (
    <Select
      label="Folder"
      searchable
      allowDeselect={false}
      data={[{ value: '', label: 'No folder' }, ...(folders ?? []).map(({ uid, title }) => ({ value: uid, label: title }))]}
      value={value}
      onChange={(next) => onChange(next ?? '')}
    />
  );
}

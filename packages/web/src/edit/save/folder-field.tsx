import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { FolderRef } from '@vitrine/model/api.ts';
import type { ReactElement } from 'react';
import { askJson } from '../../api/client.ts';

export interface FolderFieldProps {
  /** "" is no folder. */
  readonly value: string;
  readonly onChange: (folder: string) => void;
}

/** In which folder something lies. */
export function FolderField({ value, onChange }: FolderFieldProps): ReactElement {
  const folders = useQuery({
    queryKey: ['folders'],
    queryFn: ({ signal }) => askJson<readonly FolderRef[]>('/api/folders', { signal }),
  }).data;
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

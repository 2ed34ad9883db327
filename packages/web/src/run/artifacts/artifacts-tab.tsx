import { Button } from '@mantine/core';
import { IconChevronRight, IconDownload, IconFile, IconFolder, IconFolderOpen } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ArtifactFile } from '@vitrine/model/run-api.ts';
import { formatText } from '@vitrine/model/unit.ts';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { Skeleton } from '../../state/skeleton.tsx';
import type { RunTabProps } from '../run-page.tsx';
import { artifactPath, artifactsQuery } from '../run-queries.ts';
import page from '../run-page.module.css';
import classes from './artifacts.module.css';
import { FilePreview } from './file-preview.tsx';

/** The files of a run: a tree, and a look into what is open. */
export function ArtifactsTab({ answer, search, change }: RunTabProps): ReactElement {
  const { id } = answer.run;
  const { data, error } = useQuery(artifactsQuery(id, ''));
  if (data === undefined) {
    return error === null ? <Skeleton label="Loading the files" heightPx={240} /> : <p className={page.none}>{error.message}</p>;
  }
  if (data.length === 0) {
    return (
      <p className={page.none}>
        The run has no files. <code>mlflow.log_artifact(…)</code> puts them here, and so does PUT /api/runs/{id}
        /artifacts/file?path=…
      </p>
    );
  }
  return (
    <div className={classes.artifacts}>
      <nav className={classes.tree} aria-label="Files of the run">
        <Files run={id} files={data} depth={0} open={search.file} onOpen={(file) => change({ file }, 'push')} />
      </nav>
      <div className={classes.preview} role="region" aria-label="What is in the file" tabIndex={0}>
        {search.file === undefined ? (
          <p className={page.none}>Choose a file to look into it.</p>
        ) : (
          <Opened key={search.file} run={id} path={search.file} />
        )}
      </div>
    </div>
  );
}

interface FilesProps {
  readonly run: string;
  readonly files: readonly ArtifactFile[];
  readonly depth: number;
  readonly open: string | undefined;
  readonly onOpen: (path: string) => void;
}

function Files({ files, ...rest }: FilesProps): ReactElement {
  const inOrder = files.toSorted(
    (a, b) => Number(b.isFolder) - Number(a.isFolder) || a.path.localeCompare(b.path, 'en', { numeric: true }),
  );
  return (
    <ul>
      {inOrder.map((file) => (
        <li key={file.path}>{file.isFolder ? <Folder file={file} {...rest} /> : <Leaf file={file} {...rest} />}</li>
      ))}
    </ul>
  );
}

interface LeafProps extends Omit<FilesProps, 'files'> {
  readonly file: ArtifactFile;
}

function Leaf({ file: { path, bytes }, depth, open, onOpen }: LeafProps): ReactElement {
  return (
    <button
      type="button"
      className={classes.file}
      style={{ paddingLeft: 12 + depth * 16 }}
      aria-current={open === path ? 'true' : undefined}
      title={path}
      onClick={() => onOpen(path)}
    >
      <span className={classes.room} />
      <IconFile size={15} aria-hidden />
      <span className={classes.name}>{nameOf(path)}</span>
      <span className={classes.bytes}>{formatText(bytes, 'bytes')}</span>
    </button>
  );
}

function Folder({ file: { path }, run, depth, open, onOpen }: LeafProps): ReactElement {
  const [isOpen, setOpen] = useState(open?.startsWith(`${path}/`) ?? false);
  const { data, error } = useQuery({ ...artifactsQuery(run, path), enabled: isOpen });
  return (
    <>
      <button
        type="button"
        className={classes.file}
        style={{ paddingLeft: 12 + depth * 16 }}
        aria-expanded={isOpen}
        title={path}
        onClick={() => setOpen(!isOpen)}
      >
        <IconChevronRight size={14} className={classes.chevron} aria-hidden />
        {isOpen ? <IconFolderOpen size={15} aria-hidden /> : <IconFolder size={15} aria-hidden />}
        <span className={classes.name}>{nameOf(path)}</span>
      </button>
      {isOpen && data !== undefined && <Files {...{ run, depth: depth + 1, open, onOpen }} files={data} />}
      {isOpen && error !== null && <p className={page.none}>{error.message}</p>}
    </>
  );
}

function nameOf(path: string): string {
  return path.split('/').at(-1) ?? path;
}

/** The file's size stands in its folder's list. */
function Opened({ run, path }: { readonly run: string; readonly path: string }): ReactElement {
  const folder = path.split('/').slice(0, -1).join('/');
  const { data, error } = useQuery(artifactsQuery(run, folder));
  const file = data?.find((each) => each.path === path);
  return (
    <>
      <header className={classes.head}>
        <h2 title={path}>{path}</h2>
        {file !== undefined && <span>{formatText(file.bytes, 'bytes')}</span>}
        {file !== undefined && (
          <Button
            component="a"
            href={artifactPath(run, path, true)}
            download
            variant="default"
            leftSection={<IconDownload size={15} />}
          >
            Download
          </Button>
        )}
      </header>
      {error !== null && <p className={page.none}>{error.message}</p>}
      {data !== undefined && file === undefined && <p className={page.none}>There is no such file any more.</p>}
      {file !== undefined && <FilePreview run={run} file={file} />}
    </>
  );
}

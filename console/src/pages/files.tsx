import { useState } from 'preact/hooks';

import { isAdmin } from '../app';
import { Button, Empty, Field, Head, Input, Problem, Waiting, type Submission } from '../components/basics';
import { graphql } from '../generated/graphql';
import type { FileBucketsSubscription } from '../generated/graphql/graphql';
import { useLive, useSession, useSettled } from '../hooks';
import type { PageProps } from '../pages';
import { ownerOfFile } from '../rights';
import { go, hrefOf } from '../router';
import { t } from '../texts';
import { BucketRules } from './files-bucket';
import { OneFile } from './files-file';
import { Found, Listing } from './files-list';
import { pathOf } from './files-path';
import { DropZone, UploadList } from './files-upload';

const text = t.files;

const Buckets = graphql(`
  subscription FileBuckets {
    live {
      buckets(first: 100, orderBy: [{ name: ASC }]) { nodes { id name public fileSizeLimit allowedMimeTypes createdAt } }
      projects(first: 100, where: { deletedAt: { isNull: true } }, orderBy: [{ updatedAt: DESC }]) { nodes { id name } }
    }
  }
`);

type Known = FileBucketsSubscription['live'];

/** Files: buckets, the folders in them, and one file. */
export default function Files({ rest, query }: PageProps) {
  const { session } = useSession();
  const { data, problem, again, waiting } = useLive(Buckets);
  const mine = session?.user.id ?? '';
  const buckets = data?.live.buckets.nodes;
  const bucket = buckets?.find(({ id }) => id === rest[0]) ?? (rest[0] ? undefined : buckets?.[0]);
  // Attachments lie in folders of people: one begins in one's own.
  const folder = bucket?.id === 'chat-attachments' && rest.length < 2 ? [mine] : rest.slice(1);
  const file = query.get('file');
  const labels = { ...Object.fromEntries(data?.live.projects.nodes.map(({ id, name }) => [id, name]) ?? []), [mine]: text.mine };
  return (
    <>
      <Head title={t.pages.files} lead={text.lead} live={Boolean(data)} />
      <Problem problem={problem} again={again} />
      <UploadList />
      {!data && waiting && <Waiting />}
      {buckets?.length === 0 && <Empty>{text.noBuckets}</Empty>}
      {buckets && rest[0] && !bucket && <Empty action={<a class="button" href={hrefOf('/files')}>{t.back}</a>}>{text.noBucket(rest[0])}</Empty>}
      {data && bucket && (
        <>
          <Where buckets={buckets!} bucket={bucket.id} folder={folder} labels={labels} file={file} />
          {file ? (
            <OneFile key={file} bucket={bucket} buckets={buckets!} folder={folder} name={[...folder, file].join('/')} />
          ) : (
            <Inside key={bucket.id} {...{ bucket, folder, labels, query }} projects={data.live.projects.nodes} mine={mine} />
          )}
          {!file && session && isAdmin(session) && <BucketRules bucket={bucket} />}
        </>
      )}
    </>
  );
}

interface WhereProps {
  buckets: Known['buckets']['nodes'];
  bucket: string;
  folder: string[];
  labels: Record<string, string>;
  file: string | null;
}

/** The bucket, to be changed, and the way from it to here. */
function Where({ buckets, bucket, folder, labels, file }: WhereProps) {
  const steps = folder.map((name, place) => ({ name: labels[name] ?? name, path: pathOf(bucket, folder.slice(0, place + 1)) }));
  const here = file ? undefined : folder.length;
  return (
    <div class="row spread">
      <nav aria-label={text.way}>
        <ol class="crumbs">
          <li>
            <a href={hrefOf(pathOf(bucket, []))} aria-current={here === 0 ? 'page' : undefined}>
              {bucket}
            </a>
          </li>
          {steps.map(({ name, path }, place) => (
            <li key={path}>
              <a href={hrefOf(path)} aria-current={here === place + 1 ? 'page' : undefined}>
                {name}
              </a>
            </li>
          ))}
          {file && <li aria-current="page">{file}</li>}
        </ol>
      </nav>
      {buckets.length > 1 && (
        <div class="narrow">
          <select aria-label={text.bucket} value={bucket} onChange={(event) => go(pathOf(event.currentTarget.value, []))}>
            {buckets.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </div>
      )}
    </div>
  );
}

interface InsideProps {
  bucket: Known['buckets']['nodes'][number];
  folder: string[];
  labels: Record<string, string>;
  query: URLSearchParams;
  projects: Known['projects']['nodes'];
  mine: string;
}

/** What lies in a folder, or is found in the bucket; dropped files go there. */
function Inside({ bucket, folder, labels, query, projects, mine }: InsideProps) {
  const [words, setWords] = useState(query.get('q') ?? '');
  const settled = useSettled(words.trim(), 250);
  const owner = ownerOfFile(bucket.id, folder.join('/'));
  const isOthers = Boolean(owner) && owner !== mine;
  const isActing = useSession().session?.acting;
  // A recording belongs to somebody and to a project, and the folders say to whom.
  const isRoot = bucket.id === 'audio-recordings' && folder.length < 2;
  return (
    <>
      <div class="row" role="search">
        <input
          style={{ flex: '1 1 220px' }}
          type="search"
          aria-label={text.search}
          placeholder={text.search}
          value={words}
          onInput={(event) => {
            setWords(event.currentTarget.value);
            go(pathOf(bucket.id, folder), { q: event.currentTarget.value }, true);
          }}
        />
      </div>
      {settled ? (
        <Found bucket={bucket.id} words={settled} labels={labels} />
      ) : (
        <>
          {isActing || isOthers ? <p class="quiet">{isActing ? t.rights.acting : t.rights.otherFolder}</p> : !isRoot && <DropZone bucket={bucket} folder={folder} />}
          <Listing key={folder.join('/')} bucket={bucket.id} folder={folder} labels={labels} empty={isRoot ? text.emptyRoot : undefined} />
          <NewFolder {...{ bucket: bucket.id, folder, projects, mine }} />
        </>
      )}
    </>
  );
}

/** Goes to a folder, which is there once something lies in it. */
function NewFolder({ bucket, folder, projects, mine }: { bucket: string; folder: string[]; projects: Known['projects']['nodes']; mine: string }) {
  const open = (event: Submission) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name'));
    const steps = name.split('/').map((step) => step.trim()).filter(Boolean);
    go(pathOf(bucket, [...folder, ...steps]));
  };
  const isForProjects = bucket === 'audio-recordings' && folder.length < 2 && projects.length > 0;
  return (
    <details>
      <summary>{text.newFolder}</summary>
      <div class="columns">
        <form class="card" onSubmit={open}>
          <Input label={text.folderName} hint={text.folderHint} name="name" required />
          <div>
            <Button type="submit">{text.openFolder}</Button>
          </div>
        </form>
        {isForProjects && (
          <div class="card">
            <Field label={text.projectFolder} hint={text.projectHint}>
              {(attributes) => (
                <select value="" onChange={(event) => event.currentTarget.value && go(pathOf(bucket, [mine, event.currentTarget.value]))} {...attributes}>
                  <option value="" />
                  {projects.map(({ id, name }) => (
                    <option key={id} value={id}>
                      {name}
                    </option>
                  ))}
                </select>
              )}
            </Field>
          </div>
        )}
      </div>
    </details>
  );
}

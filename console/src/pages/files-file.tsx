import { useEffect, useState } from 'preact/hooks';

import { act, ApiError, problemOf } from '../api';
import { Button, Empty, Field, Input, Problem, Time, Waiting, type Submission } from '../components/basics';
import { CopyButton } from '../components/copy';
import { doUnlessUndone, say } from '../components/toast';
import { bytes } from '../format';
import { graphql } from '../generated/graphql';
import type { FileBucketsSubscription, OneFileSubscription } from '../generated/graphql/graphql';
import { useAction, useLive } from '../hooks';
import { resourceNamed } from '../resources/schema';
import { useRights } from '../rights';
import { go, hrefOf } from '../router';
import { here, publicUrl, readText } from '../storage';
import { t } from '../texts';
import { removeFiles } from './files-list';
import { pathOf, placeOf } from './files-path';

const text = t.files;
const OBJECTS = resourceNamed('objects')!;
/** So much of a text is shown. */
const TEXT_BYTES = 65_536;

const One = graphql(`
  subscription OneFile($where: ObjectWhere!) {
    live { objects(where: $where, first: 1) { nodes { id name bucketId metadata userMetadata createdAt updatedAt lastAccessedAt uploader { displayName email } } } }
  }
`);
const Sign = graphql(`
  mutation SignFile($bucket: String!, $name: String!, $expiresIn: Int!, $download: String) {
    createSignedUrl(bucket: $bucket, name: $name, expiresIn: $expiresIn, download: $download) { url }
  }
`);
const Move = graphql(`
  mutation MoveFile($id: UUID!, $set: ObjectSet!) { updateObject(id: $id, set: $set) { id } }
`);

type Bucket = FileBucketsSubscription['live']['buckets']['nodes'][number];
type File = OneFileSubscription['live']['objects']['nodes'][number];

async function sign(bucket: string, name: string, expiresIn: number, download?: string): Promise<string> {
  const { url } = (await act(Sign, { bucket, name, expiresIn, download })).createSignedUrl;
  if (!url) throw new ApiError(text.unreadable, 'NOT_FOUND');
  return url;
}

/** One file: what it looks like, where it is, and what can be done with it. */
export function OneFile({ bucket, buckets, folder, name }: { bucket: Bucket; buckets: readonly Bucket[]; folder: string[]; name: string }) {
  const { data, problem, again } = useLive(One, { where: { bucketId: { eq: bucket.id }, name: { eq: name } } });
  const action = useAction();
  const file = data?.live.objects.nodes[0];
  const rights = useRights(OBJECTS, file);
  const back = pathOf(bucket.id, folder);
  if (problem && !data) return <Problem problem={problem} again={again} />;
  if (!data) return <Waiting />;
  if (!file) return <Empty action={<a class="button" href={hrefOf(back)}>{t.back}</a>}>{text.gone}</Empty>;
  const last = placeOf(name).file;
  const save = async () => {
    const link = document.createElement('a');
    link.href = here(await sign(bucket.id, name, 300, last));
    link.download = last;
    link.click();
  };
  const remove = () => {
    go(back);
    doUnlessUndone(text.deleted(last), () => removeFiles({ id: { eq: file.id } }), () => go(back, { file: last }));
  };
  return (
    <div class="halves">
      <section class="stack" aria-label={text.preview}>
        <h2>{last}</h2>
        <Preview key={file.updatedAt} bucket={bucket.id} file={file} />
      </section>
      <section class="stack">
        <div class="row">
          <Button kind="main" busy={action.busy} onClick={() => action.run(save)}>
            {text.download}
          </Button>
          {rights.remove && (
            <Button kind="danger" onClick={remove}>
              {t.remove}
            </Button>
          )}
          <a class="button" href={hrefOf(back)}>
            {t.back}
          </a>
        </div>
        <Problem problem={action.problem} />
        <Facts file={file} />
        <Link bucket={bucket} name={name} />
        {rights.change ? <Rename file={file} buckets={buckets} /> : <p class="quiet">{t.rights.otherFile}</p>}
      </section>
    </div>
  );
}

const factsOf = (file: File) => (file.metadata ?? {}) as { size?: number; mimetype?: string; cacheControl?: string };

function Facts({ file }: { file: File }) {
  const { size, mimetype } = factsOf(file);
  return (
    <dl class="facts card">
      <dt>{text.type}</dt>
      <dd>{mimetype ?? t.none}</dd>
      <dt>{text.size}</dt>
      <dd>{bytes(size)}</dd>
      <dt>{text.changed}</dt>
      <dd>
        <Time value={file.updatedAt} />
      </dd>
      {file.uploader && (
        <>
          <dt>{text.uploader}</dt>
          <dd>{file.uploader.displayName ?? file.uploader.email}</dd>
        </>
      )}
      <dt>{text.path}</dt>
      <dd>
        <code>{file.name}</code>
      </dd>
    </dl>
  );
}

/** What a file of this type is shown as. */
function kindOf(type: string): 'image' | 'audio' | 'video' | 'text' | undefined {
  // What a browser could run is handed out as a download.
  if (/xml|html|pdf|wasm/.test(type)) return undefined;
  if (/^text\/|json|javascript|yaml|toml/.test(type)) return 'text';
  return (['image', 'audio', 'video'] as const).find((kind) => type.startsWith(`${kind}/`));
}

function Preview({ bucket, file }: { bucket: string; file: File }) {
  const kind = kindOf(factsOf(file).mimetype ?? '');
  const [address, setAddress] = useState<string>();
  const [written, setWritten] = useState<string>();
  const [problem, setProblem] = useState<ApiError>();
  useEffect(() => {
    if (!kind) return;
    let over = false;
    const load = async () => {
      const signed = here(await sign(bucket, file.name, 3_600));
      if (kind === 'text') setWritten(await readText(signed, TEXT_BYTES));
      if (!over) setAddress(signed);
    };
    load().catch((error) => over || setProblem(problemOf(error)));
    return () => {
      over = true;
    };
  }, []);
  if (!kind) return <Empty>{text.noPreview}</Empty>;
  if (problem) return <Problem problem={problem} />;
  if (!address) return <Waiting />;
  const fail = () => setProblem(new ApiError(text.broken));
  if (kind === 'image') return <img class="preview" src={address} alt={text.pictureOf(file.name)} onError={fail} />;
  if (kind === 'audio') return <audio class="preview" controls preload="metadata" src={address} aria-label={file.name} onError={fail} />;
  if (kind === 'video') return <video class="preview" controls preload="metadata" src={address} aria-label={file.name} onError={fail} />;
  return (
    <>
      <pre tabIndex={0}>{written || text.emptyText}</pre>
      {Number(factsOf(file).size) > TEXT_BYTES && <small class="quiet">{text.beginning(bytes(TEXT_BYTES))}</small>}
    </>
  );
}

/** An address for others: everybody's in a public bucket, else one that is good for a time. */
function Link({ bucket, name }: { bucket: Bucket; name: string }) {
  const { busy, problem, run } = useAction();
  const [url, setUrl] = useState(bucket.public ? publicUrl(bucket.id, name) : undefined);
  const submit = (event: Submission) => {
    event.preventDefault();
    const expiresIn = Number(new FormData(event.currentTarget).get('for'));
    run(async () => setUrl(await sign(bucket.id, name, expiresIn)));
  };
  return (
    <form class="card" onSubmit={submit}>
      <h3>{bucket.public ? text.publicLink : text.link}</h3>
      {!bucket.public && (
        <Field label={text.goodFor} hint={text.linkHint}>
          {(attributes) => (
            <select name="for" {...attributes}>
              {Object.entries(text.times).map(([seconds, label]) => (
                <option key={seconds} value={seconds}>
                  {label}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      {url && <Input label={text.address} readOnly value={url} onFocus={(event) => event.currentTarget.select()} />}
      <Problem problem={problem} />
      <div class="actions">
        {!bucket.public && (
          <Button type="submit" busy={busy}>
            {text.makeLink}
          </Button>
        )}
        {url && <CopyButton text={url} />}
      </div>
    </form>
  );
}

/** Another name, another folder, another bucket: the bytes stay where they are. */
function Rename({ file, buckets }: { file: File; buckets: readonly Bucket[] }) {
  const { busy, problem, run } = useAction();
  const submit = (event: Submission) => {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    const name = String(values.get('name')).replace(/^\/+|\/+$/g, '');
    const bucketId = String(values.get('bucket') ?? file.bucketId);
    run(async () => {
      const { updateObject } = await act(Move, { id: file.id, set: { name, ...(bucketId !== file.bucketId && { bucketId }) } });
      if (!updateObject) throw new ApiError(text.notMoved, 'FORBIDDEN');
      say(t.saved);
      const { folder, file: last } = placeOf(name);
      go(pathOf(bucketId, folder), { file: last }, true);
    });
  };
  return (
    <form class="card" onSubmit={submit}>
      <h3>{text.move}</h3>
      <Input label={text.path} hint={text.pathHint} name="name" required maxLength={1_024} defaultValue={file.name} />
      {buckets.length > 1 && (
        <Field label={text.bucket}>
          {(attributes) => (
            <select name="bucket" {...attributes}>
              {buckets.map(({ id, name }) => (
                <option key={id} value={id} selected={id === file.bucketId}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <Problem problem={problem} />
      <div>
        <Button type="submit" busy={busy}>
          {text.moveButton}
        </Button>
      </div>
    </form>
  );
}

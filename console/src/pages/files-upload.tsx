import { useState } from 'preact/hooks';

import { Button } from '../components/basics';
import { FileChoice } from '../components/file-choice';
import { bytes } from '../format';
import type { FileBucketsSubscription } from '../generated/graphql/graphql';
import { useUploads } from '../hooks';
import { isTaken } from '../storage';
import { t } from '../texts';
import { addUploads, forgetUpload, retryUpload, type Sending } from '../uploads';

const text = t.files;
type Bucket = FileBucketsSubscription['live']['buckets']['nodes'][number];

/** Where files are dropped or chosen. */
export function DropZone({ bucket, folder }: { bucket: Bucket; folder: string[] }) {
  const [over, setOver] = useState(false);
  const take = (files: FileList | File[] | undefined) => files?.length && addUploads(bucket.id, folder, files);
  return (
    <section
      class={`drop ${over ? 'over' : ''}`}
      aria-label={text.upload}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer?.files);
      }}
    >
      <div class="row">
        <FileChoice label={text.chooseFiles} kind="main" accept={bucket.allowedMimeTypes?.join(',')} onFiles={take}>
          {text.upload}
        </FileChoice>
        <span class="quiet">{text.drop}</span>
      </div>
      <small class="quiet">{ruleOf(bucket)}</small>
    </section>
  );
}

/** How far files are on their way, whichever folder they go to. */
export function UploadList() {
  const uploads = useUploads();
  if (uploads.length === 0) return null;
  return (
    <ul class="list" aria-label={text.uploads}>
      {uploads.map((each) => (
        <Progress key={each.id} sending={each} />
      ))}
    </ul>
  );
}

/** What the bucket takes, in words. */
function ruleOf({ fileSizeLimit, allowedMimeTypes }: Bucket): string {
  const rules = [fileSizeLimit && text.atMost(bytes(fileSizeLimit)), allowedMimeTypes?.length && text.types(allowedMimeTypes.join(', '))];
  return rules.filter(Boolean).join(' ');
}

function Progress({ sending }: { sending: Sending }) {
  const { id, file, name, sent, state, problem } = sending;
  const last = name.split('/').at(-1)!;
  return (
    <li class="stack">
      <span class="row spread">
        <span class="name">{last}</span>
        <span class="row">
          <small class="quiet" role="status">
            {state === 'done' ? text.done : `${bytes(sent)} / ${bytes(file.size)}`}
          </small>
          {state === 'failed' && <Button onClick={() => retryUpload(id)}>{problem && isTaken(problem) ? text.replace : t.retry}</Button>}
          <Button kind="bare" aria-label={state === 'sending' ? text.stopUpload(last) : text.forget(last)} onClick={() => forgetUpload(id)}>
            ×
          </Button>
        </span>
      </span>
      {state === 'sending' && <progress aria-label={last} max={Math.max(file.size, 1)} value={sent} />}
      {problem && (
        <p class="problem" role="alert">
          {isTaken(problem) ? text.taken : problem.message}
        </p>
      )}
    </li>
  );
}

import { useEffect, useRef, useState } from 'preact/hooks';

import { problemOf, type ApiError } from '../api';
import { Button } from '../components/basics';
import { bytes } from '../format';
import type { FileBucketsSubscription } from '../generated/graphql/graphql';
import { isTaken, upload } from '../storage';
import { t } from '../texts';

const text = t.files;
/** More at once are no faster over one line, and a person's requests are counted. */
const AT_ONCE = 2;

type Bucket = FileBucketsSubscription['live']['buckets']['nodes'][number];

/** A file on its way. */
interface Sending {
  id: number;
  bucket: string;
  name: string;
  file: File;
  sent: number;
  state: 'waiting' | 'sending' | 'done' | 'failed';
  problem?: ApiError;
  replace: boolean;
  stop: AbortController;
}

/** What a file is called in a bucket. Recordings are told apart by their time. */
const nameIn = (bucket: string, folder: string[], file: File) =>
  [...folder, bucket === 'audio-recordings' ? `${Date.now()}_${file.name}` : file.name].join('/');

let last = 0;

/** Files on their way to the server, some at a time, whichever folder is looked at meanwhile. */
export function useUploads() {
  const [files, setFiles] = useState<Sending[]>([]);
  const change = (id: number, part: Partial<Sending>) => setFiles((known) => known.map((each) => (each.id === id ? { ...each, ...part } : each)));
  const add = (bucket: string, folder: string[], given: Iterable<File>) => {
    const more = [...given].map((file): Sending => {
      last += 1;
      return { id: last, bucket, file, name: nameIn(bucket, folder, file), sent: 0, state: 'waiting', replace: false, stop: new AbortController() };
    });
    setFiles((known) => [...known.filter(({ state }) => state !== 'done'), ...more]);
  };
  useEffect(() => {
    const free = AT_ONCE - files.filter(({ state }) => state === 'sending').length;
    for (const next of files.filter(({ state }) => state === 'waiting').slice(0, Math.max(free, 0))) {
      change(next.id, { state: 'sending' });
      upload({ ...next, signal: next.stop.signal, onSent: (sent) => change(next.id, { sent }) }).then(
        () => change(next.id, { state: 'done', sent: next.file.size }),
        (error) => change(next.id, { state: 'failed', problem: problemOf(error) }),
      );
    }
  }, [files]);
  const isBusy = files.some(({ state }) => state === 'sending' || state === 'waiting');
  useEffect(() => {
    if (!isBusy) return;
    // Leaving ends what is on its way.
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isBusy]);
  return {
    files,
    add,
    retry: (id: number, replace: boolean) => change(id, { state: 'waiting', replace, problem: undefined, sent: 0, stop: new AbortController() }),
    forget: (id: number) => {
      files.find((each) => each.id === id)?.stop.abort();
      setFiles((known) => known.filter((each) => each.id !== id));
    },
  };
}

/** Where files are dropped or chosen, and how far they are. */
export function DropZone({ bucket, folder, uploads }: { bucket: Bucket; folder: string[]; uploads: ReturnType<typeof useUploads> }) {
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const take = (files: FileList | null | undefined) => files?.length && uploads.add(bucket.id, folder, files);
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
        <input
          ref={input}
          class="hidden"
          tabIndex={-1}
          type="file"
          multiple
          aria-label={text.chooseFiles}
          accept={bucket.allowedMimeTypes?.join(',')}
          onChange={(event) => {
            take(event.currentTarget.files);
            event.currentTarget.value = '';
          }}
        />
        <Button kind="main" onClick={() => input.current?.click()}>
          {text.upload}
        </Button>
        <span class="quiet">{text.drop}</span>
      </div>
      <small class="quiet">{ruleOf(bucket, folder)}</small>
      {uploads.files.length > 0 && (
        <ul class="list" aria-label={text.uploads}>
          {uploads.files.map((each) => (
            <Progress key={each.id} sending={each} uploads={uploads} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** What the bucket takes, in words. */
function ruleOf({ id, fileSizeLimit, allowedMimeTypes }: Bucket, folder: string[]): string {
  const rules = [fileSizeLimit && text.atMost(bytes(fileSizeLimit)), allowedMimeTypes?.length && text.types(allowedMimeTypes.join(', ')), id === 'audio-recordings' && folder.length < 2 && text.recordings];
  return rules.filter(Boolean).join(' ');
}

function Progress({ sending, uploads }: { sending: Sending; uploads: ReturnType<typeof useUploads> }) {
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
          {state === 'failed' && <Button onClick={() => uploads.retry(id, Boolean(problem && isTaken(problem)))}>{problem && isTaken(problem) ? text.replace : t.retry}</Button>}
          <Button kind="bare" aria-label={state === 'sending' ? text.stopUpload(last) : text.forget(last)} onClick={() => uploads.forget(id)}>
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

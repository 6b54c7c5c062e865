// Files on their way to the server, whichever page is looked at meanwhile.
import { problemOf, type ApiError } from './api';
import { listen, sender } from './session';
import { isTaken, upload } from './storage';

/** More at once are no faster over one line, and a person's requests are counted. */
const AT_ONCE = 2;

/** A file on its way. */
export interface Sending {
  id: number;
  bucket: string;
  folder: string[];
  name: string;
  file: File;
  /** How many bytes have gone. */
  sent: number;
  state: 'waiting' | 'sending' | 'done' | 'failed';
  problem?: ApiError;
  /** Whether it may take the place of a file. */
  replace: boolean;
  stop: AbortController;
}

let files: readonly Sending[] = [];
let last = 0;
const watchers = new Set<() => void>();

/** What is on its way, was stored or failed, until it is taken off; the same list until that changes. */
export const lookAtUploads = () => files;

/** Calls back when that changes; returns what ends it. */
export function watchUploads(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

const isOnItsWay = ({ state }: Sending) => state === 'sending' || state === 'waiting';

function set(next: readonly Sending[]) {
  files = next;
  for (const watcher of watchers) watcher();
}

const change = (id: number, part: Partial<Sending>) => set(files.map((each) => (each.id === id ? { ...each, ...part } : each)));

/** Recordings are told apart by their time. */
const nameIn = (bucket: string, folder: string[], file: File) =>
  [...folder, bucket === 'audio-recordings' ? `${Date.now()}_${file.name}` : file.name].join('/');

/** Sends files to a folder, some at a time; those that have arrived go off the list. */
export function addUploads(bucket: string, folder: string[], given: Iterable<File>) {
  const more = [...given].map((file): Sending => {
    last += 1;
    return { id: last, bucket, folder, file, name: nameIn(bucket, folder, file), sent: 0, state: 'waiting', replace: false, stop: new AbortController() };
  });
  set([...files.filter(({ state }) => state !== 'done'), ...more]);
  next();
}

/** Sends one that failed again; in the place of the file that has its name, where that is why it failed. */
export function retryUpload(id: number) {
  const problem = files.find((each) => each.id === id)?.problem;
  change(id, { state: 'waiting', replace: Boolean(problem && isTaken(problem)), problem: undefined, sent: 0, stop: new AbortController() });
  next();
}

/** Takes one off the list, and stops it where it is on its way. */
export function forgetUpload(id: number) {
  files.find((each) => each.id === id)?.stop.abort();
  set(files.filter((each) => each.id !== id));
  next();
}

function next() {
  const free = AT_ONCE - files.filter(({ state }) => state === 'sending').length;
  for (const each of files.filter(({ state }) => state === 'waiting').slice(0, Math.max(free, 0))) send(each);
}

function send({ id, bucket, name, file, replace, stop }: Sending) {
  change(id, { state: 'sending' });
  upload({ bucket, name, file, replace, signal: stop.signal, onSent: (sent) => change(id, { sent }) })
    .then(
      () => change(id, { state: 'done', sent: file.size }),
      (error) => change(id, { state: 'failed', problem: problemOf(error) }),
    )
    .finally(next);
}

// Leaving ends what is on its way.
window.addEventListener('beforeunload', (event) => {
  if (files.some(isOnItsWay)) event.preventDefault();
});

// What one person sends is not sent as another, nor seen by them.
let former = sender();
listen(() => {
  const now = sender();
  if (now === former) return;
  former = now;
  for (const { stop } of files) stop.abort();
  if (files.length > 0) set([]);
});

// Bytes, and what lies in a folder: GraphQL has rows of files, /storage/v1 the rest, as any client finds it there.
import { ApiError, signedFetch } from './api';
import { token } from './session';
import { t } from './texts';

/** What lies in a folder: a file, or a folder, which has no id. */
export interface Entry {
  name: string;
  id: string | null;
  updated_at: string | null;
  metadata: { size?: number; mimetype?: string } | null;
}

/** A refusal as the storage protocol says it. */
interface Refusal {
  code?: string;
  message?: string;
}

const escaped = (name: string) => name.split('/').map(encodeURIComponent).join('/');

/** Where a file of a public bucket is for everybody. */
export const publicUrl = (bucket: string, name: string) =>
  new URL(`/storage/v1/object/public/${encodeURIComponent(bucket)}/${escaped(name)}`, window.location.href).href;

/** A signed address as this page may load it: on the server that it came from, by whatever name. */
export function here(url: string): string {
  const { pathname, search } = new URL(url, window.location.href);
  return pathname + search;
}

/** The folders and files of a folder, folders first; throws an [`ApiError`]. */
export async function listFolder(bucket: string, prefix: string, limit: number): Promise<Entry[]> {
  const sortBy = { column: 'name', order: 'asc' };
  const response = await signedFetch(`/storage/v1/object/list/${encodeURIComponent(bucket)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ prefix, limit, sortBy }),
  });
  const answer = await response.json();
  if (!response.ok) throw new ApiError((answer as Refusal).message ?? t.problems.unknown, (answer as Refusal).code);
  return answer as Entry[];
}

/** The beginning of a text. */
export async function readText(address: string, bytes: number): Promise<string> {
  const response = await fetch(address, { headers: { range: `bytes=0-${bytes - 1}` } });
  // An empty file has no such part.
  if (response.status === 416) return '';
  if (!response.ok) throw new ApiError(t.files.unreadable);
  return (await response.text()).slice(0, bytes);
}

interface Upload {
  bucket: string;
  name: string;
  file: File;
  /** Whether it may take the place of a file. */
  replace: boolean;
  /** How many bytes have gone. */
  onSent: (bytes: number) => void;
  signal: AbortSignal;
}

/** Sends a file, and tells its id; throws an [`ApiError`]. `fetch` tells nothing of how far a body is, XMLHttpRequest does. */
export async function upload({ bucket, name, file, replace, onSent, signal }: Upload): Promise<string> {
  const bearer = await token();
  if (signal.aborted) throw new ApiError(t.files.stopped, 'STOPPED');
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/storage/v1/object/${encodeURIComponent(bucket)}/${escaped(name)}`);
    if (bearer) request.setRequestHeader('authorization', `Bearer ${bearer}`);
    request.setRequestHeader('content-type', file.type || 'application/octet-stream');
    request.setRequestHeader('cache-control', 'max-age=3600');
    request.setRequestHeader('x-upsert', String(replace));
    request.upload.onprogress = ({ loaded }) => onSent(loaded);
    request.onload = () =>
      request.status < 300 ? resolve((JSON.parse(request.responseText) as { Id: string }).Id) : reject(refusalOf(request.responseText));
    request.onerror = () => reject(new ApiError(t.problems.unreachable, 'UNREACHABLE'));
    request.onabort = () => reject(new ApiError(t.files.stopped, 'STOPPED'));
    signal.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}

function refusalOf(text: string): ApiError {
  try {
    const { message, code } = JSON.parse(text) as Refusal;
    return new ApiError(message ?? t.problems.unknown, code);
  } catch {
    return new ApiError(t.problems.unknown);
  }
}

/** Whether a file of this name is there already. */
export const isTaken = (problem: ApiError) => problem.code === 'KeyAlreadyExists';

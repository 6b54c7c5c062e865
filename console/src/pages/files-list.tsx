import { useEffect, useState } from 'preact/hooks';

import { act, ApiError, hear, problemOf } from '../api';
import { Button, Empty, Problem, Time, Waiting } from '../components/basics';
import { doUnlessUndone } from '../components/toast';
import { bytes } from '../format';
import { graphql } from '../generated/graphql';
import { useLive, useSession, useUploads } from '../hooks';
import { ownerOfFile } from '../rights';
import { hrefOf } from '../router';
import { listFolder, type Entry } from '../storage';
import { t } from '../texts';
import { pathOf, placeOf } from './files-path';

const text = t.files;
const PAGE = 200;
/** So long changes are waited for together before the folder is read again. */
const SETTLE_MS = 300;

const Changes = graphql(`
  subscription FileChanges($where: ObjectWhere) { objectsChanges(where: $where) { operation } }
`);
const Find = graphql(`
  subscription FindFiles($where: ObjectWhere!) {
    live { objects(where: $where, first: 200, orderBy: [{ updatedAt: DESC }]) { totalCount nodes { id name metadata updatedAt } } }
  }
`);
const Remove = graphql(`
  mutation RemoveFiles($where: ObjectWhere!) { deleteObjects(where: $where, atMost: 10000) { affectedCount } }
`);

/** Deletes the files that meet the condition; says so where nothing was the caller's to delete. */
export async function removeFiles(where: Record<string, unknown>) {
  if (!(await act(Remove, { where })).deleteObjects.affectedCount) throw new ApiError(t.grid.notYours, 'FORBIDDEN');
}

/** What lies in a folder, read again when something in it changes. */
function useFolder(bucket: string, prefix: string, limit: number) {
  const [state, setState] = useState<{ entries?: Entry[]; problem?: ApiError }>({});
  const [round, setRound] = useState(0);
  const again = () => setRound((count) => count + 1);
  // What this page stored itself may have come before it was listened for.
  const stored = useUploads().filter(({ state }) => state === 'done').length;
  useEffect(() => {
    let over = false;
    listFolder(bucket, prefix, limit + 1).then(
      (entries) => over || setState({ entries }),
      (error) => over || setState(({ entries }) => ({ entries, problem: problemOf(error) })),
    );
    return () => {
      over = true;
    };
  }, [bucket, prefix, limit, round, stored]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stop = () => {};
    const later = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        again();
      }, SETTLE_MS);
    };
    const listen = () => {
      const where = { bucketId: { eq: bucket }, ...(prefix && { name: { startsWith: prefix } }) };
      // Where changes were missed, the folder is read as it is now, and listened to anew.
      stop = hear(Changes, { where }, later, ({ code }) => {
        later();
        if (code === 'RESYNC_REQUIRED') listen();
      });
    };
    listen();
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [bucket, prefix]);
  return { ...state, again };
}

/** A folder: its folders, then its files, both by name. */
export function Listing({ bucket, folder, labels, empty }: { bucket: string; folder: string[]; labels: Record<string, string>; empty?: string }) {
  const prefix = folder.map((name) => `${name}/`).join('');
  const [limit, setLimit] = useState(PAGE);
  const { session } = useSession();
  const mayRemove = (entry: Entry) => {
    const owner = ownerOfFile(bucket, prefix + entry.name);
    return !session?.acting && (!owner || owner === session?.user.id);
  };
  const { entries, problem, again } = useFolder(bucket, prefix, limit);
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  /** Takes an entry out of sight, and the file away unless that is undone. */
  const remove = (entry: Entry) => {
    setGone((known) => new Set(known).add(entry.name));
    const back = () =>
      setGone((known) => {
        const next = new Set(known);
        next.delete(entry.name);
        return next;
      });
    const where = entry.id ? { id: { eq: entry.id } } : { bucketId: { eq: bucket }, name: { startsWith: `${prefix}${entry.name}/` } };
    doUnlessUndone(entry.id ? text.deleted(entry.name) : text.folderDeleted(entry.name), () => removeFiles(where).finally(() => setTimeout(back, 2_000)), back);
  };
  const shown = entries?.slice(0, limit).filter(({ name }) => !gone.has(name));
  return (
    <div class="stack">
      <Problem problem={problem} again={again} />
      {!entries && !problem && <Waiting />}
      {shown?.length === 0 && <Empty>{empty ?? (folder.length ? text.emptyFolder : text.emptyBucket)}</Empty>}
      {shown && shown.length > 0 && (
        <Table>
          {shown.map((entry) => (
            <tr key={entry.name}>
              <td data-label={text.name}>
                {entry.id ? (
                  <a href={hrefOf(pathOf(bucket, folder), { file: entry.name })}>{entry.name}</a>
                ) : (
                  <a href={hrefOf(pathOf(bucket, [...folder, entry.name]))}>
                    <span aria-hidden="true">▸ </span>
                    {labels[entry.name] ?? entry.name}
                    <span class="hidden"> {text.folder}</span>
                  </a>
                )}
              </td>
              <Facts type={entry.metadata?.mimetype} size={entry.metadata?.size} updatedAt={entry.updated_at} />
              <td data-label="">
                {mayRemove(entry) && (
                  <Button kind="bare" aria-label={text.remove(labels[entry.name] ?? entry.name)} onClick={() => remove(entry)}>
                    {t.remove}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </Table>
      )}
      {entries && entries.length > limit && (
        <div>
          <Button onClick={() => setLimit(limit + PAGE)}>{t.more}</Button>
        </div>
      )}
    </div>
  );
}

/** Files of the whole bucket whose names have these words in them. */
export function Found({ bucket, words, labels }: { bucket: string; words: string; labels: Record<string, string> }) {
  const escaped = words.replace(/[\\%_]/g, '\\$&');
  const where = { bucketId: { eq: bucket }, version: { isNull: false }, name: { ilike: `%${escaped}%` } };
  const { data, problem, again, waiting } = useLive(Find, { where });
  const files = data?.live.objects;
  return (
    <div class="stack">
      <Problem problem={problem} again={again} />
      {!files && waiting && <Waiting />}
      {files?.totalCount === 0 && <Empty>{text.nothingFound(words)}</Empty>}
      {files && files.totalCount > 0 && (
        <>
          <p class="quiet">{text.count(files.totalCount, files.nodes.length)}</p>
          <Table>
            {files.nodes.map(({ id, name, metadata, updatedAt }) => {
              const { folder, file } = placeOf(name);
              const facts = metadata as Entry['metadata'];
              return (
                <tr key={id}>
                  <td data-label={text.name}>
                    <a href={hrefOf(pathOf(bucket, folder), { file })}>{[...folder.map((step) => labels[step] ?? step), file].join('/')}</a>
                  </td>
                  <Facts type={facts?.mimetype} size={facts?.size} updatedAt={updatedAt} />
                  <td />
                </tr>
              );
            })}
          </Table>
        </>
      )}
    </div>
  );
}

function Facts({ type, size, updatedAt }: { type?: string; size?: number; updatedAt: string | null }) {
  return (
    <>
      <td data-label={text.type}>{type && <span>{type}</span>}</td>
      <td data-label={text.size} class="number">
        {size !== undefined && <span>{bytes(size)}</span>}
      </td>
      <td data-label={text.changed}>{updatedAt && <Time value={updatedAt} />}</td>
    </>
  );
}

function Table({ children }: { children: preact.ComponentChildren }) {
  return (
    <div class="table-frame cards" tabIndex={0} role="region" aria-label={text.contents}>
      <table>
        <thead>
          <tr>
            <th scope="col">{text.name}</th>
            <th scope="col">{text.type}</th>
            <th scope="col" class="number">{text.size}</th>
            <th scope="col">{text.changed}</th>
            <th scope="col">
              <span class="hidden">{t.more}</span>
            </th>
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

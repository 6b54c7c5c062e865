import { useState } from 'preact/hooks';

import { act, ask, ApiError, type Document } from '../api';
import { useAction, useAsk, useLive } from '../hooks';
import { createDocument, deleteDocument, pageIn, rowDocument, updateDocument } from '../resources/documents';
import { inFormOrder, keyOf, titleOf, whereKey, type Resource, type Row } from '../resources/schema';
import { useRights } from '../rights';
import { go } from '../router';
import { t } from '../texts';
import { Button, Empty, Problem, Waiting } from './basics';
import { Cell, headingOf } from './cell';
import { Conflict } from './conflict';
import { Form } from './form';
import { relatedOf } from './rows';
import { doUnlessUndone, say } from './toast';

/** One row, live, or the question for it once where its table is not. */
export function useRow(resource: Resource, key: string) {
  const answer = (resource.live ? useLive : useAsk)(rowDocument(resource) as never, { where: whereKey(resource, key) });
  const page = pageIn(resource, answer.data);
  return { ...answer, row: page?.nodes[0], isThere: page ? page.nodes.length > 0 : undefined };
}

/**
 * Saves what is changed of a row, unless somebody saved meanwhile: the row that was read must still be the newest.
 *
 * Returns the newer row then, or `null` where it is gone; nothing when it was saved.
 */
export async function saveRow(resource: Resource, read: Row, set: Row): Promise<Row | null | undefined> {
  const key = whereKey(resource, keyOf(resource, read));
  const where = read.updatedAt ? { ...key, updatedAt: { eq: read.updatedAt } } : key;
  const answer = await act(updateDocument(resource), { where, set });
  if (Object.values(answer)[0]?.affectedCount) return undefined;
  const newest = pageIn(resource, await ask(rowDocument(resource, true) as Document<unknown, { where: unknown }>, { where: key }));
  const row = newest?.nodes[0];
  // The row is as it was read: it is not the time that refused.
  if (row && row.updatedAt === read.updatedAt) throw new ApiError(t.grid.readOnly, 'FORBIDDEN');
  return row ?? null;
}

interface Props {
  resource: Resource;
  id: string;
  /** Where the list is. */
  path: string;
  /** Columns that the form has; all that the API takes by default. */
  editable?: string[];
  /** Whether what the row holds is shown on demand: what stands below matters more. */
  folded?: boolean;
  /** What deletes it, where it is not deleted for good. */
  onRemove?: () => Promise<void>;
  children?: (row: Row) => preact.ComponentChildren;
}

/** One row of a table: what it holds, a form for what may be changed, and its deletion. */
export function Record({ resource, id, path, editable, folded, onRemove, children }: Props) {
  const { row, isThere, problem, again, waiting } = useRow(resource, id);
  const [editing, setEditing] = useState<Row>();
  const rights = useRights(resource, row);
  if (problem && !row) return <Problem problem={problem} again={again} />;
  if (!row && waiting) return <Waiting />;
  if (!row || isThere === false) return <Empty action={<Button onClick={() => go(path)}>{t.back}</Button>}>{t.grid.noRow}</Empty>;
  const names = (editable ?? inFormOrder(resource, resource.update ?? [])).filter((name) => resource.update?.includes(name));
  const remove = () => {
    go(path);
    const where = whereKey(resource, id);
    const work = async () => {
      if (onRemove) return onRemove();
      const answer = await act(deleteDocument(resource), { where });
      if (!Object.values(answer)[0]?.affectedCount) throw new ApiError(t.grid.notYours, 'FORBIDDEN');
    };
    doUnlessUndone(t.grid.deleted, work, () => go(`${path}/${encodeURIComponent(id)}`), `${resource.name}/${id}`);
  };
  return (
    <div class="stack">
      {isTold(row[titleOf(resource)]) && <h2>{String(row[titleOf(resource)]).slice(0, 120)}</h2>}
      <div class="row">
        {names.length > 0 && rights.change && !editing && (
          <Button kind="main" onClick={() => setEditing(row)}>
            {t.edit}
          </Button>
        )}
        {resource.remove && rights.remove && (
          <Button kind="danger" onClick={remove}>
            {t.remove}
          </Button>
        )}
        {((names.length > 0 && !rights.change) || (resource.remove && !rights.remove)) && rights.why && <small class="quiet">{rights.why}</small>}
      </div>
      {editing ? <Editor {...{ resource, names }} row={editing} onDone={() => setEditing(undefined)} /> : folded ? (
        <details>
          <summary>{t.grid.details}</summary>
          <Facts resource={resource} row={row} />
        </details>
      ) : (
        <Facts resource={resource} row={row} />
      )}
      {!editing && children?.(row)}
    </div>
  );
}

const isTold = (title: unknown) => typeof title === 'string' && title.length > 0 && !/^[0-9a-f-]{36}$/.test(title);

const isNothing = (value: unknown) => value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0);

/** All that a row holds. */
export function Facts({ resource, row }: { resource: Resource; row: Row }) {
  const title = titleOf(resource);
  const columns = [...resource.columns].sort((a, b) => Number(b.name === title) - Number(a.name === title));
  return (
    <dl class="facts card">
      {columns
        .filter(({ name }) => !isNothing(row[name]))
        .map((column) => {
          const value = row[column.name];
          const isLong = column.type === 'JSON' ? typeof value === 'object' : typeof value === 'string' && value.length > 120;
          return (
            <>
              <dt title={column.about}>{headingOf(column)}</dt>
              <dd>
                {isLong ? (
                  <pre tabIndex={0}>{column.type === 'JSON' ? JSON.stringify(value, null, 2) : String(value)}</pre>
                ) : column.type === 'UUID' && !relatedOf(resource, row, column.name) ? (
                  <code>{String(value)}</code>
                ) : (
                  <Cell column={column} row={row} related={relatedOf(resource, row, column.name)} />
                )}
              </dd>
            </>
          );
        })}
    </dl>
  );
}

/** The form of a row that is there; tells of a change that came in between. */
export function Editor({ resource, names, row, onDone }: { resource: Resource; names: string[]; row: Row; onDone: () => void }) {
  const { busy, problem, run } = useAction();
  const [read, setRead] = useState(row);
  const [newer, setNewer] = useState<{ theirs: Row | null; set: Row }>();
  const save = (set: Row, base: Row) =>
    run(async () => {
      if (Object.keys(set).length === 0) return onDone();
      const theirs = await saveRow(resource, base, set);
      if (theirs === undefined) {
        say(t.saved);
        onDone();
      } else setNewer({ theirs, set });
    });
  return (
    <>
      {newer && (
        <Conflict
          {...{ resource }}
          theirs={newer.theirs}
          yours={newer.set}
          onTheirs={onDone}
          onYours={() => {
            const { theirs, set } = newer;
            setNewer(undefined);
            if (!theirs) return;
            setRead(theirs);
            save(set, theirs);
          }}
          onClose={() => setNewer(undefined)}
        />
      )}
      <Form {...{ resource, names, busy, problem }} row={read} onSave={(set) => save(set, read)} onCancel={onDone} />
    </>
  );
}

/** The form of a row that is to be made. */
export function Creator({ resource, names, given, onDone }: { resource: Resource; names?: string[]; given?: Row; onDone: (key?: string) => void }) {
  const { busy, problem, run } = useAction();
  const wanted = names ?? inFormOrder(resource, resource.create ?? []).filter((name) => name !== 'id' && name !== 'userId');
  const save = (input: Row) =>
    run(async () => {
      const answer = await act(createDocument(resource), { input: { ...given, ...input } });
      say(t.saved);
      onDone(keyOf(resource, Object.values(answer)[0]!));
    });
  return <Form {...{ resource, busy, problem }} names={wanted} required={resource.required} onSave={save} onCancel={() => onDone()} />;
}

import type { Submission } from '../components/basics';
import { useEffect, useRef, useState } from 'preact/hooks';

import { act } from '../api';
import { Badge, Button, Empty, Field, Head, Problem, Time, Waiting } from '../components/basics';
import { Conflict } from '../components/conflict';
import { saveRow, useRow } from '../components/record';
import { doUnlessUndone, say } from '../components/toast';
import { count } from '../format';
import { graphql } from '../generated/graphql';
import type { LatestNotesSubscription, SearchMode } from '../generated/graphql/graphql';
import { useAction, useAsk, useLive, useSettled } from '../hooks';
import type { PageProps } from '../pages';
import { resourceNamed, type Row } from '../resources/schema';
import { useRights } from '../rights';
import { go, hrefOf } from '../router';
import { t } from '../texts';

const text = t.notes;
const NOTES = resourceNamed('notes')!;
const MODES: SearchMode[] = ['HYBRID', 'TEXT', 'SEMANTIC'];

const Latest = graphql(`
  subscription LatestNotes($first: Int!) {
    live {
      notes(first: $first, where: { deletedAt: { isNull: true } }, orderBy: [{ updatedAt: DESC }]) {
        totalCount
        nodes { id content tags updatedAt wordCount cluster { id title } }
      }
    }
  }
`);
const Search = graphql(`
  query SearchNotes($query: String!, $mode: SearchMode!) {
    search(query: $query, mode: $mode, kinds: [NOTE], first: 30) {
      score
      snippet
      item { ... on Note { id content tags updatedAt wordCount } }
    }
  }
`);
const Create = graphql(`
  mutation WriteNote($content: String!, $tags: [String!]) {
    createNote(input: { content: $content, tags: $tags }) { id }
  }
`);
const SoftDelete = graphql(`
  mutation SoftDeleteNote($id: UUID!) { softDeleteNote(id: $id) { id } }
`);
const Restore = graphql(`
  mutation RestoreNote($id: UUID!) { restoreNote(id: $id) { id } }
`);
const Similar = graphql(`
  query SimilarNotes($id: UUID!) { similarNotes(noteId: $id, first: 5) { similarity note { id content } } }
`);

type Note = LatestNotesSubscription['live']['notes']['nodes'][number];

const tagsOf = (given: FormDataEntryValue | null) =>
  String(given ?? '')
    .split(',')
    .map((tag) => tag.trim())
    .filter(Boolean);

/** Notes: the newest, live; those that a search finds; one of them to be read and changed. */
export default function Notes({ rest, query }: PageProps) {
  const [id] = rest;
  const typed = query.get('q') ?? '';
  const mode = MODES.find((each) => each === query.get('by')) ?? 'HYBRID';
  const [words, setWords] = useState(typed);
  const settled = useSettled(words, 250);
  useEffect(() => {
    if (settled !== typed && !id) go('/notes', { q: settled, by: mode === 'HYBRID' ? undefined : mode }, true);
  }, [settled]);
  if (id === 'new') return <NewNote />;
  if (id) return <OneNote key={id} id={id} />;
  return (
    <>
      <Head title={t.pages.notes} lead={text.lead} live={!typed}>
        <a class="button main" href={hrefOf('/notes/new')}>
          {text.new}
        </a>
      </Head>
      <div class="row" role="search">
        <input style={{ flex: '1 1 220px' }} type="search" aria-label={text.searchPlaceholder} placeholder={text.searchPlaceholder} value={words} onInput={(event) => setWords(event.currentTarget.value)} />
        <div class="narrow">
          <select aria-label={text.mode} value={mode} onChange={(event) => go('/notes', { q: words, by: event.currentTarget.value }, true)}>
            {MODES.map((each) => (
              <option key={each} value={each}>
                {text.modes[each]}
              </option>
            ))}
          </select>
        </div>
      </div>
      {typed ? <Found query={typed} mode={mode} /> : <Newest />}
    </>
  );
}

function Newest() {
  const [first, setFirst] = useState(30);
  const { data, problem, again, waiting } = useLive(Latest, { first });
  const notes = data?.live.notes;
  return (
    <>
      <Problem problem={problem} again={again} />
      {!notes && waiting && <Waiting />}
      {notes?.totalCount === 0 && (
        <Empty
          action={
            <a class="button main" href={hrefOf('/notes/new')}>
              {text.new}
            </a>
          }
        >
          {text.empty}
        </Empty>
      )}
      {notes && notes.totalCount > 0 && (
        <>
          <p class="quiet">{text.count(count(notes.totalCount))}</p>
          <List notes={notes.nodes} />
          {notes.totalCount > notes.nodes.length && (
            <div>
              <Button busy={waiting} onClick={() => setFirst(first + 30)}>
                {t.more}
              </Button>
            </div>
          )}
        </>
      )}
    </>
  );
}

function Found({ query, mode }: { query: string; mode: SearchMode }) {
  const { data, problem, again, waiting } = useAsk(Search, { query, mode });
  const found = (data?.search ?? []).flatMap(({ item }) => (item && 'id' in item ? [item as Note] : []));
  return (
    <>
      <Problem problem={problem} again={again} />
      {waiting && !data && <Waiting />}
      {data && found.length === 0 && <Empty>{text.nothingFound(query)}</Empty>}
      <List notes={found} />
    </>
  );
}

export function List({ notes }: { notes: readonly Note[] }) {
  return (
    <ul class="list">
      {notes.map((note) => (
        <li key={note.id}>
          <a class="item" href={hrefOf(`/notes/${note.id}`)}>
            <span class="text">{note.content.slice(0, 400)}</span>
            <span class="row quiet">
              <small>
                <Time value={note.updatedAt} /> · {text.words(note.wordCount)}
              </small>
              {note.cluster && <Badge value={note.cluster.title} />}
              {note.tags.slice(0, 5).map((tag) => (
                <small key={tag}>#{tag}</small>
              ))}
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}

interface FieldsProps {
  content?: string;
  tags?: readonly string[];
  busy: boolean;
  /** Whether it is to be read alone. */
  readOnly?: boolean;
  onSave: (content: string, tags: string[]) => void;
}

/** The form of a note; Ctrl and Enter save it. */
function Fields({ content = '', tags = [], busy, readOnly, onSave }: FieldsProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => area.current?.focus(), []);
  const submit = (event: Submission) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    onSave(String(form.get('content')), tagsOf(form.get('tags')));
  };
  return (
    <form
      class="card"
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
      }}
    >
      <Field label={text.content}>
        {(attributes) => <textarea ref={area} name="content" rows={12} required readOnly={readOnly} placeholder={text.placeholder} defaultValue={content} {...attributes} />}
      </Field>
      <Field label={text.tags}>{(attributes) => <input type="text" name="tags" readOnly={readOnly} defaultValue={tags.join(', ')} {...attributes} />}</Field>
      <div class="actions">
        {!readOnly && (
          <Button type="submit" kind="main" busy={busy}>
            {t.save}
          </Button>
        )}
        <a class="button" href={hrefOf('/notes')}>
          {t.cancel}
        </a>
      </div>
    </form>
  );
}

function NewNote() {
  const { busy, problem, run } = useAction();
  const save = (content: string, tags: string[]) =>
    run(async () => {
      const { createNote } = await act(Create, { content, tags });
      say(t.saved);
      go(`/notes/${createNote.id}`, {}, true);
    });
  return (
    <>
      <Head title={text.new} />
      <Problem problem={problem} />
      <Fields busy={busy} onSave={save} />
    </>
  );
}

/** A note as its writer reads and changes it. The form keeps what was typed while the note changes elsewhere. */
function OneNote({ id }: { id: string }) {
  const { row, isThere, problem: unread, again } = useRow(NOTES, id);
  const [read, setRead] = useState<Row>();
  const [newer, setNewer] = useState<{ theirs: Row | null; set: Row }>();
  const [round, setRound] = useState(0);
  const { busy, problem, run } = useAction();
  useEffect(() => {
    if (row && !read) setRead(row);
  }, [row]);
  const shown = read ?? row;
  const rights = useRights(NOTES, shown);
  if (unread && !shown) return <Problem problem={unread} again={again} />;
  if (isThere === false && !shown) return <Empty action={<a class="button" href={hrefOf('/notes')}>{t.back}</a>}>{t.grid.noRow}</Empty>;
  if (!shown) return <Waiting />;
  /** Shows what is stored now. */
  const take = (next: Row) => {
    setRead(next);
    setRound(round + 1);
  };
  const save = (set: Row, base: Row) =>
    run(async () => {
      const theirs = await saveRow(NOTES, base, set);
      if (theirs !== undefined) return setNewer({ theirs, set });
      say(t.saved);
      go('/notes');
    });
  const remove = async () => {
    go('/notes');
    await act(SoftDelete, { id });
    doUnlessUndone(text.deleted, async () => {}, () => act(Restore, { id }).catch(() => {}));
  };
  const isStale = row && row.updatedAt !== shown.updatedAt;
  return (
    <>
      <Head title={t.pages.notes} lead={text.words(Number(shown.wordCount))} live>
        {rights.remove && (
          <Button kind="danger" onClick={remove}>
            {t.remove}
          </Button>
        )}
      </Head>
      {rights.why && <small class="quiet">{rights.why}</small>}
      {isStale && (
        <div class="banner" role="status">
          {t.conflict.title}.{' '}
          <Button kind="bare" onClick={() => take(row)}>
            {t.conflict.keepTheirs}
          </Button>
        </div>
      )}
      <Problem problem={problem} />
      <div class="halves">
        <Fields key={round} content={String(shown.content)} tags={shown.tags as string[]} busy={busy} readOnly={!rights.change} onSave={(content, tags) => save({ content, tags }, shown)} />
        <Alike id={id} />
      </div>
      {newer && (
        <Conflict
          resource={NOTES}
          theirs={newer.theirs}
          yours={newer.set}
          onTheirs={() => {
            if (newer.theirs) take(newer.theirs);
            setNewer(undefined);
          }}
          onYours={() => {
            const { theirs, set } = newer;
            setNewer(undefined);
            if (theirs) save(set, theirs);
          }}
          onClose={() => setNewer(undefined)}
        />
      )}
    </>
  );
}

function Alike({ id }: { id: string }) {
  const { data } = useAsk(Similar, { id });
  return (
    <section class="stack">
      <h2>{text.similar}</h2>
      {data && data.similarNotes.length === 0 && <p class="quiet">{text.noneSimilar}</p>}
      <ul class="list">
        {data?.similarNotes.map(
          ({ note, similarity }) =>
            note && (
              <li key={note.id}>
                <a class="item" href={hrefOf(`/notes/${note.id}`)}>
                  <span class="text">{note.content.slice(0, 200)}</span>
                  <small class="quiet">{Math.round(similarity * 100)} %</small>
                </a>
              </li>
            ),
        )}
      </ul>
    </section>
  );
}

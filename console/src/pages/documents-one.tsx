import { useState } from 'preact/hooks';

import { act, ApiError } from '../api';
import { Badge, Button, Empty, Field, Head, Problem, Time, Waiting, type Submission } from '../components/basics';
import { CopyButton, SaveMarkdown } from '../components/copy';
import { Differences } from '../components/differences';
import { Markdown } from '../components/markdown';
import { Editor, Facts, useRow } from '../components/record';
import { doUnlessUndone } from '../components/toast';
import { beginning, dollars } from '../format';
import { graphql } from '../generated/graphql';
import type { DocumentAroundSubscription, DocumentFormat, GenerationState } from '../generated/graphql/graphql';
import { useAction, useLive } from '../hooks';
import { resourceNamed, type Row } from '../resources/schema';
import { useRights } from '../rights';
import { go, hrefOf } from '../router';
import { t } from '../texts';
import { generate, Wishes } from './documents-write';

const text = t.documents;
const DOCUMENTS = resourceNamed('documents')!;
const EDITS = ['title', 'content', 'format', 'status', 'tags', 'isPublic', 'allowComments', 'shareExpiresAt'];

const Around = graphql(`
  subscription DocumentAround($id: UUID!, $versions: DocumentWhere!) {
    live {
      documentSources(first: 200, where: { documentId: { eq: $id } }, orderBy: [{ position: ASC }]) { totalCount nodes { position isUsed noteId note { id content } } }
      documents(first: 50, where: $versions, orderBy: [{ version: DESC }, { createdAt: DESC }]) { nodes { id title version createdAt generationState content } }
    }
  }
`);
const Cancel = graphql(`
  mutation StopDocument($id: UUID!) { cancelJob(id: $id) { id } }
`);
const Remove = graphql(`
  mutation RemoveDocument($id: UUID!) { deleteDocument(id: $id) { id } }
`);

type Version = DocumentAroundSubscription['live']['documents']['nodes'][number];

/** What belongs together as versions: of one cluster, and what names this one or its parent. */
function versionsOf(row: Row) {
  const id = String(row.id);
  const parent = row.parentDocumentId;
  return {
    or: [
      { id: { eq: id } },
      { parentDocumentId: { eq: id } },
      ...(parent ? [{ id: { eq: String(parent) } }, { parentDocumentId: { eq: String(parent) } }] : []),
      ...(row.clusterId ? [{ clusterId: { eq: String(row.clusterId) } }] : []),
    ],
  };
}

/** One document, as it is written; its versions, and the notes that it is made of. */
export function OneDocument({ id }: { id: string }) {
  const { row, isThere, problem, again, waiting } = useRow(DOCUMENTS, id);
  if (problem && !row) return <Problem problem={problem} again={again} />;
  if (!row && waiting && isThere === undefined) return <Waiting />;
  if (!row) return <Empty action={<a class="button" href={hrefOf('/documents')}>{t.back}</a>}>{t.grid.noRow}</Empty>;
  return <Shown id={id} row={row} />;
}

function Shown({ id, row }: { id: string; row: Row }) {
  const [editing, setEditing] = useState<Row>();
  const rights = useRights(DOCUMENTS, row);
  const around = useLive(Around, { id, versions: versionsOf(row) });
  const state = row.generationState as GenerationState | null;
  const isWritten = state === 'WAITING' || state === 'WRITING';
  const content = String(row.content ?? '');
  const remove = () => {
    go('/documents');
    doUnlessUndone(
      t.grid.deleted,
      async () => {
        if (!(await act(Remove, { id })).deleteDocument) throw new ApiError(t.grid.notYours, 'FORBIDDEN');
      },
      () => go(`/documents/${id}`),
    );
  };
  return (
    <>
      <Head title={String(row.title)} live>
        <a class="button" href={hrefOf('/documents')}>
          {t.back}
        </a>
        {!isWritten && !editing && rights.change && <Button onClick={() => setEditing(row)}>{t.edit}</Button>}
        <CopyButton text={content} label={text.copy} />
        <SaveMarkdown title={String(row.title)} text={content} />
        {rights.remove && (
          <Button kind="danger" onClick={remove}>
            {t.remove}
          </Button>
        )}
      </Head>
      {rights.why && <small class="quiet">{rights.why}</small>}
      <State row={row} state={state} />
      {editing ? (
        <Editor resource={DOCUMENTS} names={EDITS} row={editing} onDone={() => setEditing(undefined)} />
      ) : (
        <div class="halves">
          <article class="card reading" aria-busy={isWritten}>
            {content ? <Text row={row} content={content} /> : <p class="quiet">{isWritten ? text.soon : text.noText}</p>}
          </article>
          <section class="stack">
            <Problem problem={around.problem} again={around.again} />
            {around.data && <Versions id={id} row={row} versions={around.data.live.documents.nodes} />}
            {around.data && <Sources sources={around.data.live.documentSources} />}
            {!isWritten && rights.change && <Further id={id} row={row} />}
            <details>
              <summary>{t.grid.details}</summary>
              <Facts resource={DOCUMENTS} row={{ ...row, content: null }} />
            </details>
          </section>
        </div>
      )}
    </>
  );
}

function Text({ row, content }: { row: Row; content: string }) {
  if (row.format === 'MARKDOWN') return <Markdown text={content} under={1} cite={(number) => `#source-${number}`} />;
  // HTML is shown as it is written: it is somebody's text, and nothing of it runs here.
  return <p class="prose">{content}</p>;
}

/** How far the writing is, by what, and how it ended. */
function State({ row, state }: { row: Row; state: GenerationState | null }) {
  const stopping = useAction();
  const told = (row.generationMetadata ?? {}) as { method?: string; error?: string; noModel?: string; model?: string; costUsd?: string | number; notes?: number; notesUsed?: number };
  if (!state) return null;
  const isWritten = state === 'WAITING' || state === 'WRITING';
  const job = row.generationJobId as string | null;
  return (
    <div class="stack" role="status">
      <p class="row">
        <Badge value={state} />
        {told.method === 'extractive' && <small class="quiet">{text.byExtract}</small>}
        {told.model && <small class="quiet">{text.byModel(told.model)}</small>}
        {told.notes !== undefined && <small class="quiet">{text.notesUsed(told.notesUsed ?? 0, told.notes)}</small>}
        {told.costUsd !== undefined && told.costUsd !== null && <small class="quiet">{dollars(told.costUsd)}</small>}
        {isWritten && job && (
          <Button busy={stopping.busy} onClick={() => stopping.run(() => act(Cancel, { id: job }))}>
            {t.chats.stop}
          </Button>
        )}
      </p>
      {state === 'FAILED' && told.error && <p class="problem">{told.error}</p>}
      {told.noModel && <small class="quiet">{text.noModel(told.noModel)}</small>}
      <Problem problem={stopping.problem} />
    </div>
  );
}

function Versions({ id, row, versions }: { id: string; row: Row; versions: readonly Version[] }) {
  const [against, setAgainst] = useState('');
  const others = versions.filter((version) => version.id !== id);
  const other = others.find((version) => version.id === against);
  return (
    <section class="stack">
      <h2>{text.versions}</h2>
      <ul class="list">
        {versions.map((version) => (
          <li key={version.id} class="row spread">
            <a href={hrefOf(`/documents/${version.id}`)} aria-current={version.id === id ? 'page' : undefined}>
              {t.artifacts.version(version.version)}
            </a>
            <small class="row quiet">
              {version.generationState && version.generationState !== 'COMPLETE' && <Badge value={version.generationState} />}
              <Time value={version.createdAt} />
            </small>
          </li>
        ))}
      </ul>
      {others.length > 0 && (
        <Field label={t.artifacts.compare}>
          {(attributes) => (
            <select value={against} onChange={(event) => setAgainst(event.currentTarget.value)} {...attributes}>
              <option value="">{t.none}</option>
              {others.map((version) => (
                <option key={version.id} value={version.id}>
                  {`${t.artifacts.version(version.version)}, ${version.title}`}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      {other && <Differences before={other.content} after={String(row.content ?? '')} />}
    </section>
  );
}

function Sources({ sources }: { sources: DocumentAroundSubscription['live']['documentSources'] }) {
  if (sources.totalCount === 0) return null;
  return (
    <section class="stack">
      <h2>{text.sourcesTitle(sources.totalCount)}</h2>
      <ol class="sources" tabIndex={0} aria-label={text.sourcesTitle(sources.totalCount)}>
        {sources.nodes.map(({ position, isUsed, note }) => (
          <li key={position} id={`source-${position}`} value={position}>
            {note ? <a href={hrefOf(`/notes/${note.id}`)}>{beginning(note.content, 120)}</a> : <span class="quiet">{text.sourceGone}</span>}
            {!isUsed && <small class="quiet"> ({text.unused})</small>}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The form of the next version, of the same notes. */
function Further({ id, row }: { id: string; row: Row }) {
  const { busy, problem, run } = useAction();
  const submit = (event: Submission) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    run(() => generate(form, { parentDocumentId: id }));
  };
  return (
    <details>
      <summary>{text.further}</summary>
      <form class="card" onSubmit={submit}>
        <p class="quiet">{text.furtherLead}</p>
        <Wishes format={row.format as DocumentFormat} />
        <Problem problem={problem} />
        <div>
          <Button type="submit" busy={busy}>
            {text.writeIt}
          </Button>
        </div>
      </form>
    </details>
  );
}

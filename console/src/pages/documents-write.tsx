import { useState } from 'preact/hooks';

import { act, ApiError } from '../api';
import { Button, Field, Head, Input, Problem, type Submission } from '../components/basics';
import { chosenModel, ModelChoice } from '../components/model-choice';
import { beginning, words } from '../format';
import { graphql } from '../generated/graphql';
import type { DocumentFormat } from '../generated/graphql/graphql';
import { useAction, useAsk, useSettled } from '../hooks';
import { go, hrefOf } from '../router';
import { t } from '../texts';

const text = t.documents;
const FORMATS: DocumentFormat[] = ['MARKDOWN', 'HTML', 'PLAIN_TEXT'];

const Clusters = graphql(`
  query ClustersToWriteOf {
    clusters(first: 200, where: { dismissedAt: { isNull: true } }, orderBy: [{ updatedAt: DESC }]) { nodes { id title status activeNoteCount noteSuggestions(first: 1) { totalCount } } }
  }
`);
const Notes = graphql(`
  query NotesToWriteOf($where: NoteWhere!) { notes(first: 40, where: $where, orderBy: [{ updatedAt: DESC }]) { nodes { id content } } }
`);
const Generate = graphql(`
  mutation GenerateDocument(
    $clusterId: UUID, $noteIds: [UUID!], $parentDocumentId: UUID, $title: String, $format: DocumentFormat!, $instructions: String, $provider: String, $model: String
  ) {
    generateDocument(
      clusterId: $clusterId, noteIds: $noteIds, parentDocumentId: $parentDocumentId, title: $title, format: $format
      instructions: $instructions, provider: $provider, model: $model
    ) { document { id } }
  }
`);

type Source = { clusterId?: string; noteIds?: string[]; parentDocumentId?: string };

/** Has a document written as a form says, and goes there. */
export async function generate(form: FormData, source: Source) {
  const given = (name: string) => String(form.get(name) ?? '').trim() || undefined;
  const variables = {
    ...source,
    title: given('title'),
    format: (given('format') ?? 'MARKDOWN') as DocumentFormat,
    instructions: given('instructions'),
    ...chosenModel(form),
  };
  const { document } = (await act(Generate, variables)).generateDocument;
  if (document) go(`/documents/${document.id}`);
}

/** What is to be written: the part of the form that a first and a further version share. */
export function Wishes({ format }: { format?: DocumentFormat }) {
  return (
    <>
      <Field label={text.instructions} hint={text.instructionsHint}>
        {(attributes) => <textarea name="instructions" rows={4} maxLength={10_000} {...attributes} />}
      </Field>
      <Field label={text.format}>
        {(attributes) => (
          <select name="format" {...attributes}>
            {FORMATS.map((each) => (
              <option key={each} value={each} selected={each === format}>
                {words(each)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <ModelChoice local />
    </>
  );
}

/** The form of a document that is to be written of a cluster, or of single notes. */
export function WriteDocument({ query }: { query: URLSearchParams }) {
  const clusters = useAsk(Clusters);
  const [from, setFrom] = useState<'cluster' | 'notes'>(query.get('from') === 'notes' ? 'notes' : 'cluster');
  const [chosen, setChosen] = useState<ReadonlyMap<string, string>>(new Map());
  const { busy, problem, run } = useAction();
  const submit = (event: Submission) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    run(async () => {
      if (from === 'notes' && chosen.size === 0) throw new ApiError(text.noNotesChosen);
      await generate(form, from === 'notes' ? { noteIds: [...chosen.keys()] } : { clusterId: String(form.get('cluster')) });
    });
  };
  const list = clusters.data?.clusters.nodes;
  return (
    <>
      <Head title={text.write} lead={text.writeLead}>
        <a class="button" href={hrefOf('/documents')}>
          {t.back}
        </a>
      </Head>
      <Problem problem={clusters.problem} again={clusters.again} />
      <form class="card" onSubmit={submit}>
        <fieldset class="row">
          <legend class="label">{text.of}</legend>
          {(['cluster', 'notes'] as const).map((each) => (
            <label class="check" key={each}>
              <input type="radio" name="from" checked={from === each} onChange={() => setFrom(each)} />
              {text.sources[each]}
            </label>
          ))}
        </fieldset>
        {from === 'cluster' && list?.length === 0 && (
          <p class="quiet">
            {text.noClusters} <a href={hrefOf('/clusters')}>{t.pages.clusters}</a>
          </p>
        )}
        {from === 'cluster' && list && list.length > 0 && (
          <Field label={t.notes.cluster}>
            {(attributes) => (
              <select name="cluster" required {...attributes}>
                {list.map(({ id, title, activeNoteCount, noteSuggestions }) => (
                  <option key={id} value={id} selected={id === query.get('cluster')}>
                    {`${title} (${t.clusters.notes(activeNoteCount || noteSuggestions.totalCount)})`}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
        {from === 'notes' && <ChooseNotes chosen={chosen} onChange={setChosen} />}
        <Input label={text.titleOfIt} hint={text.titleHint} name="title" maxLength={500} />
        <Wishes />
        <Problem problem={problem} />
        <div>
          <Button type="submit" kind="main" busy={busy} disabled={from === 'cluster' && !list?.length}>
            {text.writeIt}
          </Button>
        </div>
      </form>
    </>
  );
}

/** Notes to be picked, found by words; those that are picked stay in sight. */
function ChooseNotes({ chosen, onChange }: { chosen: ReadonlyMap<string, string>; onChange: (next: ReadonlyMap<string, string>) => void }) {
  const [typed, setTyped] = useState('');
  const settled = useSettled(typed.trim(), 250);
  const where = { deletedAt: { isNull: true }, ...(settled && { content: { ilike: `%${settled.replace(/[\\%_]/g, '\\$&')}%` } }) };
  const { data, problem, again } = useAsk(Notes, { where });
  const toggle = (id: string, content: string) => {
    const next = new Map(chosen);
    if (!next.delete(id)) next.set(id, content);
    onChange(next);
  };
  const others = data?.notes.nodes.filter(({ id }) => !chosen.has(id)) ?? [];
  return (
    <fieldset class="stack">
      <legend class="label">{text.chooseNotes(chosen.size)}</legend>
      <input type="search" aria-label={text.findNotes} placeholder={text.findNotes} value={typed} onInput={(event) => setTyped(event.currentTarget.value)} onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()} />
      <Problem problem={problem} again={again} />
      <div class="choices" tabIndex={0} role="group" aria-label={t.pages.notes}>
        {[...chosen].map(([id, content]) => (
          <NoteChoice key={id} content={content} checked onToggle={() => toggle(id, content)} />
        ))}
        {others.map(({ id, content }) => (
          <NoteChoice key={id} content={content} onToggle={() => toggle(id, content)} />
        ))}
        {data && others.length + chosen.size === 0 && <p class="quiet">{settled ? t.notes.nothingFound(settled) : text.noNotes}</p>}
      </div>
    </fieldset>
  );
}

function NoteChoice({ content, checked, onToggle }: { content: string; checked?: boolean; onToggle: () => void }) {
  return (
    <label class="check">
      <input type="checkbox" checked={Boolean(checked)} onChange={onToggle} />
      <span class="line">{beginning(content, 160)}</span>
    </label>
  );
}

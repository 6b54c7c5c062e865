import type { ComponentChildren } from 'preact';

import { act, ApiError } from '../api';
import { Badge, Button, Empty, Figure, Head, Problem, Time, Waiting } from '../components/basics';
import { CopyButton, SaveMarkdown } from '../components/copy';
import { useRow } from '../components/record';
import { doUnlessUndone } from '../components/toast';
import { count, dollars, milliseconds } from '../format';
import { graphql } from '../generated/graphql';
import { useAction, useLive } from '../hooks';
import { resourceNamed, type Resource, type Row } from '../resources/schema';
import { useRights } from '../rights';
import { go, hrefOf } from '../router';
import { t } from '../texts';

const text = t.prompts;
const ENTRIES = resourceNamed('promptHistoryEntries')!;
const GENERATIONS = resourceNamed('promptGenerations')!;

const Writing = graphql(`
  subscription PromptsBeingWritten {
    live { jobs(first: 20, where: { jobType: { eq: "prompts.generate" }, status: { in: [PENDING, PROCESSING] } }) { nodes { id payload progress } } }
  }
`);
const Cancel = graphql(`
  mutation StopPrompt($id: UUID!) { cancelJob(id: $id) { id } }
`);
const RemoveEntry = graphql(`
  mutation RemovePromptEntry($id: UUID!) { deletePromptHistoryEntry(id: $id) { id } }
`);
const RemoveGeneration = graphql(`
  mutation RemovePromptGeneration($id: UUID!) { deletePromptGeneration(id: $id) { id } }
`);

/** A prompt that was written by a framework, as it comes. */
export function OneEntry({ id }: { id: string }) {
  const answer = useRow(ENTRIES, id);
  return (
    <Shown {...answer} resource={ENTRIES} path="/prompts/promptHistoryEntries" remove={async () => Boolean((await act(RemoveEntry, { id })).deletePromptHistoryEntry)}>
      {(row) => ({
        input: String(row.userInput),
        made: row.aiResponse as string | null,
        about: String(row.frameworkName),
        error: row.errorMessage as string | null,
        tokens: row.tokensUsed as number | null,
        cost: row.costUsd as string | null,
        ms: row.processingTimeMs as number | null,
        again: hrefOf('/prompts/write', { framework: String(row.frameworkId), template: row.templateId ? String(row.templateId) : undefined }),
      })}
    </Shown>
  );
}

/** A prompt that was made of a project. */
export function OneGeneration({ id }: { id: string }) {
  const answer = useRow(GENERATIONS, id);
  return (
    <Shown {...answer} resource={GENERATIONS} path="/prompts/promptGenerations" remove={async () => Boolean((await act(RemoveGeneration, { id })).deletePromptGeneration)}>
      {(row) => ({
        input: String(row.inputText),
        made: row.generatedPrompt as string | null,
        about: '',
        error: row.errorMessage as string | null,
        tokens: row.inputTokens === null ? null : Number(row.inputTokens) + Number(row.outputTokens),
        cost: row.cost as string | null,
        ms: row.durationMs as number | null,
      })}
    </Shown>
  );
}

interface Made {
  input: string;
  made: string | null;
  about: string;
  error: string | null;
  tokens: number | null;
  cost: string | null;
  ms: number | null;
  /** Where another one is written in the same way. */
  again?: string;
}

type ShownProps = ReturnType<typeof useRow> & { resource: Resource; path: string; remove: () => Promise<boolean>; children: (row: Row) => Made };

function Shown({ resource, row, isThere, problem, again, waiting, path, remove, children }: ShownProps) {
  const rights = useRights(resource, row);
  const back = (
    <a class="button" href={hrefOf(path)}>
      {t.back}
    </a>
  );
  if (problem && !row) return <Problem problem={problem} again={again} />;
  if (!row && waiting && isThere === undefined) return <Waiting />;
  if (!row) return <Empty action={back}>{t.grid.noRow}</Empty>;
  const made = children(row);
  const address = `${path}/${row.id}`;
  const removeIt = () => {
    go(path);
    const work = async () => {
      if (!(await remove())) throw new ApiError(t.grid.notYours, 'FORBIDDEN');
    };
    doUnlessUndone(t.grid.deleted, work, () => go(address));
  };
  return (
    <>
      <Head title={text.one} lead={made.about} live>
        {back}
        {made.again && (
          <a class="button" href={made.again}>
            {text.another}
          </a>
        )}
        {rights.remove && (
          <Button kind="danger" onClick={removeIt}>
            {t.remove}
          </Button>
        )}
      </Head>
      {rights.why && <small class="quiet">{rights.why}</small>}
      <p class="row" role="status">
        <Badge value={String(row.status)} />
        <span class="quiet">
          <Time value={String(row.createdAt)} />
        </span>
        {row.status === 'PENDING' && <Pending id={String(row.id)} />}
      </p>
      {made.error && <p class="problem">{made.error}</p>}
      <div class="halves">
        <Text title={text.result} text={made.made} empty={row.status === 'PENDING' ? text.soon : text.nothingMade}>
          {made.made && <CopyButton text={made.made} />}
          {made.made && <SaveMarkdown title={made.input.slice(0, 60)} text={made.made} />}
        </Text>
        <div class="stack">
          <div class="figures">
            {row.model ? <Figure label={t.models.label} value={String(row.model)} /> : null}
            {made.tokens !== null && <Figure label={t.chats.tokens} value={count(made.tokens)} />}
            {made.cost !== null && <Figure label={t.chats.cost} value={dollars(made.cost)} />}
            {made.ms !== null && <Figure label={text.took} value={milliseconds(made.ms)} />}
          </div>
          <Text title={text.input} text={made.input} empty="" />
        </div>
      </div>
    </>
  );
}

/** The job that writes it can be stopped. */
function Pending({ id }: { id: string }) {
  const { data } = useLive(Writing);
  const { busy, problem, run } = useAction();
  const job = data?.live.jobs.nodes.find(({ payload }) => Object.values((payload ?? {}) as object).includes(id));
  if (!job) return null;
  return (
    <>
      <Button busy={busy} onClick={() => run(() => act(Cancel, { id: job.id }))}>
        {t.chats.stop}
      </Button>
      <Problem problem={problem} />
    </>
  );
}

function Text({ title, text: told, empty, children }: { title: string; text: string | null; empty: string; children?: ComponentChildren }) {
  return (
    <section class="card">
      <h2>{title}</h2>
      {told ? <p class="prose">{told}</p> : <p class="quiet">{empty}</p>}
      {children && <div class="actions">{children}</div>}
    </section>
  );
}

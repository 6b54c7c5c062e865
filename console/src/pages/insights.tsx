import { useMemo, useState } from 'preact/hooks';

import { act } from '../api';
import { Badge, Button, Empty, Field, Head, Input, Problem, Waiting, type Submission } from '../components/basics';
import { CopyButton, SaveMarkdown } from '../components/copy';
import { LazyChart } from '../components/lazy-chart';
import { Markdown } from '../components/markdown';
import { chosenModel, ModelChoice } from '../components/model-choice';
import { count, day, words } from '../format';
import { graphql } from '../generated/graphql';
import type { MyInsightsSubscription } from '../generated/graphql/graphql';
import { useAction, useLive } from '../hooks';
import type { PageProps } from '../pages';
import { go, hrefOf } from '../router';
import { t } from '../texts';

const text = t.insights;

const Mine = graphql(`
  subscription MyInsights {
    live {
      insights(first: 104, orderBy: [{ weekStart: DESC }]) { nodes { id title content weekStart weekEnd generatedAt generationMetadata } }
      jobs(first: 3, where: { jobType: { eq: "insights.write" } }, orderBy: [{ createdAt: DESC }]) { nodes { id status progress error result } }
    }
  }
`);
const Generate = graphql(`
  mutation GenerateWeeklyInsight($week: Date, $provider: String, $model: String) {
    generateWeeklyInsight(week: $week, provider: $provider, model: $model) { id }
  }
`);

type Insight = MyInsightsSubscription['live']['insights']['nodes'][number];
type Job = MyInsightsSubscription['live']['jobs']['nodes'][number];
type Numbers = Record<string, number>;

/** The week's days. It ends where the next one begins. */
const nameOf = ({ weekStart, weekEnd }: Insight) => `${day(weekStart)} – ${day(new Date(new Date(weekEnd).getTime() - 1).toISOString())}`;

/** What the server counted, by the names of what it counted. */
const told = (insight: Insight) =>
  (insight.generationMetadata ?? {}) as { numbers?: Numbers; method?: string; model?: string; themes?: { title: string; notes: number }[]; tags?: { tag: string; notes: number }[] };

/** What each week of one's notes shows, one week beside another. */
export default function Insights({ rest, query }: PageProps) {
  const { data, problem, again, waiting } = useLive(Mine);
  const insights = data?.live.insights.nodes;
  const shown = insights?.find(({ id }) => id === rest[0]) ?? insights?.[0];
  const other = insights?.find(({ id }) => id === query.get('with'));
  const begun = useAction();
  const [job, setJob] = useState<string>();
  const running = data?.live.jobs.nodes.find(({ id, status }) => (job ? id === job : status === 'PENDING' || status === 'PROCESSING'));
  const write = (form?: FormData) =>
    begun.run(async () => {
      const week = String(form?.get('week') ?? '') || undefined;
      setJob((await act(Generate, { week, ...(form && chosenModel(form)) })).generateWeeklyInsight.id);
    });
  return (
    <>
      <Head title={t.pages.insights} lead={text.lead} live={Boolean(data)}>
        <Button kind="main" busy={begun.busy || isBusy(running)} onClick={() => write()}>
          {text.thisWeek}
        </Button>
      </Head>
      <Problem problem={problem ?? begun.problem} again={problem && again} />
      {running && <Progress job={running} />}
      {!data && waiting && <Waiting />}
      {insights?.length === 0 && <Empty>{text.empty}</Empty>}
      {insights && shown && (
        <>
          <Weeks insights={insights} shown={shown} other={other} />
          {insights.filter((week) => told(week).numbers).length > 1 && <Course insights={insights} />}
          {other && <Beside first={shown} second={other} />}
          <div class={other ? 'columns' : 'stack'}>
            <One insight={shown} />
            {other && <One insight={other} />}
          </div>
        </>
      )}
      <Another busy={begun.busy} onWrite={write} />
    </>
  );
}

const isBusy = (job: Job | undefined) => job?.status === 'PENDING' || job?.status === 'PROCESSING';

/** How far the writing is, and how it ended. */
function Progress({ job }: { job: Job }) {
  const made = (job.result as { insightId?: string | null } | null)?.insightId;
  return (
    <p class="row" role="status">
      <Badge value={job.status} />
      {isBusy(job) && <span>{text.writing(job.progress)}</span>}
      {job.status === 'COMPLETED' && (made ? <a href={hrefOf(`/insights/${made}`)}>{text.written}</a> : <span>{text.noNotes}</span>)}
      {job.error && <span>{job.error}</span>}
    </p>
  );
}

function Weeks({ insights, shown, other }: { insights: readonly Insight[]; shown: Insight; other?: Insight }) {
  return (
    <div class="row narrow">
      <Field label={text.week}>
        {(attributes) => (
          <select value={shown.id} onChange={(event) => go(`/insights/${event.currentTarget.value}`, { with: other?.id })} {...attributes}>
            {insights.map((insight) => (
              <option key={insight.id} value={insight.id}>
                {nameOf(insight)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={t.artifacts.compare}>
        {(attributes) => (
          <select value={other?.id ?? ''} onChange={(event) => go(`/insights/${shown.id}`, { with: event.currentTarget.value }, true)} {...attributes}>
            <option value="">{text.weekBefore}</option>
            {insights
              .filter(({ id }) => id !== shown.id)
              .map((insight) => (
                <option key={insight.id} value={insight.id}>
                  {nameOf(insight)}
                </option>
              ))}
          </select>
        )}
      </Field>
    </div>
  );
}

/** The notes of each week, the earliest first. */
function Course({ insights }: { insights: readonly Insight[] }) {
  const weeks = useMemo(() => [...insights].reverse(), [insights]);
  const times = useMemo(() => weeks.map(({ weekStart }) => new Date(weekStart).getTime() / 1000), [weeks]);
  const series = useMemo(() => [{ label: t.pages.notes, values: weeks.map((week) => told(week).numbers?.notes ?? null), format: (value: number) => count(value) }], [weeks]);
  return (
    <section class="card">
      <h2>{text.course}</h2>
      <LazyChart label={text.course} bars times={times} series={series} />
    </section>
  );
}

/** The numbers of two weeks beside each other. */
function Beside({ first, second }: { first: Insight; second: Insight }) {
  const [a, b] = [told(first).numbers, told(second).numbers];
  if (!a || !b) return <p class="quiet">{text.noNumbers}</p>;
  return (
    <div class="table-frame" tabIndex={0} role="region" aria-label={text.numbers}>
      <table>
        <thead>
          <tr>
            <th scope="col">{text.numbers}</th>
            <th scope="col" class="number">{nameOf(first)}</th>
            <th scope="col" class="number">{nameOf(second)}</th>
            <th scope="col" class="number">{text.difference}</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(a).map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{words(name)}</th>
              <td class="number">{count(value)}</td>
              <td class="number">{count(b[name])}</td>
              <td class="number">{signed(value - (b[name] ?? 0))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const signed = (value: number) => (value > 0 ? `+${count(value)}` : count(value));

function One({ insight }: { insight: Insight }) {
  const { method, model, themes = [], tags = [] } = told(insight);
  return (
    <article class="card reading">
      <header class="stack">
        <h2>{insight.title}</h2>
        <div class="row">
          {method && <small class="quiet">{method === 'model' ? t.documents.byModel(model ?? '') : t.documents.byExtract}</small>}
          <CopyButton text={insight.content} />
          <SaveMarkdown title={insight.title} text={insight.content} />
        </div>
      </header>
      {themes.length > 0 && (
        <p class="row">
          {themes.map(({ title }) => (
            <span class="badge" key={title}>
              {title}
            </span>
          ))}
          {tags.slice(0, 8).map(({ tag }) => (
            <small key={tag} class="quiet">
              #{tag}
            </small>
          ))}
        </p>
      )}
      <Markdown text={insight.content} under={2} />
    </article>
  );
}

/** The form for any week, by any model. */
function Another({ busy, onWrite }: { busy: boolean; onWrite: (form: FormData) => void }) {
  const submit = (event: Submission) => {
    event.preventDefault();
    onWrite(new FormData(event.currentTarget));
  };
  return (
    <details>
      <summary>{text.another}</summary>
      <form class="card" onSubmit={submit}>
        <Input label={text.dayOfWeek} hint={text.dayHint} name="week" type="date" max={new Date().toISOString().slice(0, 10)} />
        <ModelChoice local />
        <div>
          <Button type="submit" busy={busy}>
            {text.writeIt}
          </Button>
        </div>
      </form>
    </details>
  );
}

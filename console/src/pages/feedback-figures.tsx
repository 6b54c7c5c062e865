import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';

import { Empty, Figure, Head, Problem, Waiting } from '../components/basics';
import { LazyChart } from '../components/lazy-chart';
import { count, number, words } from '../format';
import { graphql } from '../generated/graphql';
import type { FeedbackFiguresQuery } from '../generated/graphql/graphql';
import { useAsk } from '../hooks';
import { go } from '../router';
import { t } from '../texts';

const text = t.feedback;
const DAY_MS = 86_400_000;
const SPANS = [7, 28, 90];

const Figures = graphql(`
  query FeedbackFigures($where: FeedbackWhere!, $answered: FeedbackWhere!, $from: DateTime!, $to: DateTime!, $timeZone: String!, $since: Date!) {
    days: feedbacksAggregate(
      where: $where
      groupBy: [{ column: CREATED_AT, truncate: DAY, timeZone: $timeZone, fill: { from: $from, to: $to } }]
      first: 100
    ) { count group { createdAt } avg { rating } }
    all: feedbacksAggregate(where: $where) { count avg { rating } }
    answered: feedbacksAggregate(where: $answered) { count }
    types: feedbacksAggregate(where: $where, groupBy: [{ column: FEEDBACK_TYPE }], first: 20) { count group { feedbackType } avg { rating } }
    states: feedbacksAggregate(where: $where, groupBy: [{ column: STATUS }], first: 20) { count group { status } }
    priorities: feedbacksAggregate(where: $where, groupBy: [{ column: PRIORITY }], first: 20) { count group { priority } }
    ratings: feedbacksAggregate(where: $where, groupBy: [{ column: RATING }], first: 20) { count group { rating } }
    kinds: feedbacksAggregate(where: $where, groupBy: [{ column: CATEGORY_ID }], first: 50) { count group { categoryId } }
    feedbackCategories(first: 100) { nodes { id name } }
    feedbackTags(first: 100) { nodes { id name feedbackLinks(first: 1, where: { feedback: $where }) { totalCount } } }
    feedbackDays(first: 100, where: { date: { gte: $since } }, orderBy: [{ date: ASC }]) { nodes { date avgResponseTimeHours } }
  }
`);

type Data = FeedbackFiguresQuery;
type Share = { name: string; count: number };

/** What was said in the last days, as charts. */
export function FeedbackFigures({ query, tabs }: { query: URLSearchParams; tabs: ComponentChildren }) {
  const days = SPANS.find((span) => String(span) === query.get('days')) ?? 28;
  const variables = useMemo(() => {
    const to = new Date();
    const from = new Date(to.getTime() - (days - 1) * DAY_MS);
    from.setHours(0, 0, 0, 0);
    const where = { createdAt: { gte: from.toISOString() } };
    return {
      where,
      answered: { ...where, respondedAt: { isNull: false } },
      from: from.toISOString(),
      to: to.toISOString(),
      since: from.toISOString().slice(0, 10),
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    };
  }, [days]);
  const { data, problem, again, waiting } = useAsk(Figures, variables);
  return (
    <>
      <Head title={t.pages.feedback} lead={text.figuresLead}>
        <div class="narrow">
          <select aria-label={t.usage.days} value={days} onChange={(event) => go('/feedback/figures', { days: event.currentTarget.value }, true)}>
            {SPANS.map((span) => (
              <option key={span} value={span}>{`${span} ${t.usage.days.toLowerCase()}`}</option>
            ))}
          </select>
        </div>
      </Head>
      {tabs}
      <Problem problem={problem} again={again} />
      {!data && waiting && <Waiting />}
      {data && (data.all[0]?.count ? <Charts data={data} /> : <Empty>{text.noneInTime}</Empty>)}
    </>
  );
}

function Charts({ data }: { data: Data }) {
  const all = data.all[0]!;
  const open = data.states.reduce((sum, { count: each, group }) => sum + (group.status === 'OPEN' || group.status === 'IN_PROGRESS' ? each : 0), 0);
  const hours = data.feedbackDays.nodes.flatMap(({ avgResponseTimeHours }) => (avgResponseTimeHours ? [Number(avgResponseTimeHours)] : []));
  const times = data.days.map(({ group }) => new Date(group.createdAt ?? 0).getTime() / 1000);
  const names = new Map(data.feedbackCategories.nodes.map(({ id, name }) => [id, name]));
  const tags = data.feedbackTags.nodes.map(({ name, feedbackLinks }) => ({ name, count: feedbackLinks.totalCount })).filter((tag) => tag.count > 0);
  return (
    <>
      <div class="figures">
        <Figure label={text.said} value={count(all.count)} />
        <Figure label={text.open} value={count(open)} tone={open > 0 ? 'warn' : undefined} />
        <Figure label={text.answered} value={`${Math.round((100 * (data.answered[0]?.count ?? 0)) / all.count)} %`} />
        <Figure label={text.rating} value={all.avg.rating ? number(all.avg.rating) : '–'} />
        {hours.length > 0 && <Figure label={text.responseTime} value={text.hours(number(hours.reduce((sum, each) => sum + each, 0) / hours.length))} />}
      </div>
      <div class="columns">
        <div class="card">
          <h2>{text.byDay}</h2>
          <LazyChart label={text.byDay} bars times={times} series={[{ label: text.said, values: data.days.map((day) => day.count), format: (value) => count(value) }]} />
        </div>
        <div class="card">
          <h2>{text.ratingByDay}</h2>
          <LazyChart label={text.ratingByDay} bars times={times} series={[{ label: text.rating, tone: 'good', values: data.days.map((day) => (day.avg.rating ? Number(day.avg.rating) : null)), format: (value) => number(value) }]} />
        </div>
      </div>
      <div class="columns">
        <Shares title={text.byType} shares={data.types.map(({ group, count: each }) => ({ name: words(group.feedbackType ?? t.none), count: each }))} />
        <Shares title={text.byStatus} shares={data.states.map(({ group, count: each }) => ({ name: words(group.status ?? t.none), count: each }))} />
        <Shares title={text.byPriority} shares={data.priorities.map(({ group, count: each }) => ({ name: words(group.priority ?? t.none), count: each }))} />
        <Shares title={text.byRating} shares={data.ratings.map(({ group, count: each }) => ({ name: group.rating ? text.stars(group.rating) : text.noRating, count: each }))} />
        <Shares title={text.byCategory} shares={data.kinds.map(({ group, count: each }) => ({ name: names.get(group.categoryId ?? '') ?? t.none, count: each }))} />
        {tags.length > 0 && <Shares title={text.byTag} shares={tags} />}
      </div>
    </>
  );
}

/** How much of the whole each part has: a table whose rows have bars. */
function Shares({ title, shares }: { title: string; shares: Share[] }) {
  const most = Math.max(...shares.map((share) => share.count), 1);
  return (
    <section class="card">
      <h2>{title}</h2>
      <table class="bars" aria-label={title}>
        <tbody>
          {[...shares]
            .sort((a, b) => b.count - a.count)
            .map((share) => (
              <tr key={share.name}>
                <th scope="row">{share.name}</th>
                <td>
                  <span class="bar" style={{ width: `${(100 * share.count) / most}%` }} />
                </td>
                <td class="number">{count(share.count)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </section>
  );
}

import { useMemo } from 'preact/hooks';

import { isAdmin } from '../app';
import { Empty, Figure, Head, Problem, Waiting } from '../components/basics';
import { Grid } from '../components/grid';
import { LazyChart } from '../components/lazy-chart';
import { count, dollars, short, words } from '../format';
import { graphql } from '../generated/graphql';
import type { UsageByDaySubscription } from '../generated/graphql/graphql';
import { useClock, useLive, useSession } from '../hooks';
import type { PageProps } from '../pages';
import { resourceNamed } from '../resources/schema';
import { go } from '../router';
import { t } from '../texts';

const text = t.usage;
const DAY_MS = 86_400_000;
const SPANS = [7, 28, 90];
const LOG = resourceNamed('usageLogs')!;

const ByDay = graphql(`
  subscription UsageByDay($where: UsageLogWhere!, $from: DateTime!, $to: DateTime!, $timeZone: String!) {
    live {
      days: usageLogsAggregate(
        where: $where
        groupBy: [{ column: CREATED_AT, truncate: DAY, timeZone: $timeZone, fill: { from: $from, to: $to } }]
        first: 100
      ) {
        count
        group { createdAt }
        sum { totalCost totalTokens }
      }
      agents: usageLogsAggregate(where: $where, groupBy: [{ column: AGENT_TYPE }], first: 20) {
        count
        group { agentType }
        sum { totalCost totalTokens }
      }
      models: usageLogsAggregate(where: $where, groupBy: [{ column: MODEL_USED }], first: 20) {
        count
        group { modelUsed }
        sum { totalCost totalTokens }
      }
    }
  }
`);

type Group = { name: string; calls: number; cost: string | null; tokens: string | null };

/** What the models cost: by day, by agent, by model, and each call. */
export default function Usage({ query }: PageProps) {
  const { session } = useSession();
  const days = SPANS.find((span) => String(span) === query.get('days')) ?? 28;
  useClock();
  const today = new Date().toDateString();
  const variables = useMemo(() => {
    const from = new Date(Date.now() - (days - 1) * DAY_MS);
    from.setHours(0, 0, 0, 0);
    const to = new Date();
    to.setHours(23, 59, 59, 0);
    const where = { createdAt: { gte: from.toISOString() } };
    return { where, from: from.toISOString(), to: to.toISOString(), timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone };
  }, [days, today]);
  const { data, problem, again, waiting } = useLive(ByDay, variables);
  const isAll = session && isAdmin(session);
  return (
    <>
      <Head title={t.pages.usage} lead={isAll ? text.leadAll : text.lead} live={Boolean(data)}>
        <div class="narrow">
          <select aria-label={text.days} value={days} onChange={(event) => go('/usage', { days: event.currentTarget.value }, true)}>
            {SPANS.map((span) => (
              <option key={span} value={span}>{`${span} ${text.days.toLowerCase()}`}</option>
            ))}
          </select>
        </div>
      </Head>
      <Problem problem={problem} again={again} />
      {!data && waiting && <Waiting />}
      {data && <Sums data={data.live} />}
      {/* What stands above is as high as it is to be: nothing moves. */}
      {(data || problem) && (
        <section class="stack">
          <h2>{text.log}</h2>
          <Grid
            resource={LOG}
            path="/usage"
            query={query}
            columns={[...(isAll ? ['userId'] : []), 'agentType', 'modelUsed', 'provider', 'totalTokens', 'totalCost', 'durationMs', 'createdAt']}
            rowPath={isAll ? (row) => `/tables/usageLogs/${row.id}` : undefined}
            empty={text.empty}
          />
        </section>
      )}
    </>
  );
}

function Sums({ data }: { data: UsageByDaySubscription['live'] }) {
  const total = (pick: (day: UsageByDaySubscription['live']['days'][number]) => unknown) => data.days.reduce((sum, day) => sum + Number(pick(day) ?? 0), 0);
  const calls = total((day) => day.count);
  if (calls === 0) return <Empty>{text.empty}</Empty>;
  return (
    <>
      <div class="figures">
        <Figure label={text.cost} value={dollars(total((day) => day.sum.totalCost))} />
        <Figure label={text.calls} value={count(calls)} />
        <Figure label={text.tokens} value={short(total((day) => day.sum.totalTokens))} />
      </div>
      <div class="card">
        <h2>{text.byDay}</h2>
        <LazyChart
          label={text.byDay}
          bars
          times={data.days.map((day) => new Date(day.group.createdAt ?? 0).getTime() / 1000)}
          series={[{ label: text.cost, values: data.days.map((day) => Number(day.sum.totalCost ?? 0)), format: dollars }]}
        />
      </div>
      <div class="columns">
        <Shares
          title={text.byAgent}
          groups={data.agents.map(({ group, count: n, sum }) => ({ name: words(group.agentType ?? t.none), calls: n, cost: sum.totalCost ?? null, tokens: sum.totalTokens ?? null }))}
        />
        <Shares
          title={text.byModel}
          groups={data.models.map(({ group, count: n, sum }) => ({ name: group.modelUsed ?? t.none, calls: n, cost: sum.totalCost ?? null, tokens: sum.totalTokens ?? null }))}
        />
      </div>
    </>
  );
}

function Shares({ title, groups }: { title: string; groups: Group[] }) {
  return (
    <div class="stack">
      <h2>{title}</h2>
      <div class="table-frame">
        <table>
          <thead>
            <tr>
              <th scope="col">{title}</th>
              <th scope="col" class="number">{text.calls}</th>
              <th scope="col" class="number">{text.tokens}</th>
              <th scope="col" class="number">{text.cost}</th>
            </tr>
          </thead>
          <tbody>
            {groups
              .sort((a, b) => Number(b.cost) - Number(a.cost))
              .map((group) => (
                <tr key={group.name}>
                  <td>{group.name}</td>
                  <td class="number">{count(group.calls)}</td>
                  <td class="number">{short(group.tokens)}</td>
                  <td class="number">{dollars(group.cost)}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

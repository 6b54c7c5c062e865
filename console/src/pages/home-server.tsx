import { useMemo } from 'preact/hooks';

import { Badge, Figure, Problem, Waiting } from '../components/basics';
import { LazyChart } from '../components/lazy-chart';
import { bytes, count, milliseconds, number, words } from '../format';
import { graphql } from '../generated/graphql';
import type { ServerNowSubscription } from '../generated/graphql/graphql';
import { useLive } from '../hooks';
import { LiveMetrics } from './home-metrics';
import { hrefOf } from '../router';
import { t } from '../texts';

const text = t.home;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

const Now = graphql(`
  subscription ServerNow {
    live {
      healthReport {
        openAlerts
        figures { kind subject value unit threshold details alerting }
      }
      jobsAggregate(groupBy: [{ column: STATUS }]) { count group { status } }
    }
  }
`);
const Minutes = graphql(`
  subscription ServerMinutes($since: DateTime!) {
    live {
      performanceMetricsAggregate(
        where: { recordedAt: { gte: $since }, metricType: { in: [QUERY, REQUEST] } }
        groupBy: [{ column: RECORDED_AT, truncate: MINUTE }]
        first: 70
      ) {
        group { recordedAt }
        sum { sampleCount errorCount }
        avg { p50Ms p95Ms }
      }
    }
  }
`);

type Report = ServerNowSubscription['live']['healthReport'];

/** How the server is, live. */
export function Server() {
  const { data, problem, again, waiting } = useLive(Now);
  const report = data?.live.healthReport;
  const jobs = (status: string) => Number(data?.live.jobsAggregate.find((each) => each.group.status === status)?.count ?? 0);
  return (
    <section class="stack">
      <h2>{text.adminTitle}</h2>
      <Problem problem={problem} again={again} />
      {!report && waiting && <Waiting />}
      {report && (
        <>
          <div class="figures">
            <Figure label={`${text.jobs}, ${text.waiting}`} value={count(jobs('PENDING'))} />
            <Figure label={`${text.jobs}, ${text.running}`} value={count(jobs('PROCESSING'))} />
            {report.figures.map((figure) => (
              <HealthFigure key={`${figure.kind}${figure.subject}`} figure={figure} />
            ))}
          </div>
          <p>
            {report.openAlerts > 0 ? (
              <a href={hrefOf('/logs', { tab: 'alerts' })}>
                <Badge value="Warning" /> {text.alerts(report.openAlerts)}
              </a>
            ) : (
              <span class="quiet">{text.allWell}</span>
            )}
          </p>
        </>
      )}
      <LiveMetrics />
      <LastHour />
    </section>
  );
}

function HealthFigure({ figure }: { figure: Report['figures'][number] }) {
  const shown = (value: number) => (figure.unit === 'bytes' ? bytes(value) : figure.unit === 'percent' ? `${number(Math.round(value * 10) / 10)} %` : count(value));
  return (
    <Figure
      label={`${words(figure.kind)}${figure.subject ? ` (${figure.subject})` : ''}`}
      value={shown(figure.value)}
      detail={figure.threshold === null || figure.threshold === undefined ? undefined : text.threshold(shown(figure.threshold))}
      tone={figure.alerting ? 'bad' : undefined}
    />
  );
}

function LastHour() {
  const since = useMemo(() => new Date(Date.now() - HOUR_MS).toISOString(), []);
  const { data, problem, again } = useLive(Minutes, { since });
  const charted = useMemo(() => {
    const rows = new Map(data?.live.performanceMetricsAggregate.map((row) => [new Date(row.group.recordedAt ?? 0).getTime(), row]));
    if (rows.size === 0) return undefined;
    const first = Math.min(...rows.keys());
    const last = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - MINUTE_MS;
    // A minute without an operation has no row, and is none.
    const minutes = Array.from({ length: Math.max(1, (last - first) / MINUTE_MS + 1) }, (_, place) => first + place * MINUTE_MS);
    const each = minutes.map((minute) => rows.get(minute));
    return {
      times: minutes.map((minute) => minute / 1000),
      requests: each.map((row) => Number(row?.sum.sampleCount ?? 0)),
      errors: each.map((row) => Number(row?.sum.errorCount ?? 0)),
      p50: each.map((row) => row?.avg.p50Ms ?? null),
      p95: each.map((row) => row?.avg.p95Ms ?? null),
    };
  }, [data]);
  if (problem) return <Problem problem={problem} again={again} />;
  if (!charted) return <p class="quiet">{data ? text.noFigures : ''}</p>;
  return (
    <div class="columns">
      <div class="card">
        <h3>{text.lastHour}</h3>
        <LazyChart
          label={text.lastHour}
          times={charted.times}
          bars
          series={[
            { label: text.requests, values: charted.requests, format: count },
            { label: text.errors, values: charted.errors, tone: 'bad', format: count },
          ]}
        />
      </div>
      <div class="card">
        <h3>{text.latency}</h3>
        <LazyChart
          label={text.latency}
          times={charted.times}
          series={[
            { label: text.p50, values: charted.p50, tone: 'good', format: milliseconds },
            { label: text.p95, values: charted.p95, tone: 'warn', format: milliseconds },
          ]}
        />
      </div>
    </div>
  );
}

import { useEffect, useState } from 'preact/hooks';

import { Figure, Problem, Waiting } from '../components/basics';
import { LazyChart } from '../components/lazy-chart';
import { bytes, count, milliseconds, number } from '../format';
import { graphql } from '../generated/graphql';
import type { ServerMetricsSubscription } from '../generated/graphql/graphql';
import { useLive } from '../hooks';
import { t } from '../texts';

const text = t.metrics;
/** Seconds that are shown. */
const SHOWN = 300;

const Metrics = graphql(`
  subscription ServerMetrics {
    serverMetrics {
      server at operations errors p50Ms p99Ms changes changesDelivered jobsBegun jobsEnded sockets subscriptions
      requestsWaiting connectionsUsed connections unreadBytes memoryBytes
    }
  }
`);

type Sample = ServerMetricsSubscription['serverMetrics'];

const rate = (value: number) => number(Math.round(value * 10) / 10);

/** What the server does, second by second, from when the page is opened. */
export function LiveMetrics() {
  const { data, problem, again, waiting } = useLive(Metrics);
  const [samples, setSamples] = useState<Sample[]>([]);
  useEffect(() => {
    if (data) setSamples((former) => [...former.slice(1 - SHOWN), data.serverMetrics]);
  }, [data]);
  const now = samples.at(-1);
  if (!now) return problem ? <Problem problem={problem} again={again} /> : waiting ? <Waiting /> : null;
  const times = samples.map(({ at }) => new Date(at).getTime() / 1000);
  const values = (read: (sample: Sample) => number | null | undefined) => samples.map((sample) => read(sample) ?? null);
  return (
    <>
      <Problem problem={problem} again={again} />
      <div class="figures">
        <Figure label={text.sockets} value={count(now.sockets)} />
        <Figure label={text.subscriptions} value={count(now.subscriptions)} />
        <Figure label={text.connections} value={count(now.connectionsUsed)} detail={text.of(count(now.connections))} />
        <Figure label={text.waiting} value={count(now.requestsWaiting)} tone={now.requestsWaiting > 0 ? 'warn' : undefined} />
        <Figure label={text.jobs} value={rate(now.jobsEnded)} />
        {now.memoryBytes && <Figure label={text.memory} value={bytes(now.memoryBytes)} detail={now.server} />}
      </div>
      <div class="columns">
        <div class="card">
          <h3>{text.operations}</h3>
          <LazyChart
            label={text.operations}
            times={times}
            series={[
              { label: t.home.requests, values: values((sample) => sample.operations), format: rate },
              { label: t.home.errors, values: values((sample) => sample.errors), tone: 'bad', format: rate },
            ]}
          />
        </div>
        <div class="card">
          <h3>{text.latency}</h3>
          <LazyChart
            label={text.latency}
            times={times}
            series={[
              { label: t.home.p50, values: values((sample) => sample.p50Ms), tone: 'good', format: milliseconds },
              { label: text.p99, values: values((sample) => sample.p99Ms), tone: 'warn', format: milliseconds },
            ]}
          />
        </div>
        <div class="card">
          <h3>{text.changes}</h3>
          <LazyChart
            label={text.changes}
            times={times}
            series={[
              { label: text.read, values: values((sample) => sample.changes), format: rate },
              { label: text.delivered, values: values((sample) => sample.changesDelivered), tone: 'good', format: rate },
            ]}
          />
        </div>
        <div class="card">
          <h3>{text.pool}</h3>
          <LazyChart
            label={text.pool}
            times={times}
            series={[
              { label: text.connections, values: values((sample) => sample.connectionsUsed), format: count },
              { label: text.waiting, values: values((sample) => sample.requestsWaiting), tone: 'warn', format: count },
            ]}
          />
        </div>
      </div>
    </>
  );
}

import { act } from '../api';
import { isAdmin } from '../app';
import { Badge, Button, Head, Problem, Tabs, Time } from '../components/basics';
import { Grid } from '../components/grid';
import { Record } from '../components/record';
import { say } from '../components/toast';
import { graphql } from '../generated/graphql';
import type { SchedulesSubscription } from '../generated/graphql/graphql';
import { useAction, useLive, useSession } from '../hooks';
import type { PageProps } from '../pages';
import { resourceNamed, type Row } from '../resources/schema';
import { hrefOf } from '../router';
import { t } from '../texts';

const text = t.jobs;
const JOBS = resourceNamed('jobs')!;

const Retry = graphql(`
  mutation RetryJob($id: UUID!) { retryJob(id: $id) { id } }
`);
const Cancel = graphql(`
  mutation CancelJob($id: UUID!) { cancelJob(id: $id) { id } }
`);
const Schedules = graphql(`
  subscription Schedules {
    live { jobSchedules(first: 100, orderBy: [{ name: ASC }]) { nodes { name cron timeZone isEnabled lastRunAt nextRunAt error } } }
  }
`);
const RunNow = graphql(`
  mutation RunSchedule($name: String!) { runSchedule(name: $name) { id } }
`);
const SetEnabled = graphql(`
  mutation SetScheduleEnabled($name: String!, $isEnabled: Boolean!) { updateSchedule(name: $name, isEnabled: $isEnabled) { name } }
`);

/** Jobs: what waits, runs and failed; for administrators also what runs by the clock. */
export default function Jobs({ rest, query }: PageProps) {
  const { session } = useSession();
  const [id] = rest;
  const admin = session && isAdmin(session);
  const tab = query.get('tab') === 'schedules' && admin ? 'schedules' : 'queue';
  if (id) {
    return (
      <>
        <Head title={t.pages.jobs} live>
          <a class="button" href={hrefOf('/jobs')}>
            {t.back}
          </a>
        </Head>
        <Record resource={JOBS} id={id} path="/jobs">
          {(row) => <Actions row={row} />}
        </Record>
      </>
    );
  }
  return (
    <>
      <Head title={t.pages.jobs} lead={text.lead} live />
      {admin && <Tabs label={t.pages.jobs} tabs={{ queue: text.queue, schedules: text.schedules }} chosen={tab} hrefOf={(name) => hrefOf('/jobs', { tab: name })} />}
      {tab === 'schedules' ? (
        <AllSchedules />
      ) : (
        <Grid
          resource={JOBS}
          path="/jobs"
          query={query}
          empty={text.empty}
          columns={['jobType', 'status', 'progress', 'attempts', 'queue', 'error', 'createdAt']}
          rowPath={(row) => `/jobs/${row.id}`}
          actions={(row) => <Actions row={row} />}
        />
      )}
    </>
  );
}

/** What can be done with a job as it is now. */
function Actions({ row }: { row: Row }) {
  const { busy, problem, run } = useAction();
  const id = String(row.id);
  const status = String(row.status);
  const canRetry = ['DEAD', 'CANCELLED', 'FAILED'].includes(status);
  const canCancel = ['PENDING', 'PROCESSING'].includes(status) || (status === 'FAILED' && !canRetry);
  return (
    <div class="actions">
      {canRetry && (
        <Button busy={busy} onClick={() => run(() => act(Retry, { id }).then(() => say(text.started)))}>
          {text.retry}
        </Button>
      )}
      {canCancel && (
        <Button busy={busy} onClick={() => run(() => act(Cancel, { id }))}>
          {text.cancel}
        </Button>
      )}
      <Problem problem={problem} />
    </div>
  );
}

function AllSchedules() {
  const { data, problem, again } = useLive(Schedules);
  return (
    <>
      <Problem problem={problem} again={again} />
      <div class="table-frame cards" role="region" aria-label={text.schedules} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {[t.pages.jobs, text.cron, text.enabled, text.last, text.next, ''].map((heading) => (
                <th scope="col" key={heading}>
                  {heading || <span class="hidden">{t.more}</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data?.live.jobSchedules.nodes.map((schedule) => (
              <OneSchedule key={schedule.name} schedule={schedule} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function OneSchedule({ schedule }: { schedule: SchedulesSubscription['live']['jobSchedules']['nodes'][number] }) {
  const { busy, problem, run } = useAction();
  const { name, isEnabled } = schedule;
  return (
    <tr>
      <td data-label={t.pages.jobs}>
        {name}
        {schedule.error && (
          <p>
            <Badge value="Error" /> {schedule.error}
          </p>
        )}
        <Problem problem={problem} />
      </td>
      <td data-label={text.cron}>
        <code>{schedule.cron}</code> <small class="quiet">{schedule.timeZone}</small>
      </td>
      <td data-label={text.enabled}>
        <input type="checkbox" aria-label={`${text.enabled}: ${name}`} checked={isEnabled} disabled={busy} onChange={() => run(() => act(SetEnabled, { name, isEnabled: !isEnabled }))} />
      </td>
      <td data-label={text.last}>{schedule.lastRunAt && <Time value={schedule.lastRunAt} />}</td>
      <td data-label={text.next}>{schedule.nextRunAt && <Time value={schedule.nextRunAt} />}</td>
      <td data-label="">
        <Button busy={busy} onClick={() => run(() => act(RunNow, { name }).then(() => say(text.started)))}>
          {text.runNow}
        </Button>
      </td>
    </tr>
  );
}

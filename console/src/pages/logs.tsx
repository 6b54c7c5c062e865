import { act } from '../api';
import { Badge, Button, Head, Problem, Tabs } from '../components/basics';
import { Grid } from '../components/grid';
import { Record } from '../components/record';
import { say } from '../components/toast';
import { graphql } from '../generated/graphql';
import { useAction } from '../hooks';
import type { PageProps } from '../pages';
import { resourceNamed, type Row } from '../resources/schema';
import { hrefOf } from '../router';
import { t } from '../texts';

const text = t.logs;

const COLUMNS: { [table: string]: string[] } = {
  errorLogs: ['errorMessage', 'severity', 'errorType', 'resolved', 'occurrences', 'lastSeenAt'],
  userActivityLogs: ['activityType', 'activityCategory', 'userId', 'success', 'resourceType', 'createdAt'],
  agentActivityLogs: ['operationType', 'agentType', 'modelId', 'userId', 'success', 'totalCost', 'durationMs', 'createdAt'],
  auditEntries: ['action', 'actorEmail', 'targetType', 'targetId', 'details', 'createdAt'],
  alerts: ['message', 'kind', 'subject', 'currentValue', 'threshold', 'raisedAt', 'resolvedAt'],
  performanceMetrics: ['metricName', 'metricType', 'sampleCount', 'errorCount', 'p50Ms', 'p95Ms', 'maxMs', 'recordedAt'],
};

const Resolve = graphql(`
  mutation ResolveError($id: UUID!, $resolved: Boolean!, $notes: String) {
    updateErrorLog(id: $id, set: { resolved: $resolved, resolutionNotes: $notes }) { id }
  }
`);

/** Errors, activity, agents, audit, alerts and figures, as they come. */
export default function Logs({ rest, query }: PageProps) {
  const [first, id] = rest;
  const table = first && first in COLUMNS ? first : query.get('tab') && query.get('tab')! in COLUMNS ? query.get('tab')! : 'errorLogs';
  const resource = resourceNamed(table)!;
  const path = `/logs/${table}`;
  return (
    <>
      <Head title={t.pages.logs} lead={text.lead} live={resource.live} />
      <Tabs label={t.pages.logs} tabs={text.tabs} chosen={table} hrefOf={(name) => hrefOf(`/logs/${name}`)} />
      {id ? (
        <Record key={id} resource={resource} id={id} path={path} editable={table === 'errorLogs' ? ['resolutionNotes', 'resolved'] : []} />
      ) : (
        <Grid
          key={table}
          resource={resource}
          path={path}
          query={query}
          columns={COLUMNS[table]}
          rowPath={(row) => `${path}/${row.id}`}
          actions={table === 'errorLogs' ? (row) => <Resolution row={row} /> : undefined}
        />
      )}
    </>
  );
}

function Resolution({ row }: { row: Row }) {
  const { busy, problem, run } = useAction();
  if (row.resolved) return <Badge value="Resolved" />;
  return (
    <>
      <Button busy={busy} onClick={() => run(() => act(Resolve, { id: String(row.id), resolved: true }).then(() => say(text.resolved)))}>
        {text.resolve}
      </Button>
      <Problem problem={problem} />
    </>
  );
}

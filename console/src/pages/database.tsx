import { act } from '../api';
import { Badge, Button, Empty, Head, Problem, Time, Waiting } from '../components/basics';
import { say } from '../components/toast';
import { bytes, count, words } from '../format';
import { graphql } from '../generated/graphql';
import { useAction, useAsk } from '../hooks';
import { t } from '../texts';
import { DatabaseActivity } from './database-activity';

const text = t.database;

const Stats = graphql(`
  query DatabaseStats {
    databaseStats { table rowEstimate tableBytes indexBytes totalBytes deadRows sequentialScans indexScans lastVacuum }
    healthCheck { name status problems details }
  }
`);
const Integrity = graphql(`
  query IntegrityCheck { integrityCheck { name status problems details } }
`);
const Security = graphql(`
  query SecurityAudit { securityAudit { severity object finding } }
`);
const Analyze = graphql(`
  mutation AnalyzeTables { analyzeTables { table } }
`);

/** Sizes, how tables are read, and what the checks find. */
export default function Database() {
  const { data, problem, again, waiting } = useAsk(Stats);
  const action = useAction();
  return (
    <>
      <Head title={t.pages.database} lead={text.lead}>
        <Button busy={action.busy} onClick={() => action.run(() => act(Analyze).then(() => (say(text.analyzed), again())))}>
          {text.analyze}
        </Button>
      </Head>
      <Problem problem={problem ?? action.problem} again={problem && again} />
      {!data && waiting && <Waiting />}
      {data && (
        <>
          <section class="stack">
            <h2>{text.checks}</h2>
            <Checks checks={data.healthCheck} />
          </section>
          <div class="columns">
            <IntegrityChecks />
            <SecurityFindings />
          </div>
          <DatabaseActivity />
          <section class="stack">
            <h2>{text.tables}</h2>
            <div class="table-frame cards" role="region" aria-label={text.tables} tabIndex={0}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">{text.table}</th>
                    {[text.rows, text.size, text.indexes, text.dead, text.scans, text.indexScans].map((heading) => (
                      <th scope="col" class="number" key={heading}>
                        {heading}
                      </th>
                    ))}
                    <th scope="col">{text.vacuumed}</th>
                  </tr>
                </thead>
                <tbody>
                  {[...data.databaseStats]
                    .sort((a, b) => Number(b.totalBytes) - Number(a.totalBytes))
                    .map((table) => (
                      <tr key={table.table}>
                        <td data-label={text.table}>{table.table}</td>
                        <td class="number" data-label={text.rows}>{count(table.rowEstimate)}</td>
                        <td class="number" data-label={text.size}>{bytes(table.totalBytes)}</td>
                        <td class="number" data-label={text.indexes}>{bytes(table.indexBytes)}</td>
                        <td class="number" data-label={text.dead}>{count(table.deadRows)}</td>
                        <td class="number" data-label={text.scans}>{count(table.sequentialScans)}</td>
                        <td class="number" data-label={text.indexScans}>{count(table.indexScans)}</td>
                        <td data-label={text.vacuumed}>{table.lastVacuum && <Time value={table.lastVacuum} />}</td>
                      </tr>
                    ))}
                </tbody>
              </table>
            </div>
          </section>
        </>
      )}
    </>
  );
}

function Checks({ checks }: { checks: readonly { name: string; status: string; details?: string | null }[] }) {
  if (checks.length === 0) return <Empty>{text.noFindings}</Empty>;
  return (
    <ul class="list columns">
      {checks.map((check) => (
        <li key={check.name} class="item">
          <span class="row spread">
            <strong>{words(check.name)}</strong>
            <Badge value={check.status} />
          </span>
          {check.details && <span class="quiet">{check.details}</span>}
        </li>
      ))}
    </ul>
  );
}

function IntegrityChecks() {
  const { data, problem, again } = useAsk(Integrity);
  return (
    <section class="stack">
      <h2>{text.integrity}</h2>
      <Problem problem={problem} again={again} />
      {data && <Checks checks={data.integrityCheck} />}
    </section>
  );
}

function SecurityFindings() {
  const { data, problem, again } = useAsk(Security);
  return (
    <section class="stack">
      <h2>{text.security}</h2>
      <Problem problem={problem} again={again} />
      {data?.securityAudit.length === 0 && <Empty>{text.noFindings}</Empty>}
      <ul class="list">
        {data?.securityAudit.map((finding) => (
          <li class="item" key={`${finding.object}${finding.finding}`}>
            <span class="row spread">
              <strong>{finding.object}</strong>
              <Badge value={finding.severity} />
            </span>
            <span class="quiet">{finding.finding}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

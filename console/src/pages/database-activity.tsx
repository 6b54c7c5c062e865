import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { Badge, Empty, Problem, Time, Waiting } from '../components/basics';
import { bytes, count, milliseconds } from '../format';
import { graphql } from '../generated/graphql';
import type { DatabaseWaitsQuery, StatementOrder } from '../generated/graphql/graphql';
import { useAsk } from '../hooks';
import { t } from '../texts';

const text = t.databaseActivity;
/** Waits come and go: they are asked for again so often. */
const LOOK_EVERY_MS = 4_000;

const Waits = graphql(`
  query DatabaseWaits {
    databaseWaits {
      lock since
      waiting { pid role application state since statement }
      blocking { pid role application state since statement }
    }
  }
`);
const Slow = graphql(`
  query SlowStatements($orderBy: StatementOrder!) {
    slowStatements(orderBy: $orderBy, first: 30) {
      missing
      statements { statement role calls totalMs meanMs maxMs rows blocksHit blocksRead }
    }
  }
`);
const Indexes = graphql(`
  query IndexStats { indexStats { table index sizeBytes scans lastUsed isUnique isValid } }
`);

type Session = DatabaseWaitsQuery['databaseWaits'][number]['waiting'];

/** Who waits for whom, which statements take the time, and how indexes are used. */
export function DatabaseActivity() {
  return (
    <>
      <WaitsNow />
      <SlowStatements />
      <IndexUse />
    </>
  );
}

function WaitsNow() {
  const { data, problem, again } = useAsk(Waits);
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && again(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [again]);
  return (
    <section class="stack">
      <h2>{text.waits}</h2>
      <Problem problem={problem} again={again} />
      {data?.databaseWaits.length === 0 && <Empty>{text.noWaits}</Empty>}
      <ul class="list">
        {data?.databaseWaits.map((wait) => (
          <li class="item" key={`${wait.waiting.pid} ${wait.blocking.pid}`}>
            <span class="row spread">
              <strong>{text.waitsFor(wait.waiting.pid, wait.blocking.pid)}</strong>
              <span class="quiet">
                {wait.lock} {wait.since && <Time value={wait.since} />}
              </span>
            </span>
            <One label={text.waiting} session={wait.waiting} />
            <One label={text.blocking} session={wait.blocking} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function One({ label, session }: { label: string; session: Session }) {
  return (
    <div>
      <span class="quiet">
        {[label, session.role, session.application, session.state].filter(Boolean).join(', ')}
        {session.since && <> · <Time value={session.since} /></>}
      </span>
      {session.statement && <Statement statement={session.statement} />}
    </div>
  );
}

function Statement({ statement }: { statement: string }) {
  return <code class="statement">{statement}</code>;
}

const ORDERS: StatementOrder[] = ['TOTAL_TIME', 'MEAN_TIME', 'CALLS'];

function SlowStatements() {
  const [orderBy, setOrderBy] = useState<StatementOrder>('TOTAL_TIME');
  const { data, problem, again, waiting } = useAsk(Slow, { orderBy });
  const slow = data?.slowStatements;
  return (
    <section class="stack">
      <div class="row spread">
        <h2>{text.slow}</h2>
        {!slow?.missing && (
          <select aria-label={text.orderBy} value={orderBy} onChange={(event) => setOrderBy(event.currentTarget.value as StatementOrder)}>
            {ORDERS.map((order) => (
              <option key={order} value={order}>
                {text.orders[order]}
              </option>
            ))}
          </select>
        )}
      </div>
      <Problem problem={problem} again={again} />
      {!slow && waiting && <Waiting />}
      {slow?.missing && <Empty>{slow.missing}</Empty>}
      {slow && !slow.missing && (
        <Table
          label={text.slow}
          headings={[text.statement]}
          numbers={[text.calls, text.total, text.mean, text.max, text.rows]}
          rows={slow.statements.map((each) => [
            <Statement key="statement" statement={each.statement ?? text.unreadable} />,
            count(each.calls),
            milliseconds(each.totalMs),
            milliseconds(each.meanMs),
            milliseconds(each.maxMs),
            count(each.rows),
          ])}
        />
      )}
    </section>
  );
}

function IndexUse() {
  const { data, problem, again, waiting } = useAsk(Indexes);
  return (
    <section class="stack">
      <h2>{text.indexes}</h2>
      <Problem problem={problem} again={again} />
      {!data && waiting && <Waiting />}
      {data && (
        <Table
          label={text.indexes}
          headings={[text.index, text.table]}
          numbers={[text.size, text.scans, text.lastUsed]}
          rows={data.indexStats.map((each) => [
            <span class="row" key="index">
              {each.index}
              {!each.isValid && <Badge value={text.invalid} />}
              {each.scans === '0' && !each.isUnique && <Badge value={text.unused} />}
            </span>,
            each.table,
            bytes(each.sizeBytes),
            count(each.scans),
            each.lastUsed ? <Time key="time" value={each.lastUsed} /> : '',
          ])}
        />
      )}
    </section>
  );
}

interface TableProps {
  label: string;
  headings: string[];
  /** What comes after them, to the right. */
  numbers: string[];
  rows: ComponentChildren[][];
}

function Table({ label, headings, numbers, rows }: TableProps) {
  const all = [...headings, ...numbers];
  const classOf = (place: number) => (place < headings.length ? '' : 'number');
  return (
    <div class="table-frame cards" role="region" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {all.map((heading, place) => (
              <th scope="col" class={classOf(place)} key={heading}>
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, line) => (
            <tr key={line}>
              {row.map((cell, place) => (
                <td class={classOf(place)} data-label={all[place]} key={all[place]}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

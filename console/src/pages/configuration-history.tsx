import { act } from '../api';
import { Badge, Button, Empty, Problem, Time, Waiting } from '../components/basics';
import { Differences } from '../components/differences';
import { say } from '../components/toast';
import { words } from '../format';
import { graphql } from '../generated/graphql';
import type { ConfigurationHistorySubscription, ConfigurationTable } from '../generated/graphql/graphql';
import { useAction, useLive } from '../hooks';
import { t } from '../texts';

const text = t.configuration;

const History = graphql(`
  subscription ConfigurationHistory($table: ConfigurationTable, $entry: UUID) {
    live {
      configurationHistory(table: $table, entry: $entry, first: 30) {
        id at actorEmail byProgram act name canPutBack
        fields { field before after }
      }
    }
  }
`);
const PutBack = graphql(`
  mutation PutBackConfiguration($change: UUID!) { putBackConfiguration(change: $change) }
`);

type Change = ConfigurationHistorySubscription['live']['configurationHistory'][number];

/** Who changed what of a table or of one entry, and putting it back. */
export function ConfigurationHistory({ table, entry }: { table: ConfigurationTable; entry?: string }) {
  const { data, problem, again, waiting } = useLive(History, { table, entry: entry ?? null });
  const changes = data?.live.configurationHistory;
  return (
    <section class="stack">
      <h2>{text.history}</h2>
      <p class="quiet">{text.historyLead}</p>
      <Problem problem={problem} again={again} />
      {!changes && waiting && <Waiting />}
      {changes?.length === 0 && <Empty>{text.noHistory}</Empty>}
      <ul class="list">
        {changes?.map((change) => (
          <One key={change.id} change={change} named={!entry} />
        ))}
      </ul>
    </section>
  );
}

function One({ change, named }: { change: Change; named: boolean }) {
  const { busy, problem, run } = useAction();
  const putBack = () => run(() => act(PutBack, { change: change.id }).then(() => say(text.isPutBack)));
  return (
    <li class="item">
      <span class="row spread">
        <span class="row">
          {named && <strong>{change.name}</strong>}
          <Badge value={change.act} />
          <span>{change.byProgram ? text.program : (change.actorEmail ?? text.gone)}</span>
          <span class="quiet">
            <Time value={change.at} />
          </span>
        </span>
        {change.canPutBack && (
          <Button busy={busy} onClick={putBack}>
            {text.putBack}
          </Button>
        )}
      </span>
      <Problem problem={problem} />
      <details>
        <summary>{change.fields.map(({ field }) => words(field)).join(', ')}</summary>
        {change.fields.map(({ field, before, after }) => (
          <div key={field}>
            <h3>{words(field)}</h3>
            <Differences before={shown(before)} after={shown(after)} />
          </div>
        ))}
      </details>
    </li>
  );
}

/** A value as lines, which can be compared. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

import { act } from '../api';
import { Button, Empty, Head, Input, Problem, Waiting, type Submission } from '../components/basics';
import { say } from '../components/toast';
import { words } from '../format';
import { graphql } from '../generated/graphql';
import type { SettingsSubscription, SystemSettingsInput } from '../generated/graphql/graphql';
import { useAction, useLive } from '../hooks';
import { t } from '../texts';

const text = t.settings;

const Read = graphql(`
  subscription Settings {
    live {
      systemSettings {
        maxProjectsPerUser
        alerts { connectionsPercent databaseBytes deadJobs diskFreePercent errorPercent quotaPercent slowStatementSeconds slowStatements }
        logging {
          agentActivity errors userActivity sampleRate
          privacy { anonymizeIp messageContent redactEmails requestPath userAgent }
          retentionDays { agentActivity errors measurements userActivity }
        }
      }
      featureFlags { name enabled }
    }
  }
`);
const Update = graphql(`
  mutation UpdateSettings($input: SystemSettingsInput!) { updateSystemSettings(input: $input) { maxProjectsPerUser } }
`);
const SetFlag = graphql(`
  mutation SetFlag($name: String!, $enabled: Boolean!) { setFeatureFlag(name: $name, enabled: $enabled) { name } }
`);
const DeleteFlag = graphql(`
  mutation DeleteFlag($name: String!) { deleteFeatureFlag(name: $name) }
`);

type All = SettingsSubscription['live']['systemSettings'];

/** What holds for the whole server, live. */
export default function Settings() {
  const { data, problem, again, waiting } = useLive(Read);
  const settings = data?.live.systemSettings;
  return (
    <>
      <Head title={t.pages.settings} lead={text.lead} live={Boolean(settings)} />
      <Problem problem={problem} again={again} />
      {!settings && waiting && <Waiting />}
      {settings && data && (
        <div class="columns">
          <Values title={text.limits} values={{ maxProjectsPerUser: settings.maxProjectsPerUser }} toInput={(values) => values} />
          {settings.alerts && <Values title={text.thresholds} values={settings.alerts} toInput={(alerts) => ({ alerts })} />}
          {settings.logging && <Logging logging={settings.logging} />}
          <Flags flags={data.live.featureFlags} />
        </div>
      )}
    </>
  );
}

function Logging({ logging }: { logging: NonNullable<All['logging']> }) {
  const { privacy, retentionDays, ...rest } = logging;
  return (
    <section class="stack">
      <Values title={text.logging} values={rest} toInput={(values) => ({ logging: values })} />
      <Values title={text.privacy} values={privacy} toInput={(values) => ({ logging: { privacy: values } })} />
      <Values title={text.retention} values={retentionDays} toInput={(values) => ({ logging: { retentionDays: values } })} />
    </section>
  );
}

type Value = number | string | boolean;

/** A form for switches and numbers; it sends those that are others now. */
function Values({ title, values, toInput }: { title: string; values: Record<string, unknown>; toInput: (changed: Record<string, Value>) => SystemSettingsInput }) {
  const { busy, problem, run } = useAction();
  const entries = Object.entries(values).filter((entry): entry is [string, Value] => entry[1] !== null && typeof entry[1] !== 'object' && entry[0] !== '__typename');
  const submit = (event: Submission) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const changed: Record<string, Value> = {};
    for (const [name, value] of entries) {
      const given = form.get(name);
      const next = typeof value === 'boolean' ? given === 'on' : typeof value === 'number' ? Number(given) : String(given);
      if (next !== value) changed[name] = next;
    }
    if (Object.keys(changed).length) run(() => act(Update, { input: toInput(changed) }).then(() => say(t.saved)));
  };
  return (
    <form class="card" onSubmit={submit} key={JSON.stringify(values)}>
      <h2>{title}</h2>
      {entries.map(([name, value]) =>
        typeof value === 'boolean' ? (
          <label class="check" key={name}>
            <input type="checkbox" name={name} defaultChecked={value} />
            {words(name)}
          </label>
        ) : (
          <Input key={name} label={words(name)} name={name} type="number" step="any" defaultValue={String(value)} required />
        ),
      )}
      <Problem problem={problem} />
      <div>
        <Button type="submit" kind="main" busy={busy}>
          {t.save}
        </Button>
      </div>
    </form>
  );
}

function Flags({ flags }: { flags: SettingsSubscription['live']['featureFlags'] }) {
  const { busy, problem, run } = useAction();
  const add = async (event: Submission) => {
    event.preventDefault();
    const form = event.currentTarget;
    const name = String(new FormData(form).get('name'));
    if (await run(() => act(SetFlag, { name, enabled: true }))) form.reset();
  };
  return (
    <section class="card">
      <h2>{text.flags}</h2>
      <Problem problem={problem} />
      {flags.length === 0 && <Empty>{text.noFlags}</Empty>}
      <ul class="list">
        {flags.map(({ name, enabled }) => (
          <li class="row spread" key={name}>
            <label class="check">
              <input type="checkbox" checked={enabled} disabled={busy} onChange={() => run(() => act(SetFlag, { name, enabled: !enabled }))} />
              <code>{name}</code>
            </label>
            <Button kind="danger" busy={busy} onClick={() => run(() => act(DeleteFlag, { name }))}>
              {t.remove}
            </Button>
          </li>
        ))}
      </ul>
      <form onSubmit={add}>
        <Input label={text.flagName} name="name" required />
        <div>
          <Button type="submit" busy={busy}>
            {text.addFlag}
          </Button>
        </div>
      </form>
    </section>
  );
}

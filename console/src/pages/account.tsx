import { useState } from 'preact/hooks';

import { act, ask } from '../api';
import { Button, Head, Input, Problem, Time, Waiting, type Submission } from '../components/basics';
import { saveFile } from '../resources/csv';
import { say } from '../components/toast';
import { graphql } from '../generated/graphql';
import { useAction, useAsk, useSession } from '../hooks';
import { givenName, signOut, type UserMetadata } from '../session';
import { t } from '../texts';
import { Factors } from './account-factors';
import { Keys } from './account-keys';
import { Passkeys } from './account-passkeys';
import { Proof, proofIn } from './account-proof';

const text = t.account;

const Me = graphql(`
  query Me { me { id email isAnonymous userMetadata createdAt } }
`);
const Update = graphql(`
  mutation UpdateAccount($input: UpdateAccountInput!) { updateAccount(input: $input) { id } }
`);
const Sessions = graphql(`
  query Sessions { sessions { id userAgent ip createdAt refreshedAt isCurrent aal } }
`);
const Revoke = graphql(`
  mutation RevokeSession($id: UUID!) { revokeSession(id: $id) }
`);
const EndOthers = graphql(`
  mutation EndOtherSessions { signOut(scope: OTHERS) }
`);
const Export = graphql(`
  query ExportMyData { exportMyData }
`);
const Delete = graphql(`
  mutation DeleteAccount($currentPassword: String, $code: String) { deleteAccount(currentPassword: $currentPassword, code: $code) }
`);

/** One's own account: profile, sessions, second factors, keys, and all that is stored. */
export default function Account() {
  return (
    <>
      <Head title={t.pages.account} />
      <div class="columns">
        <Profile />
        <AllSessions />
        <Passkeys />
        <Factors />
        <Keys />
        <Data />
      </div>
    </>
  );
}

function Profile() {
  const { data, again } = useAsk(Me);
  const { busy, problem, run } = useAction();
  // A code is good once: the next change begins anew.
  const [saves, setSaves] = useState(0);
  const me = data?.me;
  const name = givenName(me?.userMetadata as UserMetadata | undefined) ?? '';
  const submit = async (event: Submission) => {
    event.preventDefault();
    const form = event.currentTarget;
    const values = new FormData(form);
    const given = (field: string) => String(values.get(field) ?? '') || undefined;
    const input = {
      password: given('password'),
      ...proofIn(values),
      email: me?.isAnonymous ? given('email') : undefined,
      userMetadata: values.get('name') === name ? undefined : { ...(me?.userMetadata as object), name: values.get('name') },
    };
    if (!(await run(() => act(Update, { input })))) return;
    say(input.password ? text.passwordChanged : t.saved);
    form.reset();
    setSaves(saves + 1);
    again();
  };
  if (!me) {
    return (
      <section class="card" style={{ minHeight: '340px' }}>
        <h2>{text.profile}</h2>
        <Waiting />
      </section>
    );
  }
  return (
    <form class="card" onSubmit={submit}>
      <h2>{text.profile}</h2>
      {me.isAnonymous ? <p>{text.permanent}</p> : <p class="quiet">{me.email}</p>}
      <Input key={name} label={text.name} name="name" defaultValue={name} autocomplete="name" />
      {me.isAnonymous && <Input label={t.signIn.email} name="email" type="email" autocomplete="username" />}
      {!me.isAnonymous && <Proof key={saves} />}
      <Input label={text.newPassword} name="password" type="password" autocomplete="new-password" minLength={8} />
      <Problem problem={problem} />
      <div>
        <Button type="submit" kind="main" busy={busy}>
          {t.save}
        </Button>
      </div>
    </form>
  );
}

function AllSessions() {
  const { data, problem, again } = useAsk(Sessions);
  const action = useAction();
  return (
    <section class="card">
      <h2>{text.sessions}</h2>
      <Problem problem={problem ?? action.problem} again={problem && again} />
      <ul class="list">
        {data?.sessions.map((session) => (
          <li class="row spread" key={session.id}>
            <span>
              {deviceOf(session.userAgent)}
              <br />
              <small class="quiet">
                {session.ip} · {text.assured[session.aal as 'aal1'] ?? session.aal} · <Time value={session.refreshedAt} />
              </small>
            </span>
            {session.isCurrent ? (
              <span class="badge good">{text.current}</span>
            ) : (
              <Button busy={action.busy} onClick={() => action.run(() => act(Revoke, { id: session.id }).then(() => (say(text.sessionEnded), again())))}>
                {text.end}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {data && data.sessions.length > 1 && (
        <div>
          <Button busy={action.busy} onClick={() => action.run(() => act(EndOthers).then(again))}>
            {text.endOthers}
          </Button>
        </div>
      )}
    </section>
  );
}

/** The browser and the system that a `User-Agent` names; all of it where it names none. */
function deviceOf(userAgent: string | null | undefined): string {
  if (!userAgent) return '–';
  const browser = /(Firefox|Edg|OPR|Chrome|Safari)\/(\d+)/.exec(userAgent);
  const system = /(Windows|Macintosh|Android|iPhone|iPad|Linux)/.exec(userAgent);
  const named = [browser && `${browser[1]} ${browser[2]}`, system?.[1]].filter(Boolean).join(', ');
  return named || userAgent.slice(0, 60);
}

function Data() {
  const { session } = useSession();
  const { busy, problem, run } = useAction();
  const save = () => run(async () => saveFile('mindloom.json', 'application/json', JSON.stringify((await ask(Export)).exportMyData, null, 2)));
  const remove = (event: Submission) => {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    run(async () => {
      await act(Delete, proofIn(values));
      await signOut();
    });
  };
  const email = session?.user.email;
  return (
    <section class="card">
      <h2>{text.data}</h2>
      <p class="quiet">{text.exportLead}</p>
      <div>
        <Button busy={busy} onClick={save}>
          {text.export}
        </Button>
      </div>
      <details>
        <summary>{text.delete}</summary>
        <form onSubmit={remove}>
          <p>{text.deleteLead}</p>
          {email && <Input label={text.deleteConfirm} autocomplete="off" required pattern={email.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')} />}
          {email && <Proof />}
          <div>
            <Button type="submit" kind="danger" busy={busy}>
              {text.delete}
            </Button>
          </div>
        </form>
      </details>
      <Problem problem={problem} />
    </section>
  );
}

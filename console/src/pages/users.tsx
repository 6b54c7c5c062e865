import { useState } from 'preact/hooks';

import { act } from '../api';
import { Badge, Button, Empty, Head, Input, Problem, Time, Waiting, type Submission } from '../components/basics';
import { Dialog } from '../components/dialog';
import { finishNow, say } from '../components/toast';
import { count } from '../format';
import { graphql } from '../generated/graphql';
import type { UsersQuery } from '../generated/graphql/graphql';
import { useAction, useAsk, useSession, useSettled } from '../hooks';
import { go, hrefOf } from '../router';
import { actAs, type SessionUser } from '../session';
import { t } from '../texts';

const text = t.users;
const PAGE = 50;
/** Longer than anybody waits. */
const FOREVER = '2999-12-31T00:00:00Z';

const List = graphql(`
  query Users($search: String, $first: Int!, $offset: Int!) {
    adminUsers(search: $search, first: $first, offset: $offset) {
      totalCount
      nodes { id email isAnonymous appMetadata bannedUntil emailConfirmedAt lastSignInAt createdAt }
    }
  }
`);
const Create = graphql(`
  mutation CreateUser($input: AdminCreateUserInput!) { adminCreateUser(input: $input) { id } }
`);
const Ban = graphql(`
  mutation BanUser($id: UUID!, $until: DateTime) { adminBanUser(id: $id, until: $until) { id } }
`);
const SetRole = graphql(`
  mutation SetUserRole($id: UUID!, $role: String) { adminSetUserRole(id: $id, role: $role) { id } }
`);
const Invite = graphql(`
  mutation InviteUser($email: String!) { adminInviteUser(email: $email) { id } }
`);
const ActAs = graphql(`
  mutation ActAs($id: UUID!) {
    adminActAs(id: $id) { accessToken expiresAt user { id email isAnonymous appMetadata userMetadata } }
  }
`);
const Factors = graphql(`
  query UserFactors($id: UUID!) { adminFactors(id: $id) { id type friendlyName verifiedAt createdAt } }
`);
const RemoveFactor = graphql(`
  mutation RemoveUserFactor($id: UUID!, $factorId: UUID!) { adminRemoveFactor(id: $id, factorId: $factorId) }
`);
const Delete = graphql(`
  mutation DeleteUser($id: UUID!) { adminDeleteUser(id: $id) { id } }
`);

type User = UsersQuery['adminUsers']['nodes'][number];
const roleOf = (user: User) => (user.appMetadata as { role?: string }).role;
const isBanned = (user: User) => Boolean(user.bannedUntil && new Date(user.bannedUntil) > new Date());

/** Accounts: found, made, suspended, made administrators, deleted. */
export default function Users() {
  const [search, setSearch] = useState('');
  const [offset, setOffset] = useState(0);
  const [making, setMaking] = useState(false);
  const [inviting, setInviting] = useState(false);
  const settled = useSettled(search, 250);
  const { data, problem, again, waiting } = useAsk(List, { search: settled || null, first: PAGE, offset });
  const users = data?.adminUsers;
  return (
    <>
      <Head title={t.pages.users} lead={text.lead}>
        <Button onClick={() => setInviting(true)}>{text.invite}</Button>
        <Button kind="main" onClick={() => setMaking(true)}>
          {text.new}
        </Button>
      </Head>
      {inviting && <Invitation onDone={() => (setInviting(false), again())} />}
      {making && <NewUser onDone={() => (setMaking(false), again())} />}
      <input
        type="search"
        aria-label={text.search}
        placeholder={text.search}
        value={search}
        onInput={(event) => {
          setSearch(event.currentTarget.value);
          setOffset(0);
        }}
      />
      <Problem problem={problem} again={again} />
      {!users && waiting && <Waiting />}
      {users?.nodes.length === 0 && <Empty>{t.grid.emptyFiltered}</Empty>}
      {users && users.nodes.length > 0 && (
        <div class="table-frame cards" role="region" aria-label={t.pages.users} tabIndex={0}>
          <table>
            <thead>
              <tr>
                {[t.signIn.email, text.state, text.role, text.lastSeen, text.created].map((heading) => (
                  <th scope="col" key={heading}>
                    {heading}
                  </th>
                ))}
                <th scope="col">
                  <span class="hidden">{t.more}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {users.nodes.map((user) => (
                <One key={user.id} user={user} again={again} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {users && (
        <div class="row spread">
          <span class="quiet">{t.grid.rows(count(users.totalCount))}</span>
          <div class="row">
            {offset > 0 && <Button onClick={() => setOffset(Math.max(0, offset - PAGE))}>{t.back}</Button>}
            {offset + PAGE < users.totalCount && <Button onClick={() => setOffset(offset + PAGE)}>{t.grid.next}</Button>}
          </div>
        </div>
      )}
    </>
  );
}

function One({ user, again }: { user: User; again: () => void }) {
  const { session } = useSession();
  const { busy, problem, run } = useAction();
  const [asking, setAsking] = useState(false);
  const [factors, setFactors] = useState(false);
  const isMe = session?.user.id === user.id;
  const isAdmin = roleOf(user) === 'admin';
  const state = isBanned(user) ? text.banned : user.isAnonymous ? text.anonymous : user.emailConfirmedAt ? text.active : text.unconfirmed;
  const { id } = user;
  const lookAs = async () => {
    const { adminActAs: given } = await act(ActAs, { id });
    // What one deleted a moment ago is still to be sent, and as oneself.
    await finishNow();
    actAs(given.accessToken, given.expiresAt, given.user as SessionUser);
    go('/');
  };
  return (
    <tr>
      <td data-label={t.signIn.email}>
        <a href={hrefOf(`/tables/users/${id}`)}>{user.email ?? id}</a>
        <Problem problem={problem} />
      </td>
      <td data-label={text.state}>
        <span class={`badge ${isBanned(user) ? 'bad' : ''}`}>{state}</span>
      </td>
      <td data-label={text.role}>{isAdmin ? text.admin : text.user}</td>
      <td data-label={text.lastSeen}>{user.lastSignInAt && <Time value={user.lastSignInAt} />}</td>
      <td data-label={text.created}>
        <Time value={user.createdAt} />
      </td>
      <td data-label="">
        {isMe ? (
          <span class="quiet">{text.you}</span>
        ) : (
          <div class="actions">
            {!isAdmin && (
              <Button busy={busy} onClick={() => run(lookAs)}>
                {text.actAs}
              </Button>
            )}
            <details>
              <summary>{t.more}</summary>
              <div class="actions">
                <Button onClick={() => setFactors(true)}>{t.account.factors}</Button>
                <Button busy={busy} onClick={() => run(() => act(Ban, { id, until: isBanned(user) ? null : FOREVER }).then(again))}>
                  {isBanned(user) ? text.unban : text.ban}
                </Button>
                <Button busy={busy} onClick={() => run(() => act(SetRole, { id, role: isAdmin ? null : 'admin' }).then(again))}>
                  {isAdmin ? text.makeUser : text.makeAdmin}
                </Button>
                <Button kind="danger" busy={busy} onClick={() => setAsking(true)}>
                  {t.remove}
                </Button>
              </div>
            </details>
          </div>
        )}
        {factors && <FactorsOf user={user} onClose={() => setFactors(false)} />}
        {asking && <DeleteUser user={user} onClose={() => setAsking(false)} onDone={() => (setAsking(false), say(text.deleted), again())} />}
      </td>
    </tr>
  );
}

/** The second factors of somebody who may have lost one. */
function FactorsOf({ user, onClose }: { user: User; onClose: () => void }) {
  const { id } = user;
  const { data, problem, again, waiting } = useAsk(Factors, { id });
  const action = useAction();
  const remove = (factorId: string) => action.run(() => act(RemoveFactor, { id, factorId }).then(again));
  return (
    <Dialog title={`${t.account.factors}: ${user.email ?? id}`} onClose={onClose}>
      <Problem problem={problem ?? action.problem} />
      {!data && waiting && <Waiting />}
      {data?.adminFactors.length === 0 && <p>{text.noFactors}</p>}
      <ul class="list">
        {data?.adminFactors.map((factor) => (
          <li class="item row spread" key={factor.id}>
            <span>
              {factor.friendlyName} <Badge value={t.account.factorKinds[factor.type]} />{' '}
              <span class="quiet">{factor.verifiedAt ? <Time value={factor.verifiedAt} /> : text.unconfirmed}</span>
            </span>
            <Button kind="danger" busy={action.busy} onClick={() => remove(factor.id)}>
              {t.account.removeFactor}
            </Button>
          </li>
        ))}
      </ul>
      <div class="actions">
        <Button onClick={onClose}>{t.close}</Button>
      </div>
    </Dialog>
  );
}

function Invitation({ onDone }: { onDone: () => void }) {
  const { busy, problem, run } = useAction();
  const submit = async (event: Submission) => {
    event.preventDefault();
    const email = String(new FormData(event.currentTarget).get('email'));
    if (await run(() => act(Invite, { email }))) {
      say(text.invited);
      onDone();
    }
  };
  return (
    <form class="card" onSubmit={submit}>
      <p class="quiet">{text.inviteLead}</p>
      <Input label={t.signIn.email} name="email" type="email" autocomplete="off" required />
      <Problem problem={problem} />
      <div class="actions">
        <Button type="submit" kind="main" busy={busy}>
          {text.invite}
        </Button>
        <Button onClick={onDone}>{t.cancel}</Button>
      </div>
    </form>
  );
}

/** An account does not come back, so this one asks. */
function DeleteUser({ user, onClose, onDone }: { user: User; onClose: () => void; onDone: () => void }) {
  const { busy, problem, run } = useAction();
  const name = user.email ?? user.id;
  const submit = async (event: Submission) => {
    event.preventDefault();
    if (new FormData(event.currentTarget).get('name') !== name) return;
    if (await run(() => act(Delete, { id: user.id }))) onDone();
  };
  return (
    <Dialog title={`${t.remove}: ${name}`} onClose={onClose}>
      <form onSubmit={submit}>
        <p>{t.account.deleteLead}</p>
        <Input label={t.account.deleteConfirm} name="name" autocomplete="off" required pattern={name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')} />
        <Problem problem={problem} />
        <div class="actions">
          <Button type="submit" kind="danger" busy={busy}>
            {t.remove}
          </Button>
          <Button onClick={onClose}>{t.cancel}</Button>
        </div>
      </form>
    </Dialog>
  );
}

function NewUser({ onDone }: { onDone: () => void }) {
  const { busy, problem, run } = useAction();
  const submit = async (event: Submission) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const password = String(form.get('password'));
    const input = { email: String(form.get('email')), password: password || null, emailConfirmed: true, role: form.get('admin') ? 'admin' : null };
    if (await run(() => act(Create, { input }))) onDone();
  };
  return (
    <form class="card" onSubmit={submit}>
      <Input label={t.signIn.email} name="email" type="email" autocomplete="off" required />
      <Input label={text.passwordOptional} name="password" type="password" autocomplete="new-password" minLength={8} />
      <label class="check">
        <input type="checkbox" name="admin" />
        {text.admin}
      </label>
      <Problem problem={problem} />
      <div class="actions">
        <Button type="submit" kind="main" busy={busy}>
          {text.new}
        </Button>
        <Button onClick={onDone}>{t.cancel}</Button>
      </div>
    </form>
  );
}

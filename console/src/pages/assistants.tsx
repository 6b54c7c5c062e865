import { useState } from 'preact/hooks';

import { act } from '../api';
import { Badge, Button, Empty, Field, Head, Input, Problem, Time, Waiting, type Submission } from '../components/basics';
import { CopyButton } from '../components/copy';
import { Dialog } from '../components/dialog';
import { say } from '../components/toast';
import { day } from '../format';
import { graphql } from '../generated/graphql';
import type { MyAccessTokensQuery } from '../generated/graphql/graphql';
import { useAction, useAsk, useSession } from '../hooks';
import { hrefOf } from '../router';
import { t } from '../texts';

const text = t.assistants;
const ADDRESS = new URL('/mcp', window.location.href).href;
const DAYS = [7, 30, 90, 365];

const List = graphql(`
  query MyAccessTokens { personalAccessTokens { id name scopes createdAt expiresAt lastUsedAt isExpired } }
`);
const Create = graphql(`
  mutation CreateAccessToken($name: String!, $scopes: [PersonalAccessTokenScope!]!, $expiresInDays: Int!) {
    createPersonalAccessToken(name: $name, scopes: $scopes, expiresInDays: $expiresInDays) { token personalAccessToken { name expiresAt } }
  }
`);
const Revoke = graphql(`
  mutation RevokeAccessToken($id: UUID!) { revokePersonalAccessToken(id: $id) }
`);

type Token = MyAccessTokensQuery['personalAccessTokens'][number];

/** Assistants that speak MCP: tokens for them, and how they are connected. */
export default function Assistants() {
  const { session } = useSession();
  const { data, problem, again, waiting } = useAsk(List);
  const [made, setMade] = useState<{ name: string; token: string }>();
  const tokens = data?.personalAccessTokens;
  return (
    <>
      <Head title={t.pages.assistants} lead={text.lead} />
      {session?.user.isAnonymous && (
        <p class="quiet">
          {text.anonymous} <a href={hrefOf('/account')}>{t.pages.account}</a>
        </p>
      )}
      <Problem problem={problem} again={again} />
      {!data && waiting && <Waiting />}
      {tokens && (
        <section class="stack" aria-label={text.tokens}>
          <h2>{text.tokens}</h2>
          {tokens.length === 0 && <Empty>{text.empty}</Empty>}
          <ul class="list">
            {tokens.map((token) => (
              <One key={token.id} token={token} onRevoked={again} />
            ))}
          </ul>
        </section>
      )}
      <div class="columns">
        <Make
          onMade={(name, token) => {
            setMade({ name, token });
            again();
          }}
        />
        <HowTo token="mlt_…" />
      </div>
      {made && (
        <Dialog wide title={text.once(made.name)} onClose={() => setMade(undefined)}>
          <p>{text.onceLead}</p>
          <pre tabIndex={0}>{made.token}</pre>
          <div class="actions">
            <CopyButton text={made.token} label={text.copyToken} />
          </div>
          <HowTo token={made.token} />
          <div>
            <Button kind="main" onClick={() => setMade(undefined)}>
              {text.noted}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}

function One({ token, onRevoked }: { token: Token; onRevoked: () => void }) {
  const { busy, problem, run } = useAction();
  const [sure, setSure] = useState(false);
  const revoke = () =>
    run(async () => {
      await act(Revoke, { id: token.id });
      say(text.revoked(token.name));
      onRevoked();
    });
  return (
    <li class="item">
      <span class="row spread">
        <span class="row">
          <strong>{token.name}</strong>
          {token.scopes.map((scope) => (
            <Badge key={scope} value={scope} />
          ))}
          {token.isExpired && <span class="badge bad">{text.expired}</span>}
        </span>
        {sure ? (
          <span class="actions">
            <span>{text.sure}</span>
            <Button kind="danger" busy={busy} onClick={revoke}>
              {text.revokeNow}
            </Button>
            <Button onClick={() => setSure(false)}>{t.cancel}</Button>
          </span>
        ) : (
          <Button kind="danger" aria-label={text.revokeOne(token.name)} onClick={() => setSure(true)}>
            {text.revoke}
          </Button>
        )}
      </span>
      <small class="quiet">
        {text.until(day(token.expiresAt))} · {token.lastUsedAt ? <>{text.used} <Time value={token.lastUsedAt} /></> : text.unused}
      </small>
      <Problem problem={problem} />
    </li>
  );
}

function Make({ onMade }: { onMade: (name: string, token: string) => void }) {
  const { busy, problem, run } = useAction();
  const submit = (event: Submission) => {
    event.preventDefault();
    const form = event.currentTarget;
    const values = new FormData(form);
    run(async () => {
      const { token, personalAccessToken } = (
        await act(Create, {
          name: String(values.get('name')),
          scopes: values.get('write') === 'on' ? ['READ', 'WRITE'] : ['READ'],
          expiresInDays: Number(values.get('days')),
        })
      ).createPersonalAccessToken;
      form.reset();
      onMade(personalAccessToken.name, token);
    });
  };
  return (
    <form class="card" onSubmit={submit}>
      <h2>{text.make}</h2>
      <Input label={text.name} hint={text.nameHint} name="name" required maxLength={100} autocomplete="off" />
      <Field label={text.goodFor}>
        {(attributes) => (
          <select name="days" {...attributes}>
            {DAYS.map((days) => (
              <option key={days} value={days} selected={days === 90}>
                {text.days(days)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <label class="check">
        <input type="checkbox" name="write" />
        {text.mayWrite}
      </label>
      <small class="quiet">{text.writeHint}</small>
      <Problem problem={problem} />
      <div>
        <Button type="submit" kind="main" busy={busy}>
          {text.makeIt}
        </Button>
      </div>
    </form>
  );
}

/** What a client is told: its file of settings, or one command. */
function HowTo({ token }: { token: string }) {
  const file = JSON.stringify({ mcpServers: { mindloom: { type: 'http', url: ADDRESS, headers: { Authorization: `Bearer ${token}` } } } }, null, 2);
  const command = `claude mcp add --transport http mindloom ${ADDRESS} --header "Authorization: Bearer ${token}"`;
  return (
    <section class="card">
      <h2>{text.connect}</h2>
      <p class="quiet">{text.connectLead}</p>
      <h3>{text.settingsFile}</h3>
      <pre tabIndex={0}>{file}</pre>
      <h3>Claude Code</h3>
      <pre tabIndex={0}>{command}</pre>
      <div class="actions">
        <CopyButton text={file} label={text.copyFile} />
        <CopyButton text={command} label={text.copyCommand} />
      </div>
    </section>
  );
}

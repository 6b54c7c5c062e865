import type { Submission } from '../components/basics';

import { Brand } from '../app';
import { Button, Input, Problem } from '../components/basics';
import { useAction } from '../hooks';
import * as session from '../session';
import { t } from '../texts';

const text = t.signIn;

/** Asks for one of the second factors that the account has and the session has not shown. */
export function SecondFactor({ factors, onLater }: { factors: session.Factor[]; onLater: () => void }) {
  const { busy, problem, run } = useAction();
  const app = factors.find(({ type }) => type === 'TOTP');
  const keys = factors.filter(({ type }) => type === 'WEBAUTHN');
  const submit = (event: Submission) => {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget).get('code'));
    run(() => session.showFactor(app?.id, code));
  };
  return (
    <main class="gate">
      <div class="card">
        <Brand />
        <div>
          <h1>{text.factorTitle}</h1>
          <p class="quiet">{text.factorLead}</p>
        </div>
        <Problem problem={problem} />
        {keys.map(({ id, friendlyName }) => (
          <Button key={id} kind="main" busy={busy} onClick={() => run(() => session.showKey(id))}>
            {text.useKey(friendlyName)}
          </Button>
        ))}
        <form onSubmit={submit}>
          <Input
            label={app ? text.factor(app.friendlyName) : text.recoveryCode}
            name="code"
            autocomplete="one-time-code"
            required
            autofocus={keys.length === 0}
          />
          <Button type="submit" kind="main" busy={busy}>
            {text.confirm}
          </Button>
          <div class="row spread">
            <Button kind="bare" onClick={onLater}>
              {text.later}
            </Button>
            <Button kind="bare" onClick={() => session.signOut()}>
              {text.signOut}
            </Button>
          </div>
        </form>
      </div>
    </main>
  );
}

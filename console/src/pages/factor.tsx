import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

import { Brand } from '../app';
import { Button, Field, Input, Problem, type Submission } from '../components/basics';
import { useAction } from '../hooks';
import * as session from '../session';
import { t } from '../texts';

const text = t.signIn;

/** Asks for one of the second factors that the account has and the session has not shown. */
export function SecondFactor({ factors, onLater }: { factors: session.Factor[]; onLater: () => void }) {
  return (
    <main class="gate">
      <div class="card">
        <Brand />
        <div>
          <h1>{text.factorTitle}</h1>
          <p class="quiet">{text.factorLead}</p>
        </div>
        <ShowFactor factors={factors}>
          <div class="row spread">
            <Button kind="bare" onClick={onLater}>
              {text.later}
            </Button>
            <Button kind="bare" onClick={() => session.signOut()}>
              {text.signOut}
            </Button>
          </div>
        </ShowFactor>
      </div>
    </main>
  );
}

/** Keys to be touched, and a line for a code: of an app, or one of those for the day when all else is lost. */
export function ShowFactor({ factors, children }: { factors: readonly session.Factor[]; children?: ComponentChildren }) {
  const { busy, problem, run } = useAction();
  const apps = factors.filter(({ type }) => type === 'TOTP');
  const keys = factors.filter(({ type }) => type === 'WEBAUTHN');
  const usable = session.canUsePasskeys();
  const [chosen, setChosen] = useState(apps[0]?.id);
  const app = apps.find(({ id }) => id === chosen) ?? apps[0];
  const submit = (event: Submission) => {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget).get('code'));
    run(() => session.showFactor(app?.id, code));
  };
  return (
    <>
      <Problem problem={problem} />
      {usable &&
        keys.map(({ id, friendlyName }) => (
          <Button key={id} kind="main" busy={busy} onClick={() => run(() => session.showKey(id))}>
            {text.useKey(friendlyName)}
          </Button>
        ))}
      {keys.length > 0 && !usable && <small class="quiet">{t.passkeys.impossible}</small>}
      <form onSubmit={submit}>
        {apps.length > 1 && (
          <Field label={text.app}>
            {(attributes) => (
              <select value={app?.id} onChange={(event) => setChosen(event.currentTarget.value)} {...attributes}>
                {apps.map(({ id, friendlyName }) => (
                  <option key={id} value={id}>
                    {friendlyName}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
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
        {children}
      </form>
    </>
  );
}

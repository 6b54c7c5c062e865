import type { Submission } from '../components/basics';

import { Brand } from '../app';
import { Button, Input, Problem } from '../components/basics';
import { useAction } from '../hooks';
import * as session from '../session';
import { t } from '../texts';

const text = t.signIn;

/** Asks for the second factor that the account has and the session has not shown. */
export function SecondFactor({ factor, onLater }: { factor: session.Factor; onLater: () => void }) {
  const { busy, problem, run } = useAction();
  const submit = (event: Submission) => {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget).get('code'));
    run(() => session.showFactor(factor.id, code));
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
        <form onSubmit={submit}>
          <Input label={text.factor(factor.friendlyName)} name="code" autocomplete="one-time-code" required autofocus />
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

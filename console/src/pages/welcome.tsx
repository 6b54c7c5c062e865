import type { Submission } from '../components/basics';
import { useEffect, useState } from 'preact/hooks';

import { Brand } from '../app';
import { Button, Input, Problem } from '../components/basics';
import { useAction } from '../hooks';
import { go } from '../router';
import { becomeAdministrator } from '../session';
import { t } from '../texts';

const text = t.welcome;

/** Where the link of an administrator leads. */
export function Welcome() {
  const [{ token, email }] = useState(() => {
    const values = new URLSearchParams(window.location.hash.slice(1));
    return { token: values.get('token'), email: values.get('email') };
  });
  const { busy, problem, run } = useAction();
  useEffect(() => {
    document.title = `${text.title} · ${t.name}`;
  }, []);
  const submit = async (event: Submission) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const done = await run(() => becomeAdministrator(token ?? '', String(form.get('email')), String(form.get('password'))));
    if (done) go('/', {}, true);
  };
  return (
    <main class="gate">
      <div class="card">
        <Brand />
        <div>
          <h1>{text.title}</h1>
          <p class="quiet">{token ? text.lead : text.noToken}</p>
        </div>
        {token && (
          <form onSubmit={submit}>
            <Problem problem={problem} />
            <Input label={text.email} name="email" type="email" autocomplete="username" required defaultValue={email ?? ''} readOnly={Boolean(email)} />
            <Input label={text.password} name="password" type="password" autocomplete="new-password" minLength={8} required />
            <Button type="submit" kind="main" busy={busy}>
              {text.submit}
            </Button>
          </form>
        )}
      </div>
    </main>
  );
}

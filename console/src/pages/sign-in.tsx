import type { Submission } from '../components/basics';
import { useEffect, useState } from 'preact/hooks';

import { problemOf, type ApiError } from '../api';
import { Brand } from '../app';
import { Button, Input, Problem, Waiting } from '../components/basics';
import { useSession } from '../hooks';
import { forget, type Place } from '../router';
import * as session from '../session';
import { words } from '../format';
import { t } from '../texts';

const text = t.signIn;

/** All ways in. Whoever has a second factor is asked for it before the pages are shown. */
export function SignIn({ place }: { place: Place }) {
  const [{ code, error }] = useState(() => broughtIn(place.query));
  const { notice } = useSession();
  const [problem, setProblem] = useState<ApiError>();
  const [busy, setBusy] = useState(false);
  const [arriving, setArriving] = useState(Boolean(code));
  useEffect(() => {
    document.title = `${text.title} · ${t.name}`;
    if (error) setProblem(problemOf(new Error(error)));
    if (code) attempt(() => session.exchangeCode(code)).then(() => setArriving(false));
    forget('code', 'error', 'error_description');
  }, []);
  const attempt = async (way: () => Promise<void>) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await way();
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <main class="gate">
      <div class="card">
        <Brand />
        <div>
          <h1>{text.title}</h1>
          <p class="quiet">{text.lead}</p>
        </div>
        {notice && <p role="status">{notice}</p>}
        <Problem problem={problem} />
        {arriving ? <Waiting /> : <Ways attempt={attempt} busy={busy} />}
      </div>
    </main>
  );
}

/** What somebody brings along who comes back from a provider's page: a code, or why there is none. */
function broughtIn(query: URLSearchParams): { code?: string; error?: string } {
  const [code, error] = [query.get('code') ?? undefined, query.get('error')];
  return { code, error: query.get('error_description') ?? (error ? text.notByProvider(words(error)) : undefined) };
}

interface WaysProps {
  attempt: (way: () => Promise<void>) => Promise<void>;
  busy: boolean;
}

function Ways({ attempt, busy }: WaysProps) {
  const [purpose, setPurpose] = useState<'MAGIC_LINK' | 'RECOVER_PASSWORD'>();
  const [email, setEmail] = useState('');
  const [names, setNames] = useState<string[]>([]);
  useEffect(() => {
    session.providers().then(setNames, () => {});
  }, []);
  return (
    <>
      {purpose ? (
        <ByMail {...{ purpose, email, setEmail, attempt, busy }} onBack={() => setPurpose(undefined)} />
      ) : (
        <ByPassword {...{ email, setEmail, attempt, busy }} onMail={setPurpose} />
      )}
      <div class="or">{text.or}</div>
      {session.canUsePasskeys() && (
        <Button busy={busy} onClick={() => attempt(session.signInWithPasskey)}>
          {text.withPasskey}
        </Button>
      )}
      {names.map((name) => (
        <Button key={name} busy={busy} onClick={() => attempt(() => session.leaveForProvider(name, window.location.href))}>
          {text.withProvider(words(name))}
        </Button>
      ))}
      <Button busy={busy} onClick={() => attempt(session.signInAnonymously)}>
        {text.anonymous}
      </Button>
      <ByToken attempt={attempt} />
      <small class="quiet">{text.noAdmin}</small>
    </>
  );
}

type Way = WaysProps & { email: string; setEmail: (email: string) => void };

function ByPassword({ email, setEmail, attempt, busy, onMail }: Way & { onMail: (purpose: 'MAGIC_LINK' | 'RECOVER_PASSWORD') => void }) {
  const submit = (event: Submission) => {
    event.preventDefault();
    const password = String(new FormData(event.currentTarget).get('password'));
    const isNew = (event.submitter as HTMLButtonElement | null)?.value === 'sign-up';
    attempt(() => (isNew ? session.signUp(email, password) : session.signIn(email, password)));
  };
  return (
    <>
      <form onSubmit={submit}>
        <Input label={text.email} type="email" autocomplete="username" required value={email} onInput={(event) => setEmail(event.currentTarget.value)} />
        <Input label={text.password} name="password" type="password" autocomplete="current-password" required />
        <Button type="submit" kind="main" busy={busy}>
          {text.submit}
        </Button>
        <Button type="submit" busy={busy} value="sign-up">
          {text.signUp}
        </Button>
      </form>
      <div class="row spread">
        <Button kind="bare" onClick={() => onMail('MAGIC_LINK')}>
          {text.withCode}
        </Button>
        <Button kind="bare" onClick={() => onMail('RECOVER_PASSWORD')}>
          {text.forgot}
        </Button>
      </div>
    </>
  );
}

function ByMail({ purpose, email, setEmail, attempt, busy, onBack }: Way & { purpose: 'MAGIC_LINK' | 'RECOVER_PASSWORD'; onBack: () => void }) {
  const [sent, setSent] = useState(false);
  const submit = (event: Submission) => {
    event.preventDefault();
    const digits = String(new FormData(event.currentTarget).get('code') ?? '');
    attempt(async () => {
      if (sent) return session.verifyCode(purpose, email, digits);
      await (purpose === 'MAGIC_LINK' ? session.requestCode(email) : session.requestRecovery(email));
      setSent(true);
    });
  };
  return (
    <form onSubmit={submit}>
      <Input label={text.email} type="email" autocomplete="username" required value={email} readOnly={sent} onInput={(event) => setEmail(event.currentTarget.value)} />
      {sent && (
        <>
          <p role="status">{text.codeSent(email)}</p>
          <Input label={text.code} name="code" autocomplete="one-time-code" inputMode="numeric" required autofocus />
        </>
      )}
      <Button type="submit" kind="main" busy={busy}>
        {sent ? text.useCode : purpose === 'MAGIC_LINK' ? text.withCode : text.forgot}
      </Button>
      <Button kind="bare" onClick={onBack}>
        {text.withPassword}
      </Button>
    </form>
  );
}

function ByToken({ attempt }: { attempt: WaysProps['attempt'] }) {
  const submit = (event: Submission) => {
    event.preventDefault();
    const token = String(new FormData(event.currentTarget).get('token'));
    attempt(async () => session.takeToken(token));
  };
  return (
    <details>
      <summary>{text.useToken}</summary>
      <form onSubmit={submit}>
        <Input label={text.token} name="token" autocomplete="off" required />
        <Button type="submit">{text.takeToken}</Button>
      </form>
    </details>
  );
}

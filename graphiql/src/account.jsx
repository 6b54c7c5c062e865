import { Button, Dialog } from '@graphiql/react';
import { useEffect, useState, useSyncExternalStore } from 'react';

import * as session from '../../console/src/session';

/** Who is signed in, at the top right of the page, and the box behind it. */
export function Account() {
  const { session: current } = useSyncExternalStore(session.listen, session.look);
  const [open, setOpen] = useState(false);
  const minutes = useMinutes(current);
  return (
    <>
      <button
        type="button"
        className="account"
        data-signed-in={Boolean(current)}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        {current ? (
          <>
            <span className="account-name">{nameOf(current.user)}</span>
            <span className="account-time">{minutes}</span>
          </>
        ) : (
          'Sign in'
        )}
      </button>
      <Dialog open={open} onOpenChange={setOpen}>
        <div className="account-box">
          <Dialog.Title className="account-title">{current ? nameOf(current.user) : 'Sign in'}</Dialog.Title>
          <Dialog.Close className="account-close" />
          {current ? (
            <SignedIn current={current} minutes={minutes} onDone={() => setOpen(false)} />
          ) : (
            <SignIn onDone={() => setOpen(false)} />
          )}
        </div>
      </Dialog>
    </>
  );
}

function SignedIn({ current, minutes, onDone }) {
  const { user, expiresAt, refreshToken } = current;
  const factor = useFactorToShow(current);
  return (
    <div className="account-form">
      {factor && <SecondFactor factor={factor} onDone={onDone} />}
      <dl>
        <dt>User</dt>
        <dd>{user.id ?? 'none'}</dd>
        <dt>Role</dt>
        <dd>{user.appMetadata?.role ?? user.role ?? 'user'}</dd>
        <dt>Token ends</dt>
        <dd>
          {new Date(expiresAt).toLocaleString()} ({minutes}
          {refreshToken ? '; renewed by itself' : ''})
        </dd>
      </dl>
      <Button type="button" onClick={() => session.signOut()}>
        Sign out
      </Button>
    </div>
  );
}

/** The second factor that the account has and this session has not shown, if there is one. */
function useFactorToShow({ accessToken }) {
  const [factor, setFactor] = useState();
  useEffect(() => {
    let over = false;
    session.factorsToShow().then(([first]) => over || setFactor(first));
    return () => {
      over = true;
    };
  }, [accessToken]);
  return factor;
}

function SecondFactor({ factor, onDone }) {
  const [problem, setProblem] = useState();
  const submit = async (event) => {
    event.preventDefault();
    const code = new FormData(event.target).get('code');
    try {
      await session.showFactor(factor.id, code);
      onDone();
    } catch (error) {
      setProblem(error.message);
    }
  };
  return (
    <form onSubmit={submit}>
      <label>
        Code of “{factor.friendlyName}”, or a recovery code
        <input name="code" autoComplete="one-time-code" required />
      </label>
      <p role="status">{problem ?? 'Without it the session reaches what needs no second factor.'}</p>
      <Button type="submit" state="success">
        Confirm
      </Button>
    </form>
  );
}

function SignIn({ onDone }) {
  const { notice } = useSyncExternalStore(session.listen, session.look);
  const [problem, setProblem] = useState();
  const [busy, setBusy] = useState(false);
  /** Runs a way in; the box closes when it led in, and nothing else has to be shown. */
  const attempt = async (way) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await way();
      if (session.look().session && !(await session.factorsToShow()).length) onDone();
    } catch (error) {
      setProblem(error.message);
    } finally {
      setBusy(false);
    }
  };
  const submit = (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    const way = event.nativeEvent.submitter?.value === 'sign-up' ? session.signUp : session.signIn;
    attempt(() => way(form.get('email'), form.get('password')));
  };
  const paste = (event) => {
    event.preventDefault();
    const text = new FormData(event.target).get('token');
    attempt(async () => session.takeToken(text));
  };
  return (
    <div className="account-form">
      <form onSubmit={submit}>
        <label>
          Email
          <input name="email" type="email" autoComplete="username" required />
        </label>
        <label>
          Password
          <input name="password" type="password" autoComplete="current-password" required />
        </label>
        <div className="account-buttons">
          <Button type="submit" state="success" disabled={busy} value="sign-in">
            Sign in
          </Button>
          <Button type="submit" disabled={busy} value="sign-up">
            Make an account
          </Button>
        </div>
      </form>
      <p role="status">{problem ?? notice}</p>
      <Button type="button" disabled={busy} onClick={() => attempt(session.signInAnonymously)}>
        Try without an account
      </Button>
      <details>
        <summary>Use a token</summary>
        <p>
          With a provider or a mailed link, sign in by the mutations signInWithOauth and exchangeCodeForSession, or
          requestMagicLink and verifyEmail, and put the accessToken here.
        </p>
        <form onSubmit={paste}>
          <label>
            As “mindloom token” prints it
            <input name="token" autoComplete="off" required />
          </label>
          <Button type="submit">Use it</Button>
        </form>
      </details>
    </div>
  );
}

function nameOf(user) {
  if (user.isAnonymous) return 'Anonymous';
  return user.email ?? user.id ?? user.role ?? 'Somebody';
}

/** How long the token is good, in words, as time goes by. */
function useMinutes(current) {
  const [, setNow] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 10_000);
    return () => clearInterval(timer);
  }, []);
  if (!current) return '';
  const minutes = Math.floor(session.endsIn(current) / 60_000);
  if (minutes < 1) return 'under a minute';
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}

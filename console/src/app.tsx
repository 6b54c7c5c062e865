import type { ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import icon from './icon.svg';
import { Button, Waiting } from './components/basics';
import { Toasts } from './components/toast';
import { Uploads } from './components/uploads';
import { time, words } from './format';
import { useConnection, useSession } from './hooks';
import { PAGES, pageOf, type PageEntry, type PageProps } from './pages';
import { SecondFactor } from './pages/factor';
import { SignIn } from './pages/sign-in';
import { Welcome } from './pages/welcome';
import { hrefOf, usePlace, type Place } from './router';
import { assurance, factorsToShow, givenName, signOut, stopActing, type Factor, type Session } from './session';
import { setTheme, theme, type Theme } from './theme';
import { t } from './texts';

/** The whole console: who is signed in sees the pages, whoever is not is asked to. */
export function App() {
  const { session } = useSession();
  const place = usePlace();
  if (place.path === '/welcome') return <Welcome />;
  if (!session) return <SignIn place={place} />;
  // Another person starts with pages of their own.
  return <Assured key={session.user.id} session={session} place={place} />;
}

/** Asks for a second factor first, where the account has one that the session has not shown. */
function Assured({ session, place }: { session: Session; place: Place }) {
  const [factors, setFactors] = useState<Factor[]>();
  useEffect(() => {
    let over = false;
    factorsToShow().then((those) => over || setFactors(those));
    return () => {
      over = true;
    };
  }, [assurance(session)]);
  if (factors === undefined) return <Waiting />;
  if (factors.length > 0) return <SecondFactor factors={factors} onLater={() => setFactors([])} />;
  return <Shell session={session} place={place} />;
}

/** What a signed-in person is called. */
export function nameOf({ user }: Session): string {
  if (user.isAnonymous) return t.signIn.anonymousName;
  return givenName(user.userMetadata) ?? user.email ?? user.id ?? '';
}

export const isAdmin = ({ user }: Session) => user.appMetadata?.role === 'admin';

function Shell({ session, place }: { session: Session; place: Place }) {
  const [open, setOpen] = useState(false);
  const shown = useRef<string | undefined>(undefined);
  const found = pageOf(place.path);
  const title = found?.page.title;
  useEffect(() => {
    document.title = title ? `${title} · ${t.name}` : t.name;
    setOpen(false);
    // Whoever uses the keyboard goes on where the page begins, and a screen reader reads it.
    if (shown.current !== undefined && shown.current !== place.path) focusContent();
    shown.current = place.path;
  }, [place.path, title]);
  const closeMenu = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !open) return;
    setOpen(false);
    document.querySelector<HTMLElement>('[aria-controls="menu"]')?.focus();
  };
  return (
    <>
      <a class="skip" href="#content">
        {t.skip}
      </a>
      <div class="shell" onKeyDown={closeMenu}>
        <header class="top">
          <Brand />
          <Button aria-expanded={open} aria-controls="menu" onClick={() => setOpen(!open)}>
            {t.menu}
          </Button>
        </header>
        <aside id="menu" class={`side ${open ? 'open' : ''}`} aria-label={t.name}>
          <Brand />
          <Menu chosen={found?.page} admin={isAdmin(session)} />
          <Who session={session} />
        </aside>
        <div>
          <Banner />
          {session.acting && <Acting session={session} />}
          {found?.page.path !== '/files' && <Uploads />}
          <main id="content" tabIndex={-1} class={found?.page.full ? 'full' : ''}>
            {!found ? (
              <NoPage text={t.problems.notFound} />
            ) : found.page.group === 'admin' && !isAdmin(session) ? (
              <NoPage text={t.problems.adminOnly} />
            ) : (
              <Page key={found.page.path} entry={found.page} rest={found.rest} query={place.query} />
            )}
          </main>
        </div>
      </div>
      <Toasts />
    </>
  );
}

/** Unless a page has put the focus where it wants it. */
function focusContent() {
  const at = document.activeElement;
  if (!at || at === document.body || at.closest('.side')) document.getElementById('content')?.focus({ preventScroll: true });
}

export function Brand() {
  return (
    <a class="brand" href={hrefOf('/')}>
      <img src={icon} alt="" />
      {t.name}
    </a>
  );
}

function Menu({ chosen, admin }: { chosen?: PageEntry; admin: boolean }) {
  const groups = (['yours', 'account', 'admin', 'api'] as const).filter((group) => group !== 'admin' || admin);
  return (
    <nav aria-label={t.menu}>
      {groups.map((group) => (
        <section key={group} aria-labelledby={`menu-${group}`}>
          <h2 id={`menu-${group}`}>{t.menuGroups[group]}</h2>
          <ul>
            {PAGES.filter((page) => page.group === group).map((page) => (
              <li key={page.path}>
                <a href={hrefOf(page.path)} aria-current={page === chosen ? 'page' : undefined}>
                  {page.title}
                </a>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}

function Who({ session }: { session: Session }) {
  const [chosen, setChosen] = useState(theme());
  const choose = (next: Theme) => {
    setTheme(next);
    setChosen(next);
  };
  return (
    <footer>
      <span class="who" title={session.user.email ?? undefined}>
        {nameOf(session)}
      </span>
      <select aria-label={t.theme.label} value={chosen} onChange={(event) => choose(event.currentTarget.value as Theme)}>
        {(['system', 'light', 'dark'] as const).map((value) => (
          <option key={value} value={value}>
            {words(t.theme[value])}
          </option>
        ))}
      </select>
      <Button onClick={() => signOut()}>{t.signIn.signOut}</Button>
    </footer>
  );
}

/** That the server went away, and that it is back. */
function Banner() {
  const connection = useConnection();
  const text = connection === 'lost' ? t.connection.lost : connection === 'back' ? t.connection.back : undefined;
  return (
    <div role="status" aria-live="polite">
      {text && <div class={`banner ${connection === 'back' ? 'good' : ''}`}>{text}</div>}
    </div>
  );
}

const LOOK_MS = 2_000;

/** Loads the page anew once a server that was away answers again; returns what ends the waiting. */
function reloadWhenBack(): () => void {
  let wasAway = false;
  const look = () =>
    fetch('/healthz').then(
      ({ ok }) => ok && wasAway && window.location.reload(),
      () => (wasAway = true),
    );
  look();
  const timer = setInterval(look, LOOK_MS);
  return () => clearInterval(timer);
}

/** That what is shown is somebody else's. */
function Acting({ session }: { session: Session }) {
  return (
    <div class="banner row spread" role="status">
      <span>{t.acting.banner(nameOf(session), time(session.expiresAt))}</span>
      <Button onClick={stopActing}>{t.acting.stop}</Button>
    </div>
  );
}

/** A page, once it is loaded. */
function Page({ entry, rest, query }: { entry: PageEntry } & PageProps) {
  const [Loaded, setLoaded] = useState<ComponentType<PageProps>>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let over = false;
    entry.load().then(
      (module) => over || setLoaded(() => module.default),
      () => over || setFailed(true),
    );
    return () => {
      over = true;
    };
  }, []);
  useEffect(() => (failed ? reloadWhenBack() : undefined), [failed]);
  if (failed) {
    return (
      <div class="problem" role="alert">
        <p>{t.problems.page}</p>
        <Button onClick={() => window.location.reload()}>{t.problems.reload}</Button>
      </div>
    );
  }
  return Loaded ? <Loaded rest={rest} query={query} /> : <Waiting />;
}

function NoPage({ text }: { text: string }) {
  return (
    <div class="empty">
      <h1>{text}</h1>
      <a class="button" href={hrefOf('/')}>
        {t.problems.home}
      </a>
    </div>
  );
}

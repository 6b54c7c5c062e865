import { post } from './transport.js';

/** Where the session is kept, for all windows of this browser. */
const PLACE = 'mindloom:session';

/** Tokens are renewed so long before they end. */
const EARLY_MS = 60_000;

const SESSION = 'accessToken refreshToken expiresAt user { id email isAnonymous appMetadata }';

let current = read();
let notice;
let snapshot = { session: current, notice };
let timer;
const listeners = new Set();

/** Who is signed in, and what was last to be said about it; the same object until that changes. */
export function look() {
  return snapshot;
}

/** Calls back on every change; returns what ends that. */
export function listen(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The token for requests, renewed when it is about to end; nothing for nobody. */
export async function token() {
  if (current && endsIn(current) < EARLY_MS) await renew();
  return current?.accessToken;
}

export async function signIn(email, password) {
  const query = `mutation ($email: String!, $password: String!) { signIn(email: $email, password: $password) { ${SESSION} } }`;
  keep((await ask(query, { email, password })).signIn);
}

export async function signInAnonymously() {
  keep((await ask(`mutation { signInAnonymously { ${SESSION} } }`)).signInAnonymously);
}

/** Makes an account; whoever has to confirm the address first is told so. */
export async function signUp(email, password) {
  const query = `mutation ($input: SignUpInput!) { signUp(input: $input) { session { ${SESSION} } } }`;
  const { session } = (await ask(query, { input: { email, password } })).signUp;
  if (session) keep(session);
  else keep(undefined, 'A mail with a link is on its way: follow it, then sign in. Where no mail server is set, "mindloom mail" shows it.');
}

/** Signs in with a token that was made elsewhere; it is good as long as it says. */
export function takeToken(text) {
  const accessToken = text.trim().replace(/^bearer\s+/i, '');
  const claims = claimsOf(accessToken);
  if (!claims?.exp) throw new Error('This is no access token: it has three parts with dots between them');
  const user = {
    id: claims.sub,
    email: claims.email || undefined,
    isAnonymous: claims.is_anonymous,
    role: claims.role,
    appMetadata: claims.app_metadata,
  };
  keep({ accessToken, expiresAt: new Date(claims.exp * 1000).toISOString(), user });
}

/** Ends the session here and on the server. */
export async function signOut() {
  const ended = current;
  keep(undefined);
  if (!ended) return;
  // Whoever cannot be told, or says that it is over already, changes nothing about that.
  await post({ query: 'mutation { signOut }' }, { authorization: `Bearer ${ended.accessToken}` }).catch(() => {});
}

/** How long the token is good. */
export function endsIn(session) {
  return new Date(session.expiresAt) - Date.now();
}

/** The second factors that the account has and this session has not shown yet. */
export async function factorsToShow() {
  if (!current || claimsOf(current.accessToken)?.aal !== 'aal1') return [];
  try {
    const { factors } = await ask('{ factors { id friendlyName verifiedAt } }', {}, bearer());
    return factors.filter(({ verifiedAt }) => verifiedAt);
  } catch {
    // A token without a session of its own has none.
    return [];
  }
}

/** Shows a second factor: six digits of the app, or a recovery code. */
export async function showFactor(factorId, text) {
  const code = text.replace(/\s/g, '');
  if (/^\d{6}$/.test(code)) {
    const query = `mutation ($factorId: UUID!, $code: String!) { verifyTotp(factorId: $factorId, code: $code) { session { ${SESSION} } } }`;
    keep((await ask(query, { factorId, code }, bearer())).verifyTotp.session);
  } else {
    const query = `mutation ($code: String!) { useRecoveryCode(code: $code) { ${SESSION} } }`;
    keep((await ask(query, { code }, bearer())).useRecoveryCode);
  }
}

const bearer = () => ({ authorization: `Bearer ${current.accessToken}` });

async function ask(query, variables, headers) {
  const { data, errors } = await post({ query, variables }, headers);
  if (errors) throw new Error(errors[0].message, { cause: errors[0].extensions?.code });
  return data;
}

/** The server refused the token of this header; says whether there is another to try. */
export function replace(authorization) {
  return exclusively(async () => {
    if (current && authorization === `Bearer ${current.accessToken}`) await exchange();
    return current !== undefined;
  });
}

function renew() {
  return exclusively(async () => {
    // Another window may have done it meanwhile.
    current = read() ?? current;
    if (!current || endsIn(current) >= EARLY_MS) return keep(current);
    if (current.refreshToken || endsIn(current) <= 0) await exchange();
    else schedule(endsIn(current) + 1_000);
  });
}

/** Takes the next pair of tokens, or leaves nobody signed in. */
async function exchange() {
  if (!current.refreshToken) return keep(undefined, 'The token is good no more.');
  const query = `mutation ($token: String!) { refreshSession(refreshToken: $token) { ${SESSION} } }`;
  try {
    keep((await ask(query, { token: current.refreshToken })).refreshSession);
  } catch (error) {
    if (error.cause === 'UNAUTHENTICATED') keep(undefined, 'The session has ended; sign in again.');
    else schedule(EARLY_MS / 4);
  }
}

/** One window at a time, for a refresh token is good once. */
function exclusively(work) {
  return navigator.locks ? navigator.locks.request(PLACE, work) : work();
}

function keep(session, say) {
  current = session;
  notice = say;
  try {
    if (session) localStorage.setItem(PLACE, JSON.stringify(session));
    else localStorage.removeItem(PLACE);
  } catch {
    // A browser that keeps nothing keeps the session as long as the page.
  }
  changed();
}

function changed() {
  snapshot = { session: current, notice };
  schedule();
  for (const listener of listeners) listener();
}

/** Sees to it that the token is renewed although nobody asks anything, for what shows when it ends. */
function schedule(within) {
  clearTimeout(timer);
  if (!current) return;
  const due = within ?? Math.max(endsIn(current) - EARLY_MS, 1_000);
  // Longer times overflow the browser's timer.
  timer = setTimeout(() => (endsIn(current) < EARLY_MS ? renew() : schedule()), Math.min(due, 3_600_000));
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(PLACE)) ?? undefined;
  } catch {
    return undefined;
  }
}

function claimsOf(jwt) {
  try {
    const bytes = Uint8Array.from(atob(jwt.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

window.addEventListener('storage', ({ key }) => {
  if (key !== PLACE) return;
  current = read();
  changed();
});
schedule();

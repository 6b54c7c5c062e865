// Who is signed in, the same in all windows of this browser, the console's and GraphiQL's. GraphiQL imports this file.
import { post } from './post';

/** Where the session is kept, for all windows of this browser. */
const PLACE = 'mindloom:session';

/** Tokens are renewed so long before they end. */
const EARLY_MS = 60_000;

const SESSION = 'accessToken refreshToken expiresAt user { id email isAnonymous appMetadata userMetadata }';

/** What an account says of itself: `full_name` is what the provider calls whoever came by one. */
export interface UserMetadata {
  name?: string;
  full_name?: string;
}

/** Who a token is of. */
export interface SessionUser {
  id?: string;
  email?: string | null;
  isAnonymous?: boolean;
  appMetadata?: { role?: string };
  userMetadata?: UserMetadata;
  role?: string;
}

/** What signing in gives. */
export interface Session {
  accessToken: string;
  refreshToken?: string;
  expiresAt: string;
  user: SessionUser;
  /** Whether an administrator looks at data as this person, in this window alone: nothing can be changed. */
  acting?: boolean;
}

/** A second factor that an account has. */
export interface Factor {
  id: string;
  type: 'TOTP' | 'WEBAUTHN';
  friendlyName: string;
  verifiedAt?: string;
}

/** Looking as somebody else has ended: what was asked then is not asked as anybody else. */
export class ActingEnded extends Error {
  constructor() {
    super('Looking as somebody else has ended: what you see from here on is yours again, and nothing was sent.');
  }
}

/** What somebody calls themselves, or else their provider does. */
export const givenName = (said: UserMetadata | undefined) => said?.name || said?.full_name;

let current = read();
let acting: Session | undefined;
/** Who looks as somebody else. */
let actor: string | undefined;
let notice: string | undefined;
let snapshot: { session?: Session; notice?: string } = { session: current, notice };
let timer: ReturnType<typeof setTimeout>;
const listeners = new Set<() => void>();

/** Who is signed in, and what was last to be said about it; the same object until that changes. */
export function look() {
  return snapshot;
}

/** Calls back on every change; returns what ends that. */
export function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Who sends what is sent from now on: a person, a person as seen by somebody else, or nobody. */
export function sender(): string | undefined {
  const { session } = snapshot;
  return session && `${session.acting ? 'as ' : ''}${session.user.id}`;
}

/** The token for requests, renewed when it is about to end; nothing for nobody. Throws [`ActingEnded`], once. */
export async function token(): Promise<string | undefined> {
  if (acting) {
    if (endsIn(acting) > 0) return acting.accessToken;
    stopActing();
    throw new ActingEnded();
  }
  if (current && endsIn(current) < EARLY_MS) await renew();
  return current?.accessToken;
}

export async function signIn(email: string, password: string) {
  const query = `mutation SignIn($email: String!, $password: String!) { signIn(email: $email, password: $password) { ${SESSION} } }`;
  keep((await ask(query, { email, password })).signIn);
}

export async function signInAnonymously() {
  keep((await ask(`mutation SignInAnonymously { signInAnonymously { ${SESSION} } }`)).signInAnonymously);
}

/** Makes an account; whoever has to confirm the address first is told so. */
export async function signUp(email: string, password: string) {
  const query = `mutation SignUp($input: SignUpInput!) { signUp(input: $input) { session { ${SESSION} } } }`;
  const { session } = (await ask(query, { input: { email, password } })).signUp;
  if (session) keep(session);
  else keep(undefined, 'A mail with a link is on its way: follow it, then sign in. Where no mail server is set, "mindloom mail" shows it.');
}

/** Mails a code that signs in without a password. */
export async function requestCode(email: string) {
  await ask('mutation RequestMagicLink($email: String!) { requestMagicLink(email: $email, createUser: false) }', { email });
}

/** Mails a code that lets in whoever forgot the password. */
export async function requestRecovery(email: string) {
  await ask('mutation RequestRecovery($email: String!) { requestPasswordRecovery(email: $email) }', { email });
}

/** Signs in with the digits of a mail. */
export async function verifyCode(purpose: 'MAGIC_LINK' | 'RECOVER_PASSWORD', email: string, code: string) {
  const query = `mutation VerifyEmail($purpose: EmailPurpose!, $email: String, $code: String) { verifyEmail(purpose: $purpose, email: $email, code: $code) { ${SESSION} } }`;
  keep((await ask(query, { purpose, email, code: code.replace(/\s/g, '') })).verifyEmail);
}

/** The names of the providers that one may sign in with. */
export async function providers(): Promise<string[]> {
  return (await ask('query Providers { oauthProviders }')).oauthProviders;
}

const VERIFIER = 'mindloom:verifier';

/** Leaves for a provider's page; it comes back to `redirectTo` with a code (RFC 7636). */
export async function leaveForProvider(provider: string, redirectTo: string) {
  const verifier = base64Url(crypto.getRandomValues(new Uint8Array(32)));
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  const variables = { provider, redirectTo, codeChallenge: base64Url(new Uint8Array(digest)) };
  const query =
    'mutation SignInWithOauth($provider: String!, $redirectTo: String!, $codeChallenge: String!) { signInWithOauth(provider: $provider, redirectTo: $redirectTo, codeChallenge: $codeChallenge) { url } }';
  const { url } = (await ask(query, variables)).signInWithOauth;
  sessionStorage.setItem(VERIFIER, verifier);
  window.location.assign(url);
}

/** Takes the code with which a provider's page came back. */
export async function exchangeCode(code: string) {
  const codeVerifier = sessionStorage.getItem(VERIFIER) ?? '';
  sessionStorage.removeItem(VERIFIER);
  const query = `mutation ExchangeCode($code: String!, $codeVerifier: String!) { exchangeCodeForSession(code: $code, codeVerifier: $codeVerifier) { ${SESSION} } }`;
  keep((await ask(query, { code, codeVerifier })).exchangeCodeForSession);
}

/** Whether the browser has passkeys for this page. It has none for hosts that are numbers, nor over plain HTTP. */
export function canUsePasskeys(): boolean {
  const isNumber = /^[\d.]+$|^\[/.test(window.location.hostname);
  return window.isSecureContext && !isNumber && typeof window.PublicKeyCredential?.parseRequestOptionsFromJSON === 'function';
}

/** Signs in by whatever passkey the browser's dialogue lets one choose. */
export async function signInWithPasskey() {
  const { challengeId, options } = (await ask('mutation BeginPasskeySignIn { beginPasskeySignIn { challengeId options } }')).beginPasskeySignIn;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey ?? options);
  const credential = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential | null;
  if (!credential) return;
  const query = `mutation SignInWithPasskey($challengeId: UUID!, $credential: JSON!) { signInWithPasskey(challengeId: $challengeId, credential: $credential) { ${SESSION} } }`;
  keep((await ask(query, { challengeId, credential: credential.toJSON() })).signInWithPasskey);
}

/** Takes the link that makes an administrator. */
export async function becomeAdministrator(token: string, email: string, password: string) {
  const query = `mutation BecomeAdministrator($token: String!, $email: String!, $password: String!) { becomeAdministrator(token: $token, email: $email, password: $password) { ${SESSION} } }`;
  keep((await ask(query, { token, email, password })).becomeAdministrator);
}

/** Signs in with a token that was made elsewhere; it is good as long as it says. */
export function takeToken(text: string) {
  const accessToken = text.trim().replace(/^bearer\s+/i, '');
  const claims = claimsOf(accessToken);
  if (!claims?.exp) throw new Error('This is no access token: it has three parts with dots between them');
  const user = {
    id: claims.sub,
    email: claims.email || undefined,
    isAnonymous: claims.is_anonymous,
    role: claims.role,
    appMetadata: claims.app_metadata,
    userMetadata: claims.user_metadata,
  };
  keep({ accessToken, expiresAt: new Date(claims.exp * 1000).toISOString(), user });
}

/** Takes the session that an operation answered, such as that of a verified factor. */
export function take(session: Session) {
  keep(session);
}

/** Looks at data as somebody else until that is stopped, the token ends or the page is loaded anew. */
export function actAs(accessToken: string, expiresAt: string, user: SessionUser) {
  acting = { accessToken, expiresAt, user, acting: true };
  actor = current?.user.id;
  changed();
}

/** Goes back to one's own session. */
export function stopActing() {
  acting = undefined;
  changed();
}

/** Ends the session here and on the server. */
export async function signOut() {
  const ended = current;
  acting = undefined;
  keep(undefined);
  if (!ended) return;
  // Whoever cannot be told, or says that it is over already, changes nothing about that.
  await post({ query: 'mutation SignOut { signOut }' }, { authorization: `Bearer ${ended.accessToken}` }).catch(() => {});
}

/** How long the token is good, in milliseconds. */
export function endsIn(session: Session): number {
  return new Date(session.expiresAt).getTime() - Date.now();
}

/** How the session was assured: `aal2` after a second factor. */
export function assurance(session: Session | undefined): string | undefined {
  return session && claimsOf(session.accessToken)?.aal;
}

/** The second factors that the account has and this session has not shown yet. */
export async function factorsToShow(): Promise<Factor[]> {
  if (acting || !current || assurance(current) !== 'aal1') return [];
  try {
    const { factors } = await ask('query Factors { factors { id type friendlyName verifiedAt } }', {}, bearer());
    return factors.filter(({ verifiedAt }: Factor) => verifiedAt);
  } catch {
    // A token without a session of its own has none.
    return [];
  }
}

/** Shows a second factor by the key of a device, which the browser asks for. */
export async function showKey(factorId: string) {
  const begin = `mutation ChallengeFactor($factorId: UUID!) { challengeFactor(factorId: $factorId) { challengeId options } }`;
  const { challengeId, options } = (await ask(begin, { factorId }, bearer())).challengeFactor;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const signed = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
  const finish = `mutation VerifyWebauthn($factorId: UUID!, $challengeId: UUID!, $credential: JSON!) { verifyWebauthn(factorId: $factorId, challengeId: $challengeId, credential: $credential) { session { ${SESSION} } } }`;
  keep((await ask(finish, { factorId, challengeId, credential: signed.toJSON() }, bearer())).verifyWebauthn.session);
}

/** Shows a second factor: six digits of the app, or a recovery code. */
export async function showFactor(factorId: string | undefined, text: string) {
  const code = text.replace(/\s/g, '');
  if (factorId && /^\d{6}$/.test(code)) {
    const query = `mutation VerifyTotp($factorId: UUID!, $code: String!) { verifyTotp(factorId: $factorId, code: $code) { session { ${SESSION} } } }`;
    keep((await ask(query, { factorId, code }, bearer())).verifyTotp.session);
  } else {
    const query = `mutation UseRecoveryCode($code: String!) { useRecoveryCode(code: $code) { ${SESSION} } }`;
    keep((await ask(query, { code }, bearer())).useRecoveryCode);
  }
}

const bearer = () => ({ authorization: `Bearer ${current?.accessToken}` });

async function ask(query: string, variables?: Record<string, unknown>, headers?: Record<string, string>) {
  const { data, errors } = await post({ query, variables }, headers);
  if (errors?.[0]) throw new Error(errors[0].message, { cause: errors[0].extensions?.code });
  return data;
}

/** The server refused the token of this header; says whether there is another of the same person to try. */
export async function replace(authorization: string): Promise<boolean> {
  if (acting) {
    if (authorization === `Bearer ${acting.accessToken}`) stopActing();
    return false;
  }
  const whose = claimsOf(authorization)?.sub;
  return exclusively(async () => {
    if (current && authorization === `Bearer ${current.accessToken}`) await exchange();
    // What one person asked is never asked as another: somebody may have signed in, or stopped looking, meanwhile.
    return !acting && current !== undefined && current.user.id === whose;
  });
}

function renew(): Promise<void> {
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
  if (!current?.refreshToken) return keep(undefined, 'The token is good no more.');
  const query = `mutation Refresh($token: String!) { refreshSession(refreshToken: $token) { ${SESSION} } }`;
  try {
    keep((await ask(query, { token: current.refreshToken })).refreshSession);
  } catch (error) {
    if ((error as Error).cause === 'UNAUTHENTICATED') keep(undefined, 'The session has ended; sign in again.');
    else schedule(EARLY_MS / 4);
  }
}

/** One window at a time, for a refresh token is good once. */
function exclusively<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks ? (navigator.locks.request(PLACE, work) as Promise<T>) : work();
}

function keep(session: Session | undefined, say?: string) {
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
  // Whoever looks as somebody else does so no longer than they are signed in themselves, in whichever window that ends.
  if (current?.user.id !== actor || !current) acting = undefined;
  snapshot = { session: current && (acting ?? current), notice };
  schedule();
  for (const listener of listeners) listener();
}

/** Sees to it that the token is renewed although nobody asks anything, for what shows when it ends. */
function schedule(within?: number) {
  clearTimeout(timer);
  const session = current;
  if (!session) return;
  const due = within ?? Math.max(endsIn(session) - EARLY_MS, 1_000);
  // Longer times overflow the browser's timer.
  timer = setTimeout(() => void (endsIn(session) < EARLY_MS ? renew() : schedule()), Math.min(due, 3_600_000));
}

function read(): Session | undefined {
  try {
    return JSON.parse(localStorage.getItem(PLACE) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

function claimsOf(jwt: string) {
  try {
    const part = jwt.split('.')[1] ?? '';
    const bytes = Uint8Array.from(atob(part.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function base64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

window.addEventListener('storage', ({ key }) => {
  if (key !== PLACE) return;
  current = read();
  changed();
});
schedule();

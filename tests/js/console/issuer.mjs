// A provider of sign-ins on this machine, which speaks OpenID Connect: discovery, keys, a page that asks, and tokens. It
// checks what a provider checks.
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer } from 'node:http';

/** What the server's setting says of it, whichever runs the test. */
const CLIENT = { id: 'mindloom', secret: 'the-clients-secret' };
const PERSON = { sub: 'olga-at-acme', email: 'olga@example.org', email_verified: true, name: 'Olga of Acme' };

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Starts it at its address. */
export async function startIssuer(url) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'ES256' };
  const granted = new Map();

  function tokenOf(claims) {
    const said = `${encoded({ alg: 'ES256', kid: 'one', typ: 'JWT' })}.${encoded(claims)}`;
    return `${said}.${sign('sha256', Buffer.from(said), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  }

  /** The page that asks whether the person goes on. */
  function authorize(query) {
    const isKnown = query.get('client_id') === CLIENT.id && query.get('response_type') === 'code' && query.get('code_challenge_method') === 'S256';
    if (!isKnown) return { status: 400 };
    const code = randomUUID();
    granted.set(code, { challenge: query.get('code_challenge'), redirect: query.get('redirect_uri'), nonce: query.get('nonce') });
    const back = (answer) => `${query.get('redirect_uri')}?${new URLSearchParams({ state: query.get('state'), ...answer })}`.replaceAll('&', '&amp;');
    const body = `<!doctype html><title>Acme</title><a href="${back({ code })}">Continue as Olga</a> <a href="${back({ error: 'access_denied' })}">Refuse</a>`;
    return { type: 'text/html', body };
  }

  /** Takes a code once, of the client and with the secret behind the challenge. */
  function redeem(form, authorization) {
    const isClient = authorization === `Basic ${Buffer.from(`${CLIENT.id}:${CLIENT.secret}`).toString('base64')}`;
    const known = granted.get(form.get('code'));
    granted.delete(form.get('code'));
    const challenge = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
    if (!isClient || known?.challenge !== challenge || known.redirect !== form.get('redirect_uri')) return { status: 400, body: '{"error":"invalid_grant"}' };
    const now = Math.floor(Date.now() / 1000);
    const claims = { ...PERSON, iss: url, aud: CLIENT.id, iat: now, exp: now + 300, nonce: known.nonce };
    return { body: JSON.stringify({ access_token: 'unused', token_type: 'Bearer', expires_in: 300, id_token: tokenOf(claims) }) };
  }

  const discovery = {
    issuer: url,
    authorization_endpoint: `${url}/authorize`,
    token_endpoint: `${url}/token`,
    jwks_uri: `${url}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic'],
    code_challenge_methods_supported: ['S256'],
  };
  const pages = {
    '/.well-known/openid-configuration': () => ({ body: JSON.stringify(discovery) }),
    '/jwks': () => ({ body: JSON.stringify({ keys: [jwk] }) }),
    '/authorize': ({ query }) => authorize(query),
    '/token': ({ body, authorization }) => redeem(new URLSearchParams(body), authorization),
  };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const { pathname, searchParams: query } = new URL(request.url, url);
    const answer = pages[pathname]?.({ query, body, authorization: request.headers.authorization }) ?? { status: 204 };
    response.writeHead(answer.status ?? 200, { 'content-type': answer.type ?? 'application/json' }).end(answer.body);
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(Number(new URL(url).port), '127.0.0.1', resolve));
  return { url, end: () => (server.closeAllConnections(), server.close()) };
}

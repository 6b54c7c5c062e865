// What auth-js can ask for and is not here, and that everything else is driven: node accounts/absent.mjs PACKAGE

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'

import { client, isCurrent, member, operator, password, refused, run } from './common.mjs'

/** Where each call of the package is driven, as `tests/js/supabase/` names it. */
const DRIVEN = {
  auth: {
    'accounts/passwords.mjs': 'getClaims getSession getUser onAuthStateChange refreshSession setSession signInAnonymously signInWithPassword signOut signUp updateUser',
    'accounts/mails.mjs': 'exchangeCodeForSession reauthenticate resend resetPasswordForEmail signInWithOtp verifyOtp',
    'accounts/providers.mjs': 'getUserIdentities linkIdentity signInWithIdToken signInWithOAuth unlinkIdentity',
    'accounts/together.mjs': 'dispose initialize startAutoRefresh stopAutoRefresh',
    'accounts/absent.mjs': 'isThrowOnErrorEnabled signInWithSSO signInWithWeb3',
    'browser.mjs': 'registerPasskey signInWithPasskey',
  },
  'auth.mfa': { 'accounts/factors.mjs': 'challenge challengeAndVerify enroll getAuthenticatorAssuranceLevel listFactors unenroll verify' },
  'auth.mfa.webauthn': { 'browser.mjs': 'authenticate challenge enroll register verify' },
  'auth.mfa.recoveryCodes': { 'accounts/factors.mjs': 'generate getStatus regenerate unenroll verify' },
  'auth.passkey': {
    'accounts/passkeys.mjs': 'delete list startAuthentication startRegistration update verifyAuthentication verifyRegistration',
  },
  'auth.oauth': { 'accounts/absent.mjs': 'approveAuthorization denyAuthorization getAuthorizationDetails listGrants revokeGrant' },
  'auth.admin': {
    'accounts/admin.mjs': 'createUser deleteUser generateLink getUserById inviteUserByEmail listUsers signOut updateUserById',
  },
  'auth.admin.mfa': { 'accounts/factors.mjs': 'deleteFactor listFactors' },
  'auth.admin.passkey': { 'accounts/passkeys.mjs': 'deletePasskey listPasskeys' },
  'auth.admin.oauth': { 'accounts/absent.mjs': 'createClient deleteClient getClient listClients regenerateClientSecret updateClient' },
  'auth.admin.customProviders': { 'accounts/absent.mjs': 'createProvider deleteProvider getProvider listProviders updateProvider' },
}

/** What the package's own calls are made of, and nobody's documentation shows. */
const INSIDE = ['fetch', 'fetchJwk', 'linkIdentityIdToken', 'linkIdentityOAuth', 'lock', 'logger', 'signInWithEthereum', 'signInWithSolana']

/** The names of the functions of an object and of what it is made of. */
const calls = (object) => {
  const names = new Set()
  for (let of = object; of && of !== Object.prototype; of = Object.getPrototypeOf(of)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(of))) {
      if (typeof value === 'function' && name !== 'constructor' && !/^_/.test(name) && !INSIDE.includes(name)) names.add(name)
    }
  }
  return names
}

/** The namespaces below an object whose values have calls and no class of the language. */
const namespaces = ['mfa', 'passkey', 'oauth', 'admin', 'webauthn', 'recoveryCodes', 'customProviders']

await run({
  async 'every call of the package is driven by one of these scripts'() {
    const seen = []
    const walk = (object, path) => {
      seen.push(path)
      const scripts = Object.entries(DRIVEN[path] ?? {})
      for (const name of calls(object)) {
        const [script] = scripts.find(([, names]) => names.split(' ').includes(name)) ?? []
        assert.ok(script, `nothing drives ${path}.${name}`)
        const text = readFileSync(new URL(`../${script}`, import.meta.url), 'utf8')
        assert.ok(text.includes(`${path.split('.').at(-1)}.${name}(`), `${script} does not call ${path}.${name}`)
      }
      for (const name of namespaces) if (object[name] && !calls(object).has(name)) walk(object[name], `${path}.${name}`)
    }
    walk(client().auth, 'auth')
    const expected = Object.keys(DRIVEN).filter((path) => isCurrent || !/passkey|recoveryCodes|customProviders/.test(path))
    assert.deepEqual(seen.sort(), expected.sort())
  },

  async 'organisations by SAML, and wallets'() {
    const { auth } = client()
    assert.match(refused(await auth.signInWithSSO({ domain: 'example.org' }), 'saml_provider_disabled', 404).message, /MINDLOOM_OAUTH_PROVIDERS/)
    const wallet = { chain: 'solana', message: 'example.org wants you to sign in', signature: new Uint8Array(64) }
    refused(await auth.signInWithWeb3(wallet), 'web3_provider_disabled', 422)
  },

  async 'this server is no OAuth server for others'() {
    const { supabase } = await member('ada')
    const { oauth } = supabase.auth
    const id = randomUUID()
    for (const answer of [
      await oauth.getAuthorizationDetails(id),
      await oauth.approveAuthorization(id),
      await oauth.denyAuthorization(id),
      await oauth.listGrants(),
      await oauth.revokeGrant({ clientId: id }),
    ]) {
      refused(answer, 'oauth_server_disabled', 404)
    }
    const { admin } = operator().auth
    for (const answer of [
      await admin.oauth.listClients(),
      await admin.oauth.createClient({ client_name: 'x', redirect_uris: ['https://example.org/'] }),
      await admin.oauth.getClient(id),
      await admin.oauth.updateClient(id, { client_name: 'y' }),
      await admin.oauth.deleteClient(id),
      await admin.oauth.regenerateClientSecret(id),
    ]) {
      refused(answer, 'oauth_server_disabled', 404)
    }
  },

  async 'providers are settings'() {
    if (!isCurrent) return
    const { customProviders } = operator().auth.admin
    for (const answer of [
      await customProviders.listProviders(),
      await customProviders.createProvider({ identifier: 'custom:acme', provider_type: 'oidc', name: 'Acme' }),
      await customProviders.getProvider('custom:acme'),
      await customProviders.updateProvider('custom:acme', { name: 'Acme' }),
      await customProviders.deleteProvider('custom:acme'),
    ]) {
      refused(answer, 'custom_providers_disabled', 404)
    }
  },

  async 'phone numbers'() {
    const { auth } = client()
    const phone = '+4912345'
    for (const answer of [
      await auth.signInWithOtp({ phone }),
      await auth.verifyOtp({ phone, token: '123456', type: 'sms' }),
      await auth.resend({ phone, type: 'sms' }),
      await auth.resend({ phone, type: 'phone_change' }),
      await auth.signInWithPassword({ phone, password }),
      await operator().auth.admin.createUser({ phone, password }),
    ]) {
      refused(answer, 'phone_provider_disabled', 400)
    }
    assert.ok(!auth.isThrowOnErrorEnabled())
  },
})

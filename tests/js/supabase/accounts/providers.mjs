// Sign-ins through others, by auth-js: node accounts/providers.mjs PACKAGE

import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'

import { app, client, desk, fragment, member, newAddress, ok, refused, run, storage, travel } from './common.mjs'

const pkce = () => client({ flowType: 'pkce', storage: storage(), persistSession: true })

/** Sits somebody down at the provider's screen. */
const atTheScreen = async (email) => {
  const person = { subject: randomUUID(), email, email_verified: true, name: 'Ada Lovelace' }
  const answer = await fetch(`${desk}/person`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(person),
  })
  assert.equal(answer.status, 200)
}

/** A token of the provider for this server's client, or another's. */
const idToken = async (parameters = {}) => {
  const answer = await fetch(`${desk}/id-token?${new URLSearchParams(parameters)}`)
  return (await answer.json()).id_token
}

const options = { redirectTo: app, skipBrowserRedirect: true }
const sha256 = (text) => createHash('sha256').update(text).digest('hex')

await run({
  async 'with the session in the fragment'() {
    const email = newAddress('ada')
    await atTheScreen(email)
    const supabase = client()
    const { url } = ok(await supabase.auth.signInWithOAuth({ provider: 'acme', options }))
    const back = await travel(url)
    const { access_token, refresh_token } = fragment(back)
    const { user } = ok(await supabase.auth.setSession({ access_token, refresh_token }))
    assert.equal(user.email, email)
    assert.equal(user.user_metadata.full_name, 'Ada Lovelace')
    assert.equal(user.app_metadata.provider, 'acme')
    assert.deepEqual(user.identities.map(({ provider }) => provider), ['acme'])
  },

  async 'with a code for the client that asked'() {
    const email = newAddress('bob')
    await atTheScreen(email)
    const supabase = pkce()
    const { url } = ok(await supabase.auth.signInWithOAuth({ provider: 'acme', options: { ...options, queryParams: { prompt: 'login' } } }))
    const back = await travel(url)
    assert.equal(back.hash, '')
    const { user } = ok(await supabase.auth.exchangeCodeForSession(back.searchParams.get('code')))
    assert.equal(user.email, email)
  },

  async 'unknown providers and foreign addresses'() {
    const begin = async (parameters) => {
      const { url } = ok(await client().auth.signInWithOAuth({ provider: 'acme', options }))
      const address = new URL(url)
      for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value)
      const answer = await fetch(address, { redirect: 'manual' })
      return { status: answer.status, ...(await answer.json()) }
    }
    const unknown = await begin({ provider: 'azure' })
    assert.deepEqual([unknown.status, unknown.error_code], [400, 'validation_failed'])
    const foreign = await begin({ redirect_to: 'https://evil.example/' })
    assert.deepEqual([foreign.status, foreign.error_code], [400, 'validation_failed'])
  },

  async 'identities are linked and unlinked'() {
    const { supabase, email } = await member('cleo', { flowType: 'pkce', storage: storage(), persistSession: true })
    await atTheScreen(newAddress('cleo-at-acme'))
    const { url } = ok(await supabase.auth.linkIdentity({ provider: 'acme', options }))
    // Whoever else is sent to the provider by such an address would put their identity into the account.
    const implicit = await member('cleo-implicit')
    refused(await implicit.supabase.auth.linkIdentity({ provider: 'acme', options }), 'validation_failed', 400)
    const back = await travel(url)
    const linked = ok(await supabase.auth.exchangeCodeForSession(back.searchParams.get('code')))
    assert.equal(linked.user.email, email)
    const { identities } = ok(await supabase.auth.getUserIdentities())
    assert.deepEqual(identities.map(({ provider }) => provider), ['email', 'acme'])
    const other = await member('dan')
    const { error } = await other.supabase.auth.unlinkIdentity(identities[1])
    assert.equal(error.code, 'identity_not_found')
    refused(await supabase.auth.unlinkIdentity(identities[0]), 'validation_failed', 400)
    ok(await supabase.auth.unlinkIdentity(identities[1]))
    assert.equal(ok(await supabase.auth.getUserIdentities()).identities.length, 1)
  },

  async 'with a token that the provider gave to the client'() {
    const email = newAddress('eve')
    await atTheScreen(email)
    const nonce = randomUUID()
    const token = await idToken({ nonce: sha256(nonce) })
    const { user, session } = ok(await client().auth.signInWithIdToken({ provider: 'acme', token, nonce }))
    assert.equal(user.email, email)
    assert.ok(session.refresh_token)
    ok(await client().auth.signInWithIdToken({ provider: 'acme', token: await idToken() }))
    for (const parameters of [{ fault: 'audience' }, { fault: 'issuer' }, { fault: 'signature' }, { fault: 'expired' }, { nonce: 'raw' }]) {
      const wrong = await idToken(parameters)
      const tried = await client().auth.signInWithIdToken({ provider: 'acme', token: wrong, nonce: parameters.nonce })
      assert.equal(tried.error?.status, 400, JSON.stringify([parameters, tried]))
      assert.equal(tried.error.message, 'Bad ID token')
    }
    const without = await client().auth.signInWithIdToken({ provider: 'acme', token })
    assert.equal(without.error.status, 400, 'a token with a nonce needs it')
    refused(await client().auth.signInWithIdToken({ provider: 'github', token }), 'validation_failed', 400)
  },

  async 'an identity is linked by a token that the provider gave to the client'() {
    const { supabase, user } = await member('fay')
    await atTheScreen(newAddress('fay-at-acme'))
    const token = await idToken()
    const linked = ok(await supabase.auth.linkIdentity({ provider: 'acme', token }))
    assert.equal(linked.user.id, user.id)
    assert.deepEqual(linked.user.identities.map(({ provider }) => provider), ['email', 'acme'])
    const other = await member('gus')
    refused(await other.supabase.auth.linkIdentity({ provider: 'acme', token: await idToken() }), 'identity_already_exists', 422)
  },
})

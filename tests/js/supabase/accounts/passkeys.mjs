// Passkeys through auth-js, by a device in software: node accounts/passkeys.mjs PACKAGE

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'

import { answer, make } from './authenticator.mjs'
import { anon, atOnceUrl, client, graphql, isCurrent, member, ok, operator, password, refused, run, sql, url } from './common.mjs'

const origin = `http://localhost:${new URL(url).port}`

/** What 2.90 has no calls for is asked as the newest package asks it. */
const ask = async (path, token, body, { method = 'POST', address = url } = {}) => {
  const response = await fetch(`${address}/auth/v1/passkeys${path}`, {
    method,
    headers: {
      apikey: anon,
      authorization: `Bearer ${token ?? anon}`,
      'content-type': 'application/json',
      'x-supabase-api-version': '2024-01-01',
    },
    body: body && JSON.stringify(body),
  })
  const data = response.status === 204 ? null : await response.json()
  if (response.ok) return { data, error: null }
  return { data: null, error: { ...data, status: response.status } }
}

const beginSignIn = async (address) => ok(await ask('/authentication/options', null, {}, { address }))
const signIn = (challenge_id, credential, address) => ask('/authentication/verify', null, { challenge_id, credential }, { address })

/** Somebody with a passkey. */
const withPasskey = async (name) => {
  const person = await member(name)
  const token = person.session.access_token
  const { challenge_id, options } = ok(await ask('/registration/options', token, {}))
  const { device, credential } = make(options, origin)
  const passkey = ok(await ask('/registration/verify', token, { challenge_id, credential }))
  return { ...person, token, device, passkey, credential }
}

await run({
  async 'a passkey is added and signs in'() {
    const { supabase, email, session, user } = await member('ada')
    const started = isCurrent
      ? ok(await supabase.auth.passkey.startRegistration())
      : ok(await ask('/registration/options', session.access_token, {}))
    assert.equal(started.options.rp.id, 'localhost')
    assert.equal(started.options.user.name, email)
    assert.equal(started.options.attestation, 'none')
    assert.equal(started.options.authenticatorSelection.residentKey, 'required')
    assert.ok(started.expires_at > Date.now() / 1000)
    const { device, credential } = make(started.options, origin)
    const added = isCurrent
      ? ok(await supabase.auth.passkey.verifyRegistration({ challengeId: started.challenge_id, credential }))
      : ok(await ask('/registration/verify', session.access_token, { challenge_id: started.challenge_id, credential }))
    assert.equal(added.friendly_name, 'Passkey')

    const nobody = client()
    const asked = isCurrent ? ok(await nobody.auth.passkey.startAuthentication()) : await beginSignIn()
    assert.deepEqual(asked.options.allowCredentials, [])
    const signed = answer(device, asked.options, origin)
    const signedIn = isCurrent
      ? ok(await nobody.auth.passkey.verifyAuthentication({ challengeId: asked.challenge_id, credential: signed }))
      : ok(await signIn(asked.challenge_id, signed))
    assert.equal(signedIn.user.id, user.id)
    const token = (signedIn.session ?? signedIn).access_token
    const { claims } = ok(await client().auth.getClaims(token))
    assert.deepEqual([claims.aal, claims.amr[0].method], ['aal1', 'passkey'])

    if (isCurrent) {
      const [listed] = ok(await supabase.auth.passkey.list())
      assert.equal(listed.id, added.id)
      assert.ok(listed.last_used_at)
      assert.equal(ok(await supabase.auth.passkey.update({ passkeyId: added.id, friendlyName: 'Laptop' })).friendly_name, 'Laptop')
      refused(await supabase.auth.passkey.update({ passkeyId: added.id, friendlyName: 'x'.repeat(121) }), 'validation_failed', 400)
      assert.equal((await supabase.auth.passkey.delete({ passkeyId: added.id })).error, null)
      assert.deepEqual(ok(await supabase.auth.passkey.list()), [])
    } else {
      assert.equal(ok(await ask(`/${added.id}`, session.access_token, { friendly_name: 'Laptop' }, { method: 'PATCH' })).friendly_name, 'Laptop')
      ok(await ask(`/${added.id}`, session.access_token, null, { method: 'DELETE' }))
    }
    const late = await beginSignIn()
    refused(await signIn(late.challenge_id, answer(device, late.options, origin)), 'webauthn_verification_failed', 400)
    ok(await client().auth.signInWithPassword({ email, password }))
  },

  async 'a challenge is good once, in time, and for its purpose'() {
    const { device, token } = await withPasskey('bob')
    const { challenge_id, options } = await beginSignIn()
    const signed = answer(device, options, origin)
    const [one, other] = await Promise.all([signIn(challenge_id, signed), signIn(challenge_id, signed)])
    assert.equal([one, other].filter(({ error }) => error === null).length, 1)
    refused(await signIn(challenge_id, signed), 'webauthn_challenge_not_found', 400)

    const foreign = await beginSignIn()
    refused(await signIn(foreign.challenge_id, answer(device, options, origin)), 'webauthn_verification_failed', 400)

    const late = await beginSignIn()
    await sql('update auth.passkey_challenges set expires_at = now() where id = $1::text::uuid', late.challenge_id)
    refused(await signIn(late.challenge_id, answer(device, late.options, origin)), 'webauthn_challenge_expired', 400)

    const registration = ok(await ask('/registration/options', token, {}))
    refused(await signIn(registration.challenge_id, answer(device, registration.options, origin)), 'webauthn_challenge_not_found', 400)
    const stranger = await member('carl')
    const made = make(registration.options, origin)
    refused(
      await ask('/registration/verify', stranger.session.access_token, { challenge_id: registration.challenge_id, credential: made.credential }),
      'webauthn_challenge_not_found',
      400,
    )
  },

  async 'begun at one server and ended at another'() {
    const { device, user } = await withPasskey('cleo')
    const { challenge_id, options } = await beginSignIn()
    const { data } = await signIn(challenge_id, answer(device, options, origin), atOnceUrl)
    assert.equal(data.user.id, user.id)
  },

  async 'what a device must not do'() {
    const [dan, eve] = [await withPasskey('dan'), await withPasskey('eve')]
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    for (const [page, wrong] of [
      ['https://evil.example', {}],
      [origin, { userHandle: eve.device.userHandle }],
      [origin, { userHandle: null }],
      [origin, { key: privateKey }],
      [origin, { verified: false }],
    ]) {
      const { challenge_id, options } = await beginSignIn()
      refused(await signIn(challenge_id, answer(dan.device, options, page, wrong)), 'webauthn_verification_failed', 400)
    }
    for (const credential of [{}, { id: 'x' }, 'text', { ...eve.credential }]) {
      const { challenge_id } = await beginSignIn()
      refused(await signIn(challenge_id, credential), 'webauthn_verification_failed', 400)
    }
    const { challenge_id, options } = ok(await ask('/registration/options', dan.token, {}))
    refused(
      await ask('/registration/verify', dan.token, { challenge_id, credential: make(options, 'https://evil.example').credential }),
      'webauthn_verification_failed',
      400,
    )
  },

  async 'a copy of a device that counts is noticed'() {
    const { device } = await withPasskey('fay')
    const first = await beginSignIn()
    ok(await signIn(first.challenge_id, answer(device, first.options, origin)))
    const again = await beginSignIn()
    refused(await signIn(again.challenge_id, answer(device, again.options, origin, { count: device.count })), 'webauthn_verification_failed', 400)
    const right = await beginSignIn()
    ok(await signIn(right.challenge_id, answer(device, right.options, origin)))
  },

  async 'a suspended account stays out, and the operator removes what is lost'() {
    const { device, passkey, user, email } = await withPasskey('gus')
    await sql("update auth.users set banned_until = now() + interval '1 hour' where email = $1", email)
    const banned = await beginSignIn()
    refused(await signIn(banned.challenge_id, answer(device, banned.options, origin)), 'user_banned', 403)
    if (!isCurrent) return
    const { admin } = operator().auth
    assert.equal(ok(await admin.passkey.listPasskeys({ userId: user.id }))[0].id, passkey.id)
    assert.equal((await admin.passkey.deletePasskey({ userId: user.id, passkeyId: passkey.id })).error, null)
    assert.deepEqual(ok(await admin.passkey.listPasskeys({ userId: user.id })), [])
  },

  async 'who may add one'() {
    const supabase = client()
    const { session } = ok(await supabase.auth.signInAnonymously())
    refused(await ask('/registration/options', session.access_token, {}), 'no_authorization', 403)
    refused(await ask('/registration/options', null, {}), 'bad_jwt', 403)
  },

  async 'by GraphQL'() {
    const { session } = await member('hal')
    const token = session.access_token
    const begin = await graphql('mutation { beginPasskeyRegistration { challengeId options } }', token)
    const { challengeId, options } = begin.data.beginPasskeyRegistration
    const { device, credential } = make(options, origin)
    const finish = 'mutation($c: UUID!, $k: JSON!) { finishPasskeyRegistration(challengeId: $c, credential: $k, friendlyName: "Phone") { id friendlyName } }'
    const added = (await graphql(finish, token, { c: challengeId, k: credential })).data.finishPasskeyRegistration
    assert.equal(added.friendlyName, 'Phone')
    const started = (await graphql('mutation { beginPasskeySignIn { challengeId options } }', anon)).data.beginPasskeySignIn
    const enter = 'mutation($c: UUID!, $k: JSON!) { signInWithPasskey(challengeId: $c, credential: $k) { accessToken user { id } } }'
    const variables = { c: started.challengeId, k: answer(device, started.options, origin) }
    const signedIn = (await graphql(enter, anon, variables)).data.signInWithPasskey
    assert.equal(signedIn.user.id, session.user.id)
    const replayed = await graphql(enter, anon, variables)
    assert.equal(replayed.errors[0].extensions.reason, 'CHALLENGE_UNKNOWN')
    const rename = 'mutation($id: UUID!) { renamePasskey(id: $id, friendlyName: "Tablet") { friendlyName } }'
    assert.equal((await graphql(rename, token, { id: added.id })).data.renamePasskey.friendlyName, 'Tablet')
    const listed = await graphql('{ passkeys { id friendlyName lastUsedAt } }', token)
    assert.equal(listed.data.passkeys[0].friendlyName, 'Tablet')
    assert.ok(listed.data.passkeys[0].lastUsedAt)
    assert.equal((await graphql('mutation($id: UUID!) { removePasskey(id: $id) }', token, { id: added.id })).data.removePasskey, true)
    assert.deepEqual((await graphql('{ passkeys { id } }', token)).data.passkeys, [])
  },
})

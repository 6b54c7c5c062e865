// Keys of devices as second factors, through auth-js and GraphQL: node accounts/keys.mjs PACKAGE

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'

import { answer, asJson, make } from './authenticator.mjs'
import { atOnceUrl, anon, client, graphql, member, ok, operator, password, refused, run, sql, url } from './common.mjs'

const origin = `http://localhost:${new URL(url).port}`
const rpId = 'localhost'

/** What auth-js takes for a credential of a browser. */
const credential = (json) => ({ toJSON: () => json })

/** Asks for a factor's key. */
const challenge = async (supabase, factorId) => {
  const { id, type, webauthn } = ok(await supabase.auth.mfa.challenge({ factorId, webauthn: { rpId } }))
  assert.equal(type, 'webauthn')
  return { challengeId: id, type: webauthn.type, options: asJson(webauthn.credential_options.publicKey) }
}

const verify = (supabase, factorId, { challengeId, type }, json) =>
  supabase.auth.mfa.verify({ factorId, challengeId, webauthn: { type, rpId, rpOrigins: [origin], credential_response: credential(json) } })

/** Somebody with a key in force, and a session that has shown it. */
const withKey = async (name, how) => {
  const person = await member(name)
  const factor = ok(await person.supabase.auth.mfa.enroll({ factorType: 'webauthn', friendlyName: 'Key' }))
  const asked = await challenge(person.supabase, factor.id)
  const { device, credential: made } = make(asked.options, origin, how)
  ok(await verify(person.supabase, factor.id, asked, made))
  return { ...person, factorId: factor.id, device }
}

const signIn = async (email) => {
  const supabase = client()
  ok(await supabase.auth.signInWithPassword({ email, password }))
  return supabase
}

await run({
  async 'a key is enrolled, asked for, and removed'() {
    const { supabase, email, user } = await member('ada')
    const older = await signIn(email)
    const factor = ok(await supabase.auth.mfa.enroll({ factorType: 'webauthn', friendlyName: 'Yubikey' }))
    assert.deepEqual([factor.type, factor.friendly_name], ['webauthn', 'Yubikey'])
    const unverified = ok(await supabase.auth.mfa.listFactors())
    assert.deepEqual([unverified.all[0].factor_type, unverified.all[0].status], ['webauthn', 'unverified'])
    assert.deepEqual(unverified.webauthn, [])

    const asked = await challenge(supabase, factor.id)
    assert.equal(asked.type, 'create')
    assert.equal(asked.options.rp.id, rpId)
    assert.equal(asked.options.user.name, email)
    assert.equal(asked.options.attestation, 'none')
    assert.notEqual(Buffer.from(asked.options.user.id, 'base64url').toString('hex'), user.id.replaceAll('-', ''), 'it takes no passkey’s place')
    assert.equal(asked.options.extensions?.credentialProtectionPolicy, undefined)
    const { device, credential: made } = make(asked.options, origin)
    const events = []
    supabase.auth.onAuthStateChange((event) => void events.push(event))
    const shown = ok(await verify(supabase, factor.id, asked, made))
    assert.equal(shown.user.id, user.id)
    assert.ok(events.includes('MFA_CHALLENGE_VERIFIED'), events)
    const { claims } = ok(await supabase.auth.getClaims())
    assert.deepEqual([claims.aal, claims.amr.map(({ method }) => method)], ['aal2', ['otp', 'mfa/webauthn']])
    const [listed] = ok(await supabase.auth.mfa.listFactors()).webauthn
    assert.deepEqual([listed.id, listed.status], [factor.id, 'verified'])
    assert.ok((await older.auth.refreshSession()).error, 'a session that never showed it is over')

    const again = await signIn(email)
    const level = ok(await again.auth.mfa.getAuthenticatorAssuranceLevel())
    assert.deepEqual([level.currentLevel, level.nextLevel], ['aal1', 'aal2'])
    refused(await again.auth.mfa.enroll({ factorType: 'webauthn', friendlyName: 'Thief' }), 'insufficient_aal', 403)
    refused(await again.auth.mfa.unenroll({ factorId: factor.id }), 'insufficient_aal', 403)
    const request = await challenge(again, factor.id)
    assert.equal(request.type, 'request')
    assert.deepEqual(request.options.allowCredentials.length, 1)
    ok(await verify(again, factor.id, request, answer(device, request.options, origin)))
    assert.equal(ok(await again.auth.mfa.getAuthenticatorAssuranceLevel()).currentLevel, 'aal2')
    ok(await again.auth.refreshSession())
    assert.equal(ok(await again.auth.mfa.getAuthenticatorAssuranceLevel()).currentLevel, 'aal2')
    assert.equal(ok(await again.auth.mfa.unenroll({ factorId: factor.id })).id, factor.id)
    assert.deepEqual(ok(await again.auth.mfa.listFactors()).all, [])
  },

  async 'a device without a PIN, and one that has one'() {
    const touched = await withKey('bob', { verified: false })
    const one = await signIn(touched.email)
    const asked = await challenge(one, touched.factorId)
    ok(await verify(one, touched.factorId, asked, answer(touched.device, asked.options, origin, { verified: false })))
    const unlocked = await withKey('bea')
    const two = await signIn(unlocked.email)
    const request = await challenge(two, unlocked.factorId)
    const lazy = answer(unlocked.device, request.options, origin, { verified: false })
    refused(await verify(two, unlocked.factorId, request, lazy), 'mfa_verification_failed', 422)
  },

  async 'what a device must not do'() {
    const [cleo, dan] = [await withKey('cleo'), await withKey('dan')]
    const supabase = await signIn(cleo.email)
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const wrong = (options) => [
      answer(cleo.device, options, 'https://evil.example'),
      answer(cleo.device, options, origin, { key: privateKey }),
      answer(dan.device, options, origin),
      answer(cleo.device, { ...options, challenge: 'AAAA' }, origin),
    ]
    for (let which = 0; which < 4; which++) {
      const asked = await challenge(supabase, cleo.factorId)
      refused(await verify(supabase, cleo.factorId, asked, wrong(asked.options)[which]), 'mfa_verification_failed', 422)
    }
    for (const nonsense of [{}, 'text', { id: 'x' }]) {
      const asked = await challenge(supabase, cleo.factorId)
      refused(await verify(supabase, cleo.factorId, asked, nonsense), 'validation_failed', 400)
    }
    assert.equal(ok(await supabase.auth.mfa.getAuthenticatorAssuranceLevel()).currentLevel, 'aal1')
    const right = await challenge(supabase, cleo.factorId)
    ok(await verify(supabase, cleo.factorId, right, answer(cleo.device, right.options, origin)))
  },

  async 'a challenge is good once, in time, for one factor of one person'() {
    const [eve, fay] = [await withKey('eve'), await withKey('fay')]
    const supabase = await signIn(eve.email)
    const asked = await challenge(supabase, eve.factorId)
    const signed = answer(eve.device, asked.options, origin)
    refused(await verify(fay.supabase, eve.factorId, asked, signed), 'mfa_factor_not_found', 422)
    refused(await verify(fay.supabase, fay.factorId, asked, signed), 'mfa_factor_not_found', 422)
    refused(await fay.supabase.auth.mfa.challenge({ factorId: eve.factorId, webauthn: { rpId } }), 'mfa_factor_not_found', 404)
    ok(await verify(supabase, eve.factorId, asked, signed))
    refused(await verify(supabase, eve.factorId, asked, signed), 'mfa_factor_not_found', 422)

    const late = await challenge(supabase, eve.factorId)
    await sql('update auth.passkey_challenges set expires_at = now() where id = $1::text::uuid', late.challengeId)
    refused(await verify(supabase, eve.factorId, late, answer(eve.device, late.options, origin)), 'mfa_challenge_expired', 422)

    const elsewhere = client({}, anon, atOnceUrl)
    ok(await elsewhere.auth.setSession(ok(await supabase.auth.getSession()).session))
    const begun = await challenge(supabase, eve.factorId)
    ok(await verify(elsewhere, eve.factorId, begun, answer(eve.device, begun.options, origin)))
  },

  async 'a new factor takes one key, which no other has'() {
    const { supabase, factorId, device } = await withKey('gus')
    const second = ok(await supabase.auth.mfa.enroll({ factorType: 'webauthn', friendlyName: 'Spare' }))
    const [one, other] = [await challenge(supabase, second.id), await challenge(supabase, second.id)]
    assert.deepEqual(one.options.excludeCredentials.length, 1, 'a device is enrolled once')
    ok(await verify(supabase, second.id, one, make(one.options, origin).credential))
    refused(await verify(supabase, second.id, other, make(other.options, origin).credential), 'mfa_factor_not_found', 422)
    assert.equal(ok(await supabase.auth.mfa.listFactors()).webauthn.length, 2)
    const { supabase: stranger } = await member('guy')
    const same = ok(await stranger.auth.mfa.enroll({ factorType: 'webauthn', friendlyName: 'Same' }))
    const third = await challenge(stranger, same.id)
    const taken = await verify(stranger, same.id, third, make(third.options, origin, { id: device.id }).credential)
    refused(taken, 'webauthn_credential_exists', 422)
    const first = await challenge(supabase, factorId)
    ok(await verify(supabase, factorId, first, answer(device, first.options, origin)))
  },

  async 'challenges of passkeys and of factors are not each other’s'() {
    const { supabase, session } = await member('hal')
    const passkeys = async (path, body) => {
      const headers = { authorization: `Bearer ${session.access_token}`, 'content-type': 'application/json' }
      const response = await fetch(`${url}/auth/v1/passkeys/registration/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
      return await response.json()
    }
    const factor = ok(await supabase.auth.mfa.enroll({ factorType: 'webauthn', friendlyName: 'Key' }))
    const passkey = await passkeys('options', {})
    const made = make(passkey.options, origin).credential
    const mistaken = { challengeId: passkey.challenge_id, type: 'create' }
    refused(await verify(supabase, factor.id, mistaken, made), 'mfa_factor_not_found', 422)
    const asked = await challenge(supabase, factor.id)
    const sent = await passkeys('verify', { challenge_id: asked.challengeId, credential: make(asked.options, origin).credential })
    assert.equal(sent.error_code, 'webauthn_challenge_not_found')
  },

  async 'a copy of a device that counts is noticed'() {
    const { email, factorId, device } = await withKey('ida')
    const supabase = await signIn(email)
    const copied = await challenge(supabase, factorId)
    const first = await challenge(supabase, factorId)
    ok(await verify(supabase, factorId, first, answer(device, first.options, origin)))
    const behind = answer(device, copied.options, origin, { count: device.count })
    refused(await verify(supabase, factorId, copied, behind), 'mfa_verification_failed', 422)
  },

  async 'codes are for apps, and keys for keys'() {
    const { supabase, factorId } = await withKey('joe')
    refused(await supabase.auth.mfa.challengeAndVerify({ factorId, code: '000000' }), 'validation_failed', 400)
    const app = ok(await supabase.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'Phone' }))
    const asked = await challenge(supabase, factorId)
    refused(await verify(supabase, app.id, asked, {}), 'mfa_factor_not_found', 422)
    refused(await supabase.auth.mfa.verify({ factorId, challengeId: asked.challengeId }), 'validation_failed', 400)
  },

  async 'the operator removes what is lost'() {
    const { user, email, factorId } = await withKey('kim')
    const { admin } = operator().auth
    const [listed] = ok(await admin.mfa.listFactors({ userId: user.id })).factors
    assert.deepEqual([listed.id, listed.factor_type, listed.status], [factorId, 'webauthn', 'verified'])
    ok(await admin.mfa.deleteFactor({ userId: user.id, id: factorId }))
    const supabase = await signIn(email)
    assert.equal(ok(await supabase.auth.mfa.getAuthenticatorAssuranceLevel()).nextLevel, 'aal1')
  },

  async 'who may add one'() {
    const supabase = client()
    ok(await supabase.auth.signInAnonymously())
    refused(await supabase.auth.mfa.enroll({ factorType: 'webauthn', friendlyName: 'Key' }), 'no_authorization', 403)
    const { supabase: lea } = await member('lea')
    refused(await lea.auth.mfa.enroll({ factorType: 'webauthn', friendlyName: 'x'.repeat(101) }), 'validation_failed', 400)
  },

  async 'by GraphQL'() {
    const { session, email } = await member('max')
    const ask = async (query, variables, token = session.access_token) => await graphql(query, token, variables)
    const enrolled = (await ask('mutation { enrollWebauthn(friendlyName: "Key") { id type verifiedAt } }')).data.enrollWebauthn
    assert.deepEqual([enrolled.type, enrolled.verifiedAt], ['WEBAUTHN', null])
    const begin = 'mutation($f: UUID!) { challengeFactor(factorId: $f) { challengeId isRegistration options } }'
    const started = (await ask(begin, { f: enrolled.id })).data.challengeFactor
    assert.equal(started.isRegistration, true)
    const { device, credential: made } = make(started.options, origin)
    const finish =
      'mutation($f: UUID!, $c: UUID!, $k: JSON!) { verifyWebauthn(factorId: $f, challengeId: $c, credential: $k) { recoveryCodes session { accessToken } } }'
    const confirmed = (await ask(finish, { f: enrolled.id, c: started.challengeId, k: made })).data.verifyWebauthn
    assert.equal(confirmed.recoveryCodes.length, 10)
    const replayed = await ask(finish, { f: enrolled.id, c: started.challengeId, k: made }, confirmed.session.accessToken)
    assert.equal(replayed.errors[0].extensions.reason, 'CHALLENGE_UNKNOWN')

    const { data } = await (await signIn(email)).auth.getSession()
    const token = data.session.access_token
    const request = (await ask(begin, { f: enrolled.id }, token)).data.challengeFactor
    assert.equal(request.isRegistration, false)
    const wrong = await ask(finish, { f: enrolled.id, c: request.challengeId, k: answer(device, request.options, 'https://evil.example') }, token)
    assert.equal(wrong.errors[0].extensions.reason, 'PASSKEY_INVALID')
    const next = (await ask(begin, { f: enrolled.id }, token)).data.challengeFactor
    const shown = (await ask(finish, { f: enrolled.id, c: next.challengeId, k: answer(device, next.options, origin) }, token)).data.verifyWebauthn
    assert.deepEqual(shown.recoveryCodes, [])
    const lifted = shown.session.accessToken
    const app = (await ask('mutation { enrollTotp(friendlyName: "Phone") { factorId } }', {}, lifted)).data.enrollTotp
    assert.equal((await ask(begin, { f: app.factorId }, lifted)).errors[0].extensions.code, 'BAD_USER_INPUT')
    const listed = (await ask('{ factors { type friendlyName } }', {}, lifted)).data.factors
    assert.deepEqual(listed.map(({ type }) => type), ['WEBAUTHN', 'TOTP'])
    const unenrol = 'mutation($f: UUID!) { unenrollFactor(factorId: $f) }'
    assert.equal((await ask(unenrol, { f: enrolled.id }, lifted)).data.unenrollFactor, true)
  },
})

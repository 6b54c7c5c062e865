// Second factors through auth-js: node accounts/factors.mjs PACKAGE

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'

import { client, graphql, isCurrent, member, ok, operator, password, refused, run } from './common.mjs'

/** The code that an authenticator app shows; `steps` later than now. */
const totp = (secret, steps = 0) => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...secret].map((c) => alphabet.indexOf(c).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps))
  const digest = createHmac('sha1', key).update(counter).digest()
  const at = digest[19] & 15
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

await run({
  async 'a factor is enrolled, shown, and removed'() {
    const { supabase, email } = await member('ada')
    const { data: before } = await supabase.auth.mfa.getAuthenticatorAssuranceLevel()
    assert.deepEqual([before.currentLevel, before.nextLevel], ['aal1', 'aal1'])
    const factor = ok(await supabase.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'Phone', issuer: 'Loom' }))
    assert.equal(factor.type, 'totp')
    assert.match(factor.totp.qr_code, /^data:image\/svg\+xml;utf-8,.*<svg/s)
    assert.match(factor.totp.uri, /issuer=Loom/)
    const listed = ok(await supabase.auth.mfa.listFactors())
    assert.equal(listed.all[0].status, 'unverified')
    assert.deepEqual(listed.totp, [])
    const challenge = ok(await supabase.auth.mfa.challenge({ factorId: factor.id }))
    assert.ok(challenge.expires_at > Date.now() / 1000)
    refused(
      await supabase.auth.mfa.verify({ factorId: factor.id, challengeId: challenge.id, code: '000000' }),
      'mfa_verification_failed',
      422,
    )
    const events = []
    supabase.auth.onAuthStateChange((event) => void events.push(event))
    const code = totp(factor.totp.secret)
    ok(await supabase.auth.mfa.verify({ factorId: factor.id, challengeId: challenge.id, code }))
    assert.ok(events.includes('MFA_CHALLENGE_VERIFIED'), events)
    assert.equal(ok(await supabase.auth.mfa.getAuthenticatorAssuranceLevel()).currentLevel, 'aal2')

    const again = client()
    ok(await again.auth.signInWithPassword({ email, password }))
    const level = ok(await again.auth.mfa.getAuthenticatorAssuranceLevel())
    assert.deepEqual([level.currentLevel, level.nextLevel], ['aal1', 'aal2'])
    refused(await again.auth.mfa.unenroll({ factorId: factor.id }), 'insufficient_aal', 403)
    refused(await again.auth.mfa.enroll({ factorType: 'totp' }), 'insufficient_aal', 403)
    refused(await again.auth.mfa.challengeAndVerify({ factorId: factor.id, code }), 'mfa_verification_failed', 422)
    const later = totp(factor.totp.secret, 1)
    ok(await again.auth.mfa.challengeAndVerify({ factorId: factor.id, code: later }))
    const { data } = await graphql('{ factors { id friendlyName } }', (await again.auth.getSession()).data.session.access_token)
    assert.deepEqual(data.factors, [{ id: factor.id, friendlyName: 'Phone' }])
    assert.equal(ok(await again.auth.mfa.unenroll({ factorId: factor.id })).id, factor.id)
    assert.deepEqual(ok(await again.auth.mfa.listFactors()).all, [])
  },

  async 'factors of others, and of kinds that there are none of'() {
    const [ada, bob] = [await member('ada'), await member('bob')]
    const factor = ok(await ada.supabase.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'Phone' }))
    refused(await bob.supabase.auth.mfa.challenge({ factorId: factor.id }), 'mfa_factor_not_found', 404)
    refused(await bob.supabase.auth.mfa.unenroll({ factorId: factor.id }), 'mfa_factor_not_found', 404)
    refused(await ada.supabase.auth.mfa.enroll({ factorType: 'phone', phone: '+49123' }), 'mfa_phone_enroll_not_enabled', 422)
    const admin = operator().auth.admin
    assert.equal(ok(await admin.mfa.listFactors({ userId: ada.user.id })).factors[0].id, factor.id)
    ok(await admin.mfa.deleteFactor({ userId: ada.user.id, id: factor.id }))
    assert.deepEqual(ok(await ada.supabase.auth.mfa.listFactors()).all, [])
  },

  async 'recovery codes'() {
    // 2.90 has no calls for them.
    if (!isCurrent) return
    const { supabase, email } = await member('cleo', { experimental: { recoveryCodes: true } })
    const { recoveryCodes } = supabase.auth.mfa
    refused(await recoveryCodes.getStatus(), 'mfa_factor_not_found', 404)
    refused(await recoveryCodes.generate(), 'mfa_recovery_codes_sole_factor', 422)
    const factor = ok(await supabase.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'Phone' }))
    ok(await supabase.auth.mfa.challengeAndVerify({ factorId: factor.id, code: totp(factor.totp.secret) }))
    refused(await recoveryCodes.regenerate(), 'mfa_factor_not_found', 404)
    const made = ok(await recoveryCodes.generate())
    assert.deepEqual([made.type, made.total, new Set(made.codes).size], ['recovery_code', 10, 10])
    refused(await recoveryCodes.generate(), 'mfa_verified_factor_exists', 422)

    const again = client({ experimental: { recoveryCodes: true } })
    ok(await again.auth.signInWithPassword({ email, password }))
    refused(await again.auth.mfa.recoveryCodes.regenerate(), 'insufficient_aal', 403)
    refused(await again.auth.mfa.recoveryCodes.unenroll(), 'insufficient_aal', 403)
    refused(await again.auth.mfa.recoveryCodes.verify({ code: 'aaaa-aaaa-aaaa-aaaa' }), 'mfa_verification_failed', 422)
    const events = []
    again.auth.onAuthStateChange((event) => void events.push(event))
    ok(await again.auth.mfa.recoveryCodes.verify({ code: made.codes[0].toUpperCase() }))
    assert.ok(events.includes('MFA_CHALLENGE_VERIFIED'), events)
    const { claims } = ok(await again.auth.getClaims())
    assert.deepEqual([claims.aal, claims.amr.at(-1).method], ['aal2', 'mfa/recovery_code'])
    refused(await again.auth.mfa.recoveryCodes.verify({ code: made.codes[0] }), 'mfa_verification_failed', 422)
    assert.deepEqual(ok(await again.auth.mfa.recoveryCodes.getStatus()), { id: made.id, type: 'recovery_code', total: 10, remaining: 9 })
    const renewed = ok(await again.auth.mfa.recoveryCodes.regenerate())
    assert.deepEqual([renewed.id, renewed.codes.includes(made.codes[1])], [made.id, false])
    refused(await again.auth.mfa.recoveryCodes.verify({ code: made.codes[1] }), 'mfa_verification_failed', 422)
    assert.equal(ok(await again.auth.mfa.recoveryCodes.unenroll()).id, made.id)
    refused(await again.auth.mfa.recoveryCodes.getStatus(), 'mfa_factor_not_found', 404)
    refused(await again.auth.mfa.recoveryCodes.unenroll(), 'mfa_factor_not_found', 404)
  },
})

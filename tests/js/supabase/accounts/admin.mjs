// The operator's own programs through auth-js: node accounts/admin.mjs PACKAGE

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'

import { app, client, mail, member, newAddress, ok, operator, password, press, refused, run } from './common.mjs'

const { admin } = operator().auth

await run({
  async 'accounts are made, read, changed, deleted'() {
    const email = newAddress('ada')
    const id = randomUUID()
    const made = ok(
      await admin.createUser({
        id,
        email,
        password,
        email_confirm: true,
        user_metadata: { name: 'Ada' },
        app_metadata: { role: 'admin', plan: 'pro' },
      }),
    ).user
    assert.equal(made.id, id)
    assert.deepEqual(made.user_metadata, { name: 'Ada' })
    assert.deepEqual(made.app_metadata, { provider: 'email', providers: ['email'], role: 'admin', plan: 'pro' })
    ok(await client().auth.signInWithPassword({ email, password }))
    refused(await admin.createUser({ email, password }), 'email_exists', 422)
    refused(await admin.createUser({ password }), 'validation_failed', 400)
    assert.equal((await admin.createUser({ email: newAddress('x'), password: 'short' })).error.name, 'AuthWeakPasswordError')
    assert.equal(ok(await admin.getUserById(id)).user.email, email)
    refused(await admin.getUserById(randomUUID()), 'user_not_found', 404)

    const moved = newAddress('ada')
    const changed = ok(
      await admin.updateUserById(id, {
        email: moved,
        password: 'a new good password',
        user_metadata: { name: null, city: 'London' },
        app_metadata: { role: null },
      }),
    ).user
    assert.deepEqual(changed.user_metadata, { city: 'London' })
    assert.equal(changed.app_metadata.role, undefined)
    assert.equal(changed.app_metadata.plan, 'pro')
    ok(await client().auth.signInWithPassword({ email: moved, password: 'a new good password' }))
    refused(await admin.updateUserById(id, { app_metadata: { role: 'emperor' } }), 'validation_failed', 400)
    refused(await admin.updateUserById(id, { ban_duration: 'for ever' }), 'validation_failed', 400)
    assert.ok(ok(await admin.updateUserById(id, { ban_duration: '24h' })).user.banned_until)
    refused(await client().auth.signInWithPassword({ email: moved, password: 'a new good password' }), 'user_banned', 400)
    ok(await admin.updateUserById(id, { ban_duration: 'none' }))
    ok(await client().auth.signInWithPassword({ email: moved, password: 'a new good password' }))
    refused(await admin.deleteUser(id, true), 'validation_failed', 400)
    ok(await admin.deleteUser(id))
    refused(await admin.getUserById(id), 'user_not_found', 404)
  },

  async 'hashes of another server are taken over'() {
    const email = newAddress('bob')
    const password_hash = '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'
    ok(await admin.createUser({ email, password_hash, email_confirm: true }))
    refused(await client().auth.signInWithPassword({ email, password: 'wrong' }), 'invalid_credentials', 400)
    ok(await client().auth.signInWithPassword({ email, password: 'U*U' }))
    refused(await admin.createUser({ email: newAddress('c'), password_hash: 'plain text' }), 'validation_failed', 400)
  },

  async 'pages of accounts'() {
    for (const name of ['one', 'two', 'three']) ok(await admin.createUser({ email: newAddress(name), password }))
    const first = ok(await admin.listUsers({ page: 1, perPage: 2 }))
    assert.equal(first.users.length, 2)
    assert.equal(first.aud, 'authenticated')
    assert.equal(first.nextPage, 2)
    assert.ok(first.total >= 3)
    assert.ok(first.lastPage >= 2)
    const second = ok(await admin.listUsers({ page: 2, perPage: 2 }))
    assert.ok(!second.users.some(({ id }) => first.users.some((user) => user.id === id)))
  },

  async 'links for mails of one\'s own'() {
    const email = newAddress('dan')
    const made = ok(await admin.generateLink({ type: 'signup', email, password, options: { data: { name: 'Dan' }, redirectTo: app } }))
    assert.equal(made.user.email, email)
    assert.equal(made.properties.verification_type, 'signup')
    assert.equal(made.properties.redirect_to, app)
    assert.match(made.properties.email_otp, /^\d{6}$/)
    const back = (await press(made.properties.action_link)).headers.get('location')
    assert.ok(back.startsWith(`${app}#access_token=`), back)
    const magic = ok(await admin.generateLink({ type: 'magiclink', email })).properties
    assert.equal(ok(await client().auth.verifyOtp({ token_hash: magic.hashed_token, type: 'email' })).user.email, email)
    const recovery = ok(await admin.generateLink({ type: 'recovery', email })).properties
    ok(await client().auth.verifyOtp({ email, token: recovery.email_otp, type: 'recovery' }))
    const newEmail = newAddress('dan-at-home')
    const change = ok(await admin.generateLink({ type: 'email_change_new', email, newEmail })).properties
    assert.equal(ok(await client().auth.verifyOtp({ token_hash: change.hashed_token, type: 'email_change' })).user.email, newEmail)
    refused(await admin.generateLink({ type: 'recovery', email: newAddress('nobody') }), 'user_not_found', 404)
    refused(await admin.generateLink({ type: 'signup', email: newEmail, password }), 'email_exists', 422)
  },

  async 'invitations'() {
    const email = newAddress('eve')
    const { user } = ok(await admin.inviteUserByEmail(email, { data: { team: 'A' }, redirectTo: app }))
    assert.deepEqual(user.user_metadata, { team: 'A' })
    const { link } = await mail(email, 'You are invited')
    const back = (await press(link)).headers.get('location')
    assert.match(back, /type=invite/)
    refused(await admin.inviteUserByEmail(email), 'email_exists', 422)
  },

  async 'nobody else may'() {
    const { supabase, session, user } = await member('fay')
    for (const tried of [client().auth.admin, supabase.auth.admin]) {
      refused(await tried.listUsers(), 'not_admin', 403)
      refused(await tried.createUser({ email: newAddress('x'), password }), 'not_admin', 403)
      refused(await tried.generateLink({ type: 'magiclink', email: newAddress('x') }), 'not_admin', 403)
    }
    assert.equal((await admin.signOut(session.access_token, 'global')).error, null)
    assert.equal((await client().auth.getUser(session.access_token)).error.name, 'AuthSessionMissingError')
    assert.equal(ok(await admin.getUserById(user.id)).user.id, user.id)
  },
})

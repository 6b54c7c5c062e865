// Passwords and sessions through auth-js: node accounts/passwords.mjs PACKAGE

import assert from 'node:assert/strict'

import { atOnceUrl, anon, client, graphql, mail, newAddress, ok, password, refused, run, sql, storage, url } from './common.mjs'

const atOnce = (auth) => client(auth, anon, atOnceUrl)

await run({
  async 'sign up and be signed in at once'() {
    const supabase = atOnce()
    const email = newAddress('ada')
    const events = []
    supabase.auth.onAuthStateChange((event) => void events.push(event))
    const { user, session } = ok(
      await supabase.auth.signUp({ email, password, options: { data: { name: 'Ada' }, captchaToken: 'ignored' } }),
    )
    assert.equal(session.token_type, 'bearer')
    assert.ok(Math.abs(session.expires_at - Date.now() / 1000 - session.expires_in) < 5)
    assert.equal(user.id, session.user.id)
    assert.equal(user.email, email)
    assert.equal(user.aud, 'authenticated')
    assert.equal(user.role, 'authenticated')
    assert.deepEqual(user.user_metadata, { name: 'Ada' })
    assert.deepEqual(user.app_metadata, { provider: 'email', providers: ['email'] })
    assert.equal(user.is_anonymous, false)
    assert.ok(user.email_confirmed_at)
    assert.equal(user.identities.length, 1)
    assert.equal(user.identities[0].provider, 'email')
    assert.equal(user.identities[0].identity_data.email, email)
    assert.ok(events.includes('SIGNED_IN'), events)
    refused(await atOnce().auth.signUp({ email, password }), 'user_already_exists', 422)
  },

  async 'sign up where addresses are confirmed first'() {
    const email = newAddress('bob')
    const first = ok(await client().auth.signUp({ email, password, options: { data: { name: 'Bob' } } }))
    assert.equal(first.session, null)
    assert.equal(first.user.email, email)
    assert.equal(first.user.identities.length, 1)
    assert.ok(first.user.confirmation_sent_at)
    assert.equal(first.user.email_confirmed_at, undefined)
    await mail(email, 'Confirm your address')
    refused(await client().auth.signInWithPassword({ email, password }), 'email_not_confirmed', 400)
    await sql('update auth.users set email_confirmed_at = now() where email = $1', email)
    const { user } = ok(await client().auth.signInWithPassword({ email, password }))
    assert.equal(user.id, first.user.id, 'the id that was told is that of the account')

    // Whoever tries an address that has an account gets an answer of the same form, and not its id.
    const again = ok(await client().auth.signUp({ email, password: 'another good password' }))
    assert.deepEqual(Object.keys(again.user).sort(), Object.keys(first.user).sort())
    assert.equal(again.user.identities.length, 1)
    assert.notEqual(again.user.id, user.id)
    refused(await client().auth.signInWithPassword({ email, password: 'another good password' }), 'invalid_credentials', 400)
  },

  async 'sign in, read, refresh, sign out'() {
    const email = newAddress('cleo')
    ok(await atOnce().auth.signUp({ email, password }))
    const supabase = atOnce()
    const signedIn = ok(await supabase.auth.signInWithPassword({ email, password, options: { captchaToken: 'x' } }))
    assert.ok(signedIn.user.last_sign_in_at)
    assert.equal(ok(await supabase.auth.getUser()).user.email, email)
    assert.equal(ok(await supabase.auth.getUser(signedIn.session.access_token)).user.id, signedIn.user.id)
    const { claims } = ok(await supabase.auth.getClaims())
    assert.equal(claims.sub, signedIn.user.id)
    assert.equal(claims.aal, 'aal1')
    const renewed = ok(await supabase.auth.refreshSession())
    assert.notEqual(renewed.session.refresh_token, signedIn.session.refresh_token)
    assert.equal(renewed.user.id, signedIn.user.id)
    const other = atOnce()
    assert.equal(ok(await other.auth.setSession(renewed.session)).user.email, email)
    assert.equal((await supabase.auth.signOut({ scope: 'local' })).error, null)
    assert.equal(ok(await supabase.auth.getSession()).session, null)
    const gone = await atOnce().auth.getUser(renewed.session.access_token)
    assert.equal(gone.error.name, 'AuthSessionMissingError')
    refused(await atOnce().auth.refreshSession({ refresh_token: renewed.session.refresh_token }), 'refresh_token_not_found', 400)
  },

  async 'the scopes of a sign-out'() {
    const email = newAddress('dan')
    ok(await atOnce().auth.signUp({ email, password }))
    const signIn = async () => {
      const supabase = atOnce()
      ok(await supabase.auth.signInWithPassword({ email, password }))
      return supabase
    }
    const isIn = async (supabase) => {
      const { session } = ok(await supabase.auth.getSession())
      const { error } = await supabase.auth.refreshSession(session)
      return error === null
    }
    const [one, two, three] = [await signIn(), await signIn(), await signIn()]
    assert.equal((await one.auth.signOut({ scope: 'others' })).error, null)
    assert.ok(await isIn(one))
    assert.ok(!(await isIn(two)))
    assert.ok(!(await isIn(three)))
    const [four, five] = [await signIn(), await signIn()]
    assert.equal((await four.auth.signOut()).error, null)
    assert.ok(!(await isIn(five)), 'global unless stated')
    assert.equal((await signIn().then((again) => again.auth.signOut({ scope: 'local' }))).error, null)
  },

  async 'a session is kept and found again'() {
    const email = newAddress('eve')
    ok(await atOnce().auth.signUp({ email, password }))
    const kept = storage()
    const before = atOnce({ persistSession: true, storage: kept })
    ok(await before.auth.signInWithPassword({ email, password }))
    assert.equal(kept.kept.size, 1)
    const after = atOnce({ persistSession: true, storage: kept })
    const initial = await new Promise((resolve) => {
      after.auth.onAuthStateChange((event, session) => event === 'INITIAL_SESSION' && resolve(session))
    })
    assert.equal(initial.user.email, email)
    await after.auth.signOut()
    assert.equal(kept.kept.size, 0)
  },

  async 'the same account and session as of GraphQL'() {
    const email = newAddress('fay')
    const supabase = client({}, anon, url)
    ok(await supabase.auth.signUp({ email, password }))
    await mail(email, 'Confirm your address')
    await sql('update auth.users set email_confirmed_at = now() where email = $1', email)
    const { session } = ok(await supabase.auth.signInWithPassword({ email, password }))
    const seen = await graphql('{ me { id email } sessions { isCurrent } }', session.access_token)
    assert.deepEqual(seen.data, { me: { id: session.user.id, email }, sessions: [{ isCurrent: true }] })
    const renewed = await graphql(
      'mutation($t: String!) { refreshSession(refreshToken: $t) { refreshToken } }',
      session.access_token,
      { t: session.refresh_token },
    )
    const { refreshToken } = renewed.data.refreshSession
    ok(await supabase.auth.refreshSession({ refresh_token: refreshToken }))
  },

  async 'refresh tokens are good once, but for tabs that ask at once'() {
    const email = newAddress('gus')
    const { session } = ok(await atOnce().auth.signUp({ email, password }))
    const refresh = (refresh_token) => atOnce().auth.refreshSession({ refresh_token })
    const [one, other] = await Promise.all([refresh(session.refresh_token), refresh(session.refresh_token)])
    assert.equal(ok(one).session.refresh_token, ok(other).session.refresh_token)
    await sql("update auth.refresh_tokens set used_at = used_at - interval '1 minute' where used_at is not null and user_id = $1::text::uuid", session.user.id)
    refused(await refresh(session.refresh_token), 'refresh_token_already_used', 400)
    refused(await refresh(one.data.session.refresh_token), 'refresh_token_not_found', 400)
    refused(await refresh('too short'), 'validation_failed', 400)
  },

  async 'nobody learns which address has an account'() {
    const email = newAddress('hal')
    ok(await atOnce().auth.signUp({ email, password }))
    const wrong = refused(await atOnce().auth.signInWithPassword({ email, password: 'wrong' }), 'invalid_credentials', 400)
    const unknown = refused(await atOnce().auth.signInWithPassword({ email: newAddress('nobody'), password }), 'invalid_credentials', 400)
    assert.equal(wrong.message, 'Invalid login credentials')
    assert.equal(unknown.message, wrong.message)
  },

  async 'weak passwords, malformed addresses, phones'() {
    const weak = await atOnce().auth.signUp({ email: newAddress('ida'), password: 'short' })
    assert.equal(weak.error.name, 'AuthWeakPasswordError')
    assert.deepEqual(weak.error.reasons, ['length'])
    const known = await atOnce().auth.signUp({ email: newAddress('ida'), password: 'password1' })
    assert.deepEqual(known.error.reasons, ['pwned'])
    refused(await atOnce().auth.signUp({ email: 'no address', password }), 'validation_failed', 400)
    refused(await atOnce().auth.signUp({ email: newAddress('ida'), password: '' }), 'validation_failed', 400)
    refused(await atOnce().auth.signUp({ phone: '+4912345', password }), 'phone_provider_disabled', 400)
    refused(await atOnce().auth.signInWithPassword({ phone: '+4912345', password }), 'phone_provider_disabled', 400)
  },

  async 'change the account'() {
    const email = newAddress('joe')
    const supabase = atOnce()
    const events = []
    ok(await supabase.auth.signUp({ email, password }))
    supabase.auth.onAuthStateChange((event) => void events.push(event))
    assert.deepEqual(ok(await supabase.auth.updateUser({ data: { theme: 'dark' } })).user.user_metadata, { theme: 'dark' })
    assert.ok(events.includes('USER_UPDATED'), events)
    refused(await supabase.auth.updateUser({ password: 'a new good password' }), 'reauthentication_needed', 400)
    refused(await supabase.auth.updateUser({ password: 'a new good password', current_password: 'wrong' }), 'current_password_invalid', 400)
    ok(await supabase.auth.updateUser({ password: 'a new good password', current_password: password }))
    ok(await atOnce().auth.signInWithPassword({ email, password: 'a new good password' }))
    refused(await atOnce().auth.signInWithPassword({ email, password }), 'invalid_credentials')
    refused(await supabase.auth.updateUser({ phone: '+4912345' }), 'phone_provider_disabled')
  },

  async 'without any credential'() {
    const supabase = atOnce()
    const { user, session } = ok(await supabase.auth.signInAnonymously({ options: { data: { from: 'a page' } } }))
    assert.equal(user.is_anonymous, true)
    assert.deepEqual(user.user_metadata, { from: 'a page' })
    assert.deepEqual(user.identities, [])
    assert.ok(session.access_token)
    assert.equal(ok(await supabase.auth.getUser()).user.id, user.id)
  },

  async 'a suspended account stays out'() {
    const email = newAddress('kim')
    const { session } = ok(await atOnce().auth.signUp({ email, password }))
    await sql("update auth.users set banned_until = now() + interval '1 hour' where email = $1", email)
    refused(await atOnce().auth.signInWithPassword({ email, password }), 'user_banned', 400)
    refused(await atOnce().auth.refreshSession(session), 'user_banned', 400)
    refused(await atOnce().auth.getUser(session.access_token), 'user_banned', 403)
  },

  async 'a key of another server is told at once'() {
    const stranger = client({}, `${anon.slice(0, -4)}AAAA`)
    const { error } = await stranger.auth.signInWithPassword({ email: newAddress('lea'), password })
    assert.equal(error.status, 401)
    assert.match(error.message, /Invalid API key/)
    const { error: none } = await client().auth.getUser(anon)
    assert.equal(none.code, 'bad_jwt')
  },
})

// Mails that let somebody in, through auth-js: node accounts/mails.mjs PACKAGE

import assert from 'node:assert/strict'

import { app, client, fragment, isCurrent, mail, mailAfter, member, newAddress, ok, password, press, refused, run, storage } from './common.mjs'

const pkce = () => client({ flowType: 'pkce', storage: storage(), persistSession: true })

await run({
  async 'a newcomer signs in by a code'() {
    const supabase = client()
    const email = newAddress('ada')
    ok(await supabase.auth.signInWithOtp({ email, options: { data: { name: 'Ada' } } }))
    const { code } = await mail(email, 'Sign in')
    refused(await supabase.auth.verifyOtp({ email, token: '000000', type: 'email' }), 'otp_expired', 403)
    const { session, user } = ok(await supabase.auth.verifyOtp({ email, token: code, type: 'email' }))
    assert.deepEqual(user.user_metadata, { name: 'Ada' })
    assert.ok(user.email_confirmed_at)
    assert.ok(session.refresh_token)
    refused(await client().auth.verifyOtp({ email, token: code, type: 'email' }), 'otp_expired', 403)
  },

  async 'nobody learns which address has an account'() {
    for (const email of [newAddress('nobody'), (await member('bob')).email]) {
      assert.deepEqual(ok(await client().auth.signInWithOtp({ email, options: { shouldCreateUser: false } })), { user: null, session: null })
      assert.deepEqual(ok(await client().auth.resetPasswordForEmail(email)), {})
      assert.deepEqual(ok(await client().auth.resend({ type: 'signup', email })), { user: null, session: null })
    }
  },

  async 'a link leads to a page, and from there back with the session'() {
    const { email } = await member('cleo')
    ok(await client().auth.signInWithOtp({ email, options: { emailRedirectTo: `${app}?next=1` } }))
    const { link } = await mail(email, 'Sign in')
    // Scanners follow links; that uses nothing up.
    assert.equal((await fetch(link)).status, 200)
    const pressed = await press(link)
    assert.equal(pressed.status, 303)
    const back = new URL(pressed.headers.get('location'))
    assert.equal(back.search, '?next=1')
    const { access_token, refresh_token, type } = fragment(back)
    assert.equal(type, 'magiclink')
    const { user } = ok(await client().auth.setSession({ access_token, refresh_token }))
    assert.equal(user.email, email)
    assert.equal((await press(link)).status, 401, 'a link is good once')
  },

  async 'the token of a link is good for whoever reads it, too'() {
    const { email } = await member('dan')
    ok(await client().auth.signInWithOtp({ email }))
    const { link } = await mail(email, 'Sign in')
    const token_hash = new URL(link).searchParams.get('token')
    refused(await client().auth.verifyOtp({ token_hash, type: 'recovery' }), 'otp_expired', 403)
    assert.equal(ok(await client().auth.verifyOtp({ token_hash, type: 'email' })).user.email, email)
  },

  async 'with PKCE the link brings a code for the client that asked'() {
    const { email } = await member('eve')
    const [own, foreign] = [pkce(), pkce()]
    ok(await own.auth.signInWithOtp({ email, options: { emailRedirectTo: app } }))
    const first = await mail(email, 'Sign in')
    const back = new URL((await press(first.link)).headers.get('location'))
    assert.equal(back.hash, '')
    const code = back.searchParams.get('code')
    ok(await foreign.auth.signInWithOtp({ email, options: { emailRedirectTo: app } }))
    refused(await foreign.auth.exchangeCodeForSession(code), 'bad_code_verifier', 400)
    refused(await own.auth.exchangeCodeForSession(code), 'flow_state_not_found', 404)

    const other = await member('evan')
    const again = pkce()
    ok(await again.auth.signInWithOtp({ email: other.email, options: { emailRedirectTo: app } }))
    const second = await mail(other.email, 'Sign in')
    const { searchParams } = new URL((await press(second.link)).headers.get('location'))
    const { user, session } = ok(await again.auth.exchangeCodeForSession(searchParams.get('code')))
    assert.equal(user.email, other.email)
    assert.ok(session.access_token)
  },

  async 'whoever forgot the password sets another'() {
    const { email } = await member('fay')
    const supabase = pkce()
    const events = []
    supabase.auth.onAuthStateChange((event) => void events.push(event))
    ok(await supabase.auth.resetPasswordForEmail(email, { redirectTo: app }))
    const first = await mail(email, 'Set a new password')
    const { link } = first
    const back = new URL((await press(link)).headers.get('location'))
    const exchanged = ok(await supabase.auth.exchangeCodeForSession(back.searchParams.get('code')))
    // 2.90 calls it PASSWORD_RECOVERY.
    assert.match(exchanged.redirectType, /recovery/i)
    // 2.90 tells listeners of a sign-in.
    if (isCurrent) assert.ok(events.includes('PASSWORD_RECOVERY'), events)
    ok(await supabase.auth.updateUser({ password: 'a new good password' }))
    ok(await client().auth.signInWithPassword({ email, password: 'a new good password' }))

    const byCode = client()
    ok(await byCode.auth.resetPasswordForEmail(email))
    const { code } = await mailAfter(first, email, 'Set a new password')
    ok(await byCode.auth.verifyOtp({ email, token: code, type: 'recovery' }))
  },

  async 'a sign-up is confirmed, and its mail sent again'() {
    const supabase = client()
    const email = newAddress('gus')
    ok(await supabase.auth.signUp({ email, password, options: { emailRedirectTo: app } }))
    const first = await mail(email, 'Confirm your address')
    ok(await supabase.auth.resend({ type: 'signup', email }))
    const second = await mailAfter(first, email, 'Confirm your address')
    refused(await supabase.auth.verifyOtp({ email, token: first.code, type: 'signup' }), 'otp_expired', 403)
    ok(await supabase.auth.verifyOtp({ email, token: second.code, type: 'signup' }))
  },

  async 'an account moves to another address'() {
    const { supabase, user } = await member('hal')
    const email = newAddress('hal-at-home')
    refused(await supabase.auth.updateUser({ email: 'no address' }), 'validation_failed', 400)
    const { user: waiting } = ok(await supabase.auth.updateUser({ email }))
    assert.equal(waiting.new_email, email)
    const first = await mail(email, 'Confirm your new address')
    ok(await client().auth.resend({ type: 'email_change', email }))
    const { code } = await mailAfter(first, email, 'Confirm your new address')
    const moved = ok(await client().auth.verifyOtp({ email, token: code, type: 'email_change' }))
    assert.equal(moved.user.id, user.id)
    assert.equal(moved.user.email, email)
  },

  async 'a nonce stands in for the password'() {
    const { email } = await member('ida')
    const supabase = client()
    ok(await supabase.auth.signInWithPassword({ email, password }))
    ok(await supabase.auth.reauthenticate())
    const { code } = await mail(email, 'Your code')
    refused(await supabase.auth.updateUser({ password: 'a new good password', nonce: '000000' }), 'reauthentication_not_valid', 422)
    ok(await supabase.auth.updateUser({ password: 'a new good password', nonce: code }))
  },

  async 'links lead to allowed addresses only'() {
    const email = newAddress('joe')
    for (const emailRedirectTo of ['https://evil.example/', 'http://localhost.evil.example:3999/', 'javascript:alert(1)']) {
      const error = refused(await client().auth.signInWithOtp({ email, options: { emailRedirectTo } }), 'validation_failed', 400)
      assert.match(error.message, /MINDLOOM_REDIRECT_URLS/)
    }
  },
})

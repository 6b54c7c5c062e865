// supabase-js in a page of a real browser: node browser.mjs PACKAGE CHROMIUM
// One createClient signs up, listens to its own rows and to a private channel, keeps its session over a reload, comes back
// from a mail, keeps files, has a security key as its second factor, and (the newest package) signs in by a passkey, both of
// the browser's virtual devices.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'

import { chromium } from 'playwright-core'

const [packageName, executablePath] = process.argv.slice(2)
const { MINDLOOM_URL, ANON: anon, DESK: desk } = process.env
const isCurrent = packageName.endsWith('current')
const port = new URL(MINDLOOM_URL).port
// Passkeys are for names, and localhost is one.
const url = `http://localhost:${port}`
const app = `${url}/app/`
const bundle = readFileSync(new URL(`node_modules/${packageName}/dist/umd/supabase.js`, import.meta.url), 'utf8')

// The application's page comes from no address, so Chromium would ask whether it may call this machine.
const args = ['--no-sandbox', '--disable-features=LocalNetworkAccessChecks']
const browser = await chromium.launch({ executablePath, args })
const context = await browser.newContext()
const page = await context.newPage()
page.on('pageerror', (error) => {
  console.error('page:', error)
  process.exitCode = 1
})

/** The application: a page with the package and one client. */
await context.route(`${app}**`, (route) =>
  route.fulfill({
    contentType: 'text/html',
    body: `<!doctype html><title>app</title><input autocomplete="username webauthn"><script src="${app}supabase.js"></script><script>
      window.events = []
      window.client = supabase.createClient('${url}', '${anon}', { auth: { flowType: '${process.env.FLOW ?? 'implicit'}' } })
      client.auth.onAuthStateChange((event) => events.push(event))
    </script>`,
  }),
)
await context.route(`${app}supabase.js`, (route) => route.fulfill({ contentType: 'text/javascript', body: bundle }))
const open = async (address = app) => {
  await page.goto(address)
  await page.waitForFunction(() => window.events?.includes('INITIAL_SESSION'))
}
const mail = async (to, subject) => await (await fetch(`${desk}/mail?${new URLSearchParams({ to, subject })}`)).json()

const email = `ada-${randomUUID()}@example.org`
const password = 'correct horse battery'
await open()

// By a mail: the link leads to the page with the button, and from there back into the application, signed in.
const signedUp = await page.evaluate(
  async ([email, password, app]) => (await client.auth.signUp({ email, password, options: { emailRedirectTo: app } })).error,
  [email, password, app],
)
assert.equal(signedUp, null)
const { link } = await mail(email, 'Confirm your address')
await page.goto(link.replace('127.0.0.1', 'localhost'))
await page.click('button')
await page.waitForURL(`${app}**`)
// The driver answers no request that was redirected, so the application's page is opened once more at that address.
const back = page.url()
await page.goto('about:blank')
await page.goto(back)
await page.waitForFunction(() => window.events?.includes('SIGNED_IN'))
const getUser = () => page.evaluate(async () => (await client.auth.getUser()).data.user?.email ?? null)
assert.equal(await getUser(), email)

// The session is kept over a reload.
await open()
assert.equal(await getUser(), email)

// The same client listens to what its account may see.
const change = await page.evaluate(async (url) => {
  const { session } = (await client.auth.getSession()).data
  const content = `from a page ${session.user.id}`
  const write = () =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${session.access_token}` },
      body: JSON.stringify({
        query: 'mutation ($content: String!) { createNote(input: { content: $content }) { id } }',
        variables: { content },
      }),
    })
  return await new Promise((resolve, reject) => {
    client
      .channel('my notes')
      .on('postgres_changes', { event: 'INSERT', schema: 'public', table: 'notes' }, ({ new: row }) => resolve(row.content === content))
      .on('system', {}, ({ status, message }) => (status === 'ok' ? write() : reject(new Error(message))))
      .subscribe()
    // The client connects anew by itself where a socket could not be opened.
    setTimeout(() => reject(new Error('no change came')), 30_000)
  })
}, url)
assert.equal(change, true)

// A private channel and a file of its own, which whoever has its signed address can read.
const place = `browser-${isCurrent ? 'current' : '2.90'}`
const policy = (table, condition) =>
  fetch(`${desk}/sql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ statement: `create policy "${place}" on ${table} for all to authenticated using (${condition}) with check (${condition})` }),
  })
for (const [table, condition] of [
  ['realtime.messages', `realtime.topic() = '${place} ' || (select auth.uid())`],
  ['storage.objects', `bucket_id = '${place}' and (storage.foldername(name))[1] = (select auth.uid())::text`],
]) {
  assert.equal((await policy(table, condition)).status, 200)
}
const made = await fetch(`${url}/storage/v1/bucket`, {
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: `Bearer ${process.env.SERVICE}` },
  body: JSON.stringify({ id: place, name: place, public: false }),
})
assert.equal(made.status, 200)
const together = await page.evaluate(async (place) => {
  const { user } = (await client.auth.getUser()).data
  const enter = (topic) =>
    new Promise((resolve) => client.channel(topic, { config: { private: true } }).subscribe((status) => status !== 'CLOSED' && resolve(status)))
  const channels = [await enter(`${place} ${user.id}`), await enter(`${place} somebody`)]
  const files = client.storage.from(place)
  const uploaded = await files.upload(`${user.id}/note.txt`, new Blob(['words'], { type: 'text/plain' }))
  const refused = await files.upload('somebody/note.txt', new Blob(['words'], { type: 'text/plain' }))
  const signed = await files.createSignedUrl(`${user.id}/note.txt`, 60)
  const read = await (await fetch(signed.data.signedUrl)).text()
  await client.removeAllChannels()
  return { channels, errors: [uploaded.error, refused.error?.message], read }
}, place)
assert.deepEqual(together, {
  channels: ['SUBSCRIBED', 'CHANNEL_ERROR'],
  errors: [null, 'new row violates row-level security policy'],
  read: 'words',
})

// What is not there says so.
const { invoked, read } = await page.evaluate(async () => {
  const { error } = await client.functions.invoke('hello', { body: { name: 'Ada' } })
  const read = await client.from('notes').select()
  return { invoked: [error.name, error.context.status, (await error.context.json()).code], read: [read.data, read.error.code] }
})
assert.deepEqual(invoked, ['FunctionsHttpError', 404, 'NOT_FOUND'])
assert.deepEqual(read, [null, 'PGRST125'])

const devtools = await context.newCDPSession(page)
await devtools.send('WebAuthn.enable')
/** A device that says yes to whatever it is asked. */
const device = async (options) => {
  const always = { protocol: 'ctap2', hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true }
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', { options: { ...always, ...options } })
  return { remove: () => devtools.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId }) }
}

if (isCurrent) {
  const phone = await device({ transport: 'internal', hasResidentKey: true })
  const added = await page.evaluate(async () => await client.auth.registerPasskey())
  assert.equal(added.error, null, JSON.stringify(added.error))
  await page.evaluate(async () => void (await client.auth.signOut()))
  assert.equal(await getUser(), null)
  const entered = await page.evaluate(async () => (await client.auth.signInWithPasskey()).error)
  assert.equal(entered, null, JSON.stringify(entered))
  assert.equal(await getUser(), email)
  const count = await page.evaluate(async () => (await client.auth.passkey.list()).data.length)
  assert.equal(count, 1)
  await phone.remove()
}

// A security key as the second factor: all at once as the package does it, and step by step.
const level = () => page.evaluate(async () => (await client.auth.mfa.getAuthenticatorAssuranceLevel()).data.currentLevel)
const key = await device({ transport: 'usb', hasResidentKey: false })
const registered = await page.evaluate(async () => (await client.auth.mfa.webauthn.register({ friendlyName: 'Key' })).error)
assert.equal(registered, null, JSON.stringify(registered))
assert.equal(await level(), 'aal2')
await page.evaluate(async () => void (await client.auth.signOut()))
const signIn = async () => {
  const error = await page.evaluate(
    async ([email, password]) => (await client.auth.signInWithPassword({ email, password })).error,
    [email, password],
  )
  assert.equal(error, null, JSON.stringify(error))
}
await signIn()
assert.equal(await level(), 'aal1')
const shown = await page.evaluate(async () => {
  const [factor] = (await client.auth.mfa.listFactors()).data.webauthn
  return (await client.auth.mfa.webauthn.authenticate({ factorId: factor.id })).error
})
assert.equal(shown, null, JSON.stringify(shown))
assert.equal(await level(), 'aal2')
await key.remove()
const spare = await device({ transport: 'usb', hasResidentKey: false })
const stepwise = await page.evaluate(async () => {
  const { webauthn } = client.auth.mfa
  const enrolled = await webauthn.enroll({ friendlyName: 'Spare' })
  const where = { rpId: location.hostname, rpOrigins: [location.origin] }
  const asked = await webauthn.challenge({ factorId: enrolled.data.id, friendlyName: 'Spare', webauthn: where })
  if (asked.error) return asked.error
  const { factorId, challengeId } = asked.data
  return (await webauthn.verify({ factorId, challengeId, webauthn: { ...where, ...asked.data.webauthn } })).error
})
assert.equal(stepwise, null, JSON.stringify(stepwise))
assert.equal(await page.evaluate(async () => (await client.auth.mfa.listFactors()).data.webauthn.length), 2)

// The console asks for it, too.
await page.goto(`${url}/console/`)
await page.getByLabel('Email').fill(email)
await page.getByLabel('Password').fill(password)
await page.getByRole('button', { name: 'Sign in', exact: true }).click()
await page.getByRole('button', { name: 'Use “Spare”' }).click()
await page.getByRole('heading', { name: /^Hello/ }).waitFor()
await spare.remove()
await open()

await page.evaluate(async () => void (await client.auth.signOut()))
assert.equal(await getUser(), null)

// From another origin the codes of errors are read, too.
const foreign = await page.evaluate(async ([anon, port]) => {
  const other = supabase.createClient(`http://127.0.0.1:${port}`, anon, { auth: { storageKey: 'other' } })
  return (await other.auth.signInWithPassword({ email: 'nobody@example.org', password: 'wrong' })).error.code
}, [anon, port])
assert.equal(foreign, 'invalid_credentials')
console.log(`ok ${packageName} in a browser`)
await browser.close()
process.exit(process.exitCode ?? 0)

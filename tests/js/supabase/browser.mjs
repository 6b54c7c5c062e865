// supabase-js in a page of a real browser: node browser.mjs PACKAGE CHROMIUM
// One createClient signs up, listens to its own rows and to a private channel, keeps its session over a reload, comes back
// from a provider and from a mail, and (the newest package) signs in by a passkey of the browser's virtual device.

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

// What is not there says so.
const { invoked, read } = await page.evaluate(async () => {
  const { error } = await client.functions.invoke('hello', { body: { name: 'Ada' } })
  const read = await client.from('notes').select()
  return { invoked: [error.name, error.context.status, (await error.context.json()).code], read: [read.data, read.error.code] }
})
assert.deepEqual(invoked, ['FunctionsHttpError', 404, 'NOT_FOUND'])
assert.deepEqual(read, [null, 'PGRST125'])

if (isCurrent) {
  const devtools = await context.newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  const added = await page.evaluate(async () => await client.auth.registerPasskey())
  assert.equal(added.error, null, JSON.stringify(added.error))
  await page.evaluate(async () => void (await client.auth.signOut()))
  assert.equal(await getUser(), null)
  const entered = await page.evaluate(async () => (await client.auth.signInWithPasskey()).error)
  assert.equal(entered, null, JSON.stringify(entered))
  assert.equal(await getUser(), email)
  const count = await page.evaluate(async () => (await client.auth.passkey.list()).data.length)
  assert.equal(count, 1)
}

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

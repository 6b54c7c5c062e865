// What the scripts of this folder share: clients, people, mails, and how steps are run.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import WebSocket from 'ws'

export const [packageName] = process.argv.slice(2)
const { createClient } = await import(packageName)
export const { MINDLOOM_URL: url, MINDLOOM_AT_ONCE_URL: atOnceUrl, ANON: anon, SERVICE: service, DESK: desk } = process.env

/** Whether the package is the newest one; 2.90 lacks what came later. */
export const isCurrent = packageName.endsWith('current')
export const password = 'correct horse battery'

const base = { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false }

/** A client of its own, with nobody signed in. */
export const client = (auth = {}, key = anon, address = url) =>
  createClient(address, key, { auth: { ...base, ...auth }, realtime: { transport: WebSocket } })

/** A client that may do everything. */
export const operator = () => client({}, service)

/** A storage that a client keeps its session in, as a browser's. */
export const storage = () => {
  const kept = new Map()
  return {
    kept,
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
  }
}

export const newAddress = (name) => `${name}-${randomUUID()}@example.org`

/** What a call gives that must succeed. */
export const ok = ({ data, error }) => {
  assert.equal(error, null, JSON.stringify(error))
  return data
}

/** What a call says that must fail. */
export const refused = ({ data, error }, code, status) => {
  assert.ok(error, `not refused: ${JSON.stringify(data)}`)
  assert.equal(error.code, code, `${error.status} ${error.message}`)
  if (status) assert.equal(error.status, status, error.message)
  return error
}

/** The newest mail to an address about something, once it is there. */
export const mail = async (to, subject) => {
  const answer = await fetch(`${desk}/mail?${new URLSearchParams({ to, subject })}`)
  assert.equal(answer.status, 200)
  return await answer.json()
}

/** The mail that comes after another one of its kind. */
export const mailAfter = async (former, to, subject) => {
  for (;;) {
    const next = await mail(to, subject)
    if (next.body !== former.body) return next
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Runs a statement as the owner of the database; `$1` is the text, where there is one, `$1::text::uuid` a key. */
export const sql = async (statement, text) => {
  const body = JSON.stringify({ statement, text })
  const answer = await fetch(`${desk}/sql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  assert.equal(answer.status, 200, await answer.text())
}

/** A promise and what keeps it, which is given up after so long. */
export const awaited = (what, afterMs = 30_000) => {
  let keep
  const value = new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), afterMs)
    keep = (value) => (clearTimeout(late), resolve(value))
  })
  return { value, keep }
}

/** Somebody with a confirmed address, signed in with a client of their own. */
export const member = async (name, auth = {}) => {
  const supabase = client(auth)
  const email = newAddress(name)
  ok(await supabase.auth.signUp({ email, password }))
  const { code } = await mail(email, 'Confirm your address')
  const { session, user } = ok(await supabase.auth.verifyOtp({ email, token: code, type: 'email' }))
  return { supabase, email, session, user }
}

/** An answer of GraphQL. */
export const graphql = async (query, token, variables = {}) => {
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  })
  return await answer.json()
}

/** Runs steps one after the other; says which one failed. */
export const run = async (steps) => {
  for (const [name, step] of Object.entries(steps)) {
    try {
      await step()
    } catch (error) {
      console.error(`FAILED ${packageName}: ${name}`)
      throw error
    }
    console.log(`ok ${packageName}: ${name}`)
  }
  process.exit(0)
}

/** Where the tests' application is: nobody answers there, and nobody needs to. */
export const app = 'http://localhost:3999/signed-in'

/** Follows a mail's link as a browser does that its owner lets press the button; returns where that leads. */
export const press = async (link) => {
  const page = await fetch(link)
  assert.equal(page.status, 200)
  const html = await page.text()
  const hidden = (name) => html.match(new RegExp(`name="${name}" value="([^"]*)"`))[1]
  const body = new URLSearchParams({ type: hidden('type'), token: hidden('token') })
  const form = new URL('verify', link)
  return await fetch(form, { method: 'POST', body, redirect: 'manual' })
}

/** Where a browser is led to, over as many steps as it takes, until that is the application. */
export const travel = async (link, options = {}) => {
  let next = new URL(link)
  while (!next.href.startsWith(app)) {
    const answer = await fetch(next, { redirect: 'manual', ...options })
    assert.ok([302, 303].includes(answer.status), `${next}: ${answer.status} ${await answer.text()}`)
    next = new URL(answer.headers.get('location'), next)
  }
  return next
}

/** What the fragment of an address holds. */
export const fragment = (address) => Object.fromEntries(new URLSearchParams(new URL(address).hash.slice(1)))

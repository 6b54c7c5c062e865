// Drives a running server through supabase-js, as an application would. Which version of the package is said by
// the first argument; the server's address and tokens come in the environment. Ends with a line per step.

import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import WebSocket from 'ws'

const [packageName] = process.argv.slice(2)
const { createClient } = await import(packageName)
const { MINDLOOM_URL: url, ANON: anon, ALICE: alice, BOB: bob, EXPIRED: expired, SERVICE: service } = process.env
const versions = packageName.endsWith('2.90') ? ['1.0.0', '2.0.0'] : ['2.0.0']

/**
 * A client of one person, over one version of the protocol. Without the last step the first join could be made with
 * the apikey: the package asks for the token at the same time.
 */
const connect = async (token, vsn, realtime = {}) => {
  const client = createClient(url, anon, {
    auth: { persistSession: false, autoRefreshToken: false },
    accessToken: async () => token,
    realtime: { transport: WebSocket, vsn, ...realtime },
  })
  await client.realtime.setAuth()
  return client
}

/** Values in the order in which they come; `next` waits for one. */
const inbox = () => {
  const values = []
  const waiting = []
  return {
    put: (value) => (waiting.length ? waiting.shift()(value) : values.push(value)),
    next: async (what = 'a value') => {
      if (values.length) return values.shift()
      let late
      const timeout = new Promise((_, reject) => {
        late = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), 15000)
      })
      const value = new Promise((resolve) => waiting.push(resolve))
      try {
        return await Promise.race([value, timeout])
      } finally {
        clearTimeout(late)
      }
    },
    get size() {
      return values.length
    },
  }
}

/** Subscribes and waits for the outcome. */
const subscribe = (channel) => {
  const statuses = inbox()
  channel.subscribe((status, error) => statuses.put({ status, error: error?.message }))
  return { statuses, first: statuses.next(`the outcome of subscribing to ${channel.topic}`) }
}

const subscribed = async (channel) => {
  const { statuses, first } = subscribe(channel)
  assert.deepEqual(await first, { status: 'SUBSCRIBED', error: undefined })
  return statuses
}

const steps = {
  async 'broadcast, self and ack'(vsn) {
    const [one, other] = [await connect(alice, vsn), await connect(bob, vsn)]
    const heard = inbox()
    const own = inbox()
    const listening = other.channel('room').on('broadcast', { event: 'cursor' }, (message) => heard.put(message))
    await subscribed(listening)
    const sending = one.channel('room', { config: { broadcast: { self: true, ack: true } } })
    sending.on('broadcast', { event: '*' }, (message) => own.put(message))
    await subscribed(sending)
    assert.equal(await sending.send({ type: 'broadcast', event: 'cursor', payload: { x: 1, name: 'ä' } }), 'ok')
    for (const box of [heard, own]) {
      const { event, payload } = await box.next('the broadcast')
      assert.deepEqual([event, payload], ['cursor', { x: 1, name: 'ä' }])
    }
    await sending.send({ type: 'broadcast', event: 'other', payload: {} })
    assert.equal((await own.next()).event, 'other')
    assert.equal(heard.size, 0)
    await one.removeAllChannels()
    await other.removeAllChannels()
  },

  async 'broadcast over HTTP'(vsn) {
    const [one, other] = [await connect(alice, vsn), await connect(bob, vsn)]
    const heard = inbox()
    await subscribed(other.channel('room').on('broadcast', { event: '*' }, (message) => heard.put(message)))
    const unjoined = one.channel('room')
    await one.realtime.setAuth(alice)
    assert.equal(await unjoined.send({ type: 'broadcast', event: 'rest', payload: { n: 1 } }), 'ok')
    assert.deepEqual((await heard.next()).payload, { n: 1 })
    if (packageName.endsWith('current')) {
      assert.deepEqual(await unjoined.httpSend('http', { n: 2 }), { success: true })
      assert.deepEqual((await heard.next()).payload, { n: 2 })
    }
    await one.removeAllChannels()
    await other.removeAllChannels()
  },

  async 'bytes'(vsn) {
    if (vsn === '1.0.0') return
    const [one, other] = [await connect(alice, vsn), await connect(bob, vsn)]
    const heard = inbox()
    await subscribed(other.channel('room').on('broadcast', { event: 'raw' }, (message) => heard.put(message)))
    const sending = one.channel('room')
    await subscribed(sending)
    await sending.send({ type: 'broadcast', event: 'raw', payload: new Uint8Array([0, 255, 7]).buffer })
    assert.deepEqual([...new Uint8Array((await heard.next()).payload)], [0, 255, 7])
    await one.removeAllChannels()
    await other.removeAllChannels()
  },

  async 'presence'(vsn) {
    const [one, other] = [await connect(alice, vsn), await connect(bob, vsn)]
    const synced = inbox()
    const left = inbox()
    const watching = other.channel('desk', { config: { presence: { key: 'bob' } } })
    watching.on('presence', { event: 'sync' }, () => synced.put(watching.presenceState()))
    watching.on('presence', { event: 'leave' }, (event) => left.put(event))
    await subscribed(watching)
    const present = one.channel('desk', { config: { presence: { key: 'alice' } } })
    present.on('presence', { event: 'sync' }, () => {})
    await subscribed(present)
    assert.equal(await present.track({ at: 'home' }), 'ok')
    const until = async (wanted) => {
      for (;;) {
        const state = await synced.next('a state of presence')
        const at = Object.values(state).flat().map((entry) => entry.at)
        if (JSON.stringify(at) === JSON.stringify(wanted)) return state
      }
    }
    const state = await until(['home'])
    assert.deepEqual(Object.keys(state), ['alice'])
    assert.equal(await present.track({ at: 'work' }), 'ok')
    await until(['work'])
    assert.equal(await present.untrack(), 'ok')
    await until([])
    assert.equal((await left.next('a leave')).key, 'alice')
    await present.track({ at: 'home' })
    await until(['home'])
    await one.removeAllChannels()
    await until([])
    await other.removeAllChannels()
  },

  async 'private channels'(vsn) {
    const [owner, stranger] = [await connect(alice, vsn), await connect(bob, vsn)]
    const refused = await subscribe(stranger.channel('private room', { config: { private: true } })).first
    assert.equal(refused.status, 'CHANNEL_ERROR')
    assert.match(refused.error, /Unauthorized: You do not have permissions to read from this Channel topic: private room/)
    const heard = inbox()
    const room = owner.channel('private room', { config: { private: true, broadcast: { self: true, ack: true } } })
    await subscribed(room.on('broadcast', { event: '*' }, (message) => heard.put(message)))
    assert.equal(await room.send({ type: 'broadcast', event: 'said', payload: { a: 1 } }), 'ok')
    assert.deepEqual((await heard.next()).payload, { a: 1 })
    await stranger.removeAllChannels()
    await owner.removeAllChannels()
  },

  async 'token refresh and refusal'(vsn) {
    const client = await connect(expired, vsn)
    const refused = await subscribe(client.channel('room')).first
    assert.equal(refused.status, 'CHANNEL_ERROR')
    assert.match(refused.error, /InvalidJWTToken: The token has expired/)
    await client.removeAllChannels()
    const renewed = await connect(alice, vsn)
    const heard = inbox()
    const room = renewed.channel('room', { config: { broadcast: { self: true } } })
    await subscribed(room.on('broadcast', { event: '*' }, (message) => heard.put(message)))
    await renewed.realtime.setAuth(bob)
    await room.send({ type: 'broadcast', event: 'still', payload: {} })
    assert.equal((await heard.next()).event, 'still')
    await renewed.removeAllChannels()
    const wrong = createClient(url, 'nonsense', { realtime: { transport: WebSocket, vsn } })
    const outcome = await subscribe(wrong.channel('room')).first
    assert.ok(['CHANNEL_ERROR', 'TIMED_OUT'].includes(outcome.status), outcome.status)
    await wrong.removeAllChannels()
    wrong.realtime.disconnect()
  },

  async 'changes of rows'(vsn) {
    const [one, other] = [await connect(alice, vsn), await connect(bob, vsn)]
    const [changes, inserts, filtered, foreign, system] = [inbox(), inbox(), inbox(), inbox(), inbox()]
    const table = { schema: 'public', table: 'errands' }
    const channel = one
      .channel('errands')
      .on('postgres_changes', { event: '*', ...table }, (change) => changes.put(change))
      .on('postgres_changes', { event: 'INSERT', ...table }, (change) => inserts.put(change))
      .on('postgres_changes', { event: '*', ...table, filter: 'title=eq.bread' }, (change) => filtered.put(change))
      .on('system', {}, (message) => system.put(message))
    await subscribed(channel)
    assert.equal((await system.next('the system message')).message, 'Subscribed to PostgreSQL')
    const others = other.channel('errands').on('postgres_changes', { event: '*', ...table }, (c) => foreign.put(c))
    const ready = inbox()
    others.on('system', {}, (message) => ready.put(message))
    await subscribed(others)
    await ready.next('the other system message')

    const write = (await connect(service, vsn)).channel('errands writer', { config: { private: true, broadcast: { ack: true } } })
    await subscribed(write)
    const tell = async (sql) => assert.equal(await write.send({ type: 'broadcast', event: 'sql', payload: { sql } }), 'ok')
    await tell('insert')
    const inserted = await changes.next('an insert')
    assert.equal(inserted.eventType, 'INSERT')
    assert.equal(inserted.schema, 'public')
    assert.equal(inserted.table, 'errands')
    assert.equal(inserted.errors, null)
    assert.match(inserted.commit_timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    assert.equal(inserted.new.title, 'milk')
    assert.equal(inserted.new.done, false)
    assert.equal(inserted.new.price, 1.25)
    assert.equal(inserted.new.due, null)
    assert.deepEqual(inserted.new.tags, ['a', 'b'])
    assert.deepEqual(inserted.new.details, { deep: [1] })
    assert.deepEqual(inserted.old, {})
    assert.equal((await inserts.next('the same insert')).new.title, 'milk')
    await tell('update')
    const updated = await changes.next('an update')
    assert.equal(updated.eventType, 'UPDATE')
    assert.equal(updated.new.title, 'bread')
    assert.equal(updated.old.id, updated.new.id)
    assert.equal((await filtered.next('the filtered update')).new.title, 'bread')
    await tell('delete')
    const deleted = await changes.next('a delete')
    assert.equal(deleted.eventType, 'DELETE')
    assert.deepEqual(deleted.new, {})
    assert.equal(deleted.old.id, updated.new.id)
    assert.equal((await filtered.next('the filtered delete')).eventType, 'DELETE')
    assert.equal(inserts.size, 0)
    assert.equal(foreign.size, 0, 'another user sees nothing of it')
    await one.removeAllChannels()
    await other.removeAllChannels()
  },

  async 'reconnect'(vsn) {
    const client = await connect(alice, vsn, { reconnectAfterMs: () => 100 })
    const heard = inbox()
    const room = client.channel('room', { config: { broadcast: { self: true } } })
    room.on('broadcast', { event: '*' }, (message) => heard.put(message))
    const statuses = await subscribed(room)
    const socket = client.realtime.conn ?? client.realtime.socketAdapter.getSocket().conn
    socket.terminate()
    for (;;) {
      const { status } = await statuses.next('the reconnection')
      if (status === 'SUBSCRIBED') break
    }
    await room.send({ type: 'broadcast', event: 'again', payload: {} })
    assert.equal((await heard.next()).event, 'again')
    await client.removeAllChannels()
  },
}

for (const vsn of versions) {
  for (const [name, step] of Object.entries(steps)) {
    try {
      await step(vsn)
    } catch (error) {
      console.error(`FAILED ${packageName} over ${vsn}: ${name}`)
      throw error
    }
    console.log(`ok ${packageName} over ${vsn}: ${name}`)
    await sleep(10)
  }
}
process.exit(0)

// What applications do with one client: node accounts/together.mjs PACKAGE
// One createClient signs in, tells listeners, hears of its rows and of a private channel, and keeps files; and the clients
// of @supabase/ssr, in the browser's form and in the server's, which carry the session in cookies.

import assert from 'node:assert/strict'
import WebSocket from 'ws'

import { anon, atOnceUrl, awaited, client, graphql, isCurrent, newAddress, ok, operator, password, run, sql, storage } from './common.mjs'

const version = isCurrent ? 'current' : '2.90'
const bucket = `together-${version}`

/** As applications make it, but that a session is kept in memory and there is no page. */
const application = () => client({ persistSession: true, autoRefreshToken: true, storage: storage() }, anon, atOnceUrl)

const createNote = 'mutation ($content: String!) { createNote(input: { content: $content }) { id } }'
const write = async (supabase, content) => {
  const { session } = ok(await supabase.auth.getSession())
  const { errors } = await graphql(createNote, session.access_token, { content })
  assert.equal(errors, undefined, JSON.stringify(errors))
}

/** Listens to changes of notes, of which some are the server's own (what notes mean); gives the content of the next new one. */
const listen = async (channel, filter) => {
  const contents = []
  let waiting = null
  const there = awaited(`the changes of ${channel.topic}`)
  channel
    .on('postgres_changes', { event: '*', schema: 'public', table: 'notes', ...(filter && { filter }) }, ({ eventType, new: row }) => {
      if (eventType !== 'INSERT') return
      contents.push(row.content)
      waiting?.()
    })
    .on('system', {}, ({ status }) => status === 'ok' && there.keep())
    .subscribe()
  await there.value
  return async () => {
    if (contents.length === 0) {
      const { value, keep } = awaited(`a change of ${channel.topic}`)
      waiting = keep
      await value
    }
    return contents.shift()
  }
}

await sql(`create policy "own room ${version}" on realtime.messages for all to authenticated
  using (realtime.topic() = 'room ${version} ' || (select auth.uid()))
  with check (realtime.topic() = 'room ${version} ' || (select auth.uid()))`)
await sql(`create policy "own folder ${version}" on storage.objects for all to authenticated
  using (bucket_id = '${bucket}' and (storage.foldername(name))[1] = (select auth.uid())::text)
  with check (bucket_id = '${bucket}' and (storage.foldername(name))[1] = (select auth.uid())::text)`)
ok(await operator().storage.createBucket(bucket, { public: false }))

await run({
  async 'one client signs in, listens and keeps files'() {
    const supabase = application()
    assert.equal((await supabase.auth.initialize()).error, null)
    const events = []
    const { data } = supabase.auth.onAuthStateChange((event, session) => void events.push([event, session?.user.id]))
    const email = newAddress('ada')
    const { user } = ok(await supabase.auth.signUp({ email, password }))
    assert.equal(ok(await supabase.auth.getUser()).user.email, email)
    await supabase.auth.stopAutoRefresh()
    await supabase.auth.startAutoRefresh()

    const stranger = application()
    ok(await stranger.auth.signUp({ email: newAddress('bob'), password }))
    const all = await listen(supabase.channel('notes_changes'))
    const own = await listen(supabase.channel('notes-changes'), `user_id=eq.${user.id}`)
    await write(stranger, 'of somebody else')
    await write(supabase, 'my first')
    assert.deepEqual([await all(), await own()], ['my first', 'my first'])

    // A renewed token takes the place of the former one, wherever it is used.
    ok(await supabase.auth.refreshSession())
    await write(supabase, 'after a refresh')
    assert.deepEqual([await all(), await own()], ['after a refresh', 'after a refresh'])

    const room = `room ${version} ${user.id}`
    const foreign = awaited('the refusal of a private channel')
    stranger.channel(room, { config: { private: true } }).subscribe((status, error) => error && foreign.keep([status, error.message]))
    const [status, message] = await foreign.value
    assert.equal(status, 'CHANNEL_ERROR')
    assert.match(message, /Unauthorized/)
    const [entered, heard] = [awaited('a private channel'), awaited('a broadcast')]
    const channel = supabase.channel(room, { config: { private: true, broadcast: { self: true, ack: true } } })
    channel.on('broadcast', { event: 'cursor' }, ({ payload }) => heard.keep(payload)).subscribe((status) => status === 'SUBSCRIBED' && entered.keep())
    await entered.value
    assert.equal(await channel.send({ type: 'broadcast', event: 'cursor', payload: { x: 1 } }), 'ok')
    assert.deepEqual(await heard.value, { x: 1 })

    const path = `${user.id}/note.txt`
    const files = supabase.storage.from(bucket)
    ok(await files.upload(path, 'words', { contentType: 'text/plain' }))
    const { signedUrl } = ok(await files.createSignedUrl(path, 60))
    assert.ok(signedUrl.startsWith(atOnceUrl), signedUrl)
    const read = async () => await (await fetch(signedUrl)).text()
    assert.equal(await read(), 'words', 'whoever has the address needs no token')
    assert.ok((await stranger.storage.from(bucket).createSignedUrl(path, 60)).error)
    assert.ok((await stranger.storage.from(bucket).download(path)).error)
    const upload = ok(await files.createSignedUploadUrl(`${user.id}/other.txt`))
    ok(await stranger.storage.from(bucket).uploadToSignedUrl(upload.path, upload.token, 'more words'))
    assert.equal(await ok(await files.download(`${user.id}/other.txt`)).text(), 'more words')

    // Whoever signed out has no rights left in any of it.
    assert.equal((await supabase.auth.signOut()).error, null)
    assert.ok((await files.download(path)).error)
    assert.equal(ok(await supabase.auth.getSession()).session, null)
    assert.equal((await supabase.auth.getUser()).error.name, 'AuthSessionMissingError')
    assert.deepEqual(
      [...new Set(events.map(([event]) => event))],
      ['INITIAL_SESSION', 'SIGNED_IN', 'TOKEN_REFRESHED', 'SIGNED_OUT'],
    )
    data.subscription.unsubscribe()
    await supabase.removeAllChannels()
    if (isCurrent) await supabase.auth.dispose()
  },

  async 'a session of cookies, in a page and on its server'() {
    if (!isCurrent) return
    const { createBrowserClient, createServerClient } = await import('@supabase/ssr')
    const jar = new Map()
    const cookies = {
      getAll: () => [...jar].map(([name, value]) => ({ name, value })),
      setAll: (all) => all.forEach(({ name, value }) => (value ? jar.set(name, value) : jar.delete(name))),
    }
    const page = createBrowserClient(atOnceUrl, anon, { cookies, isSingleton: false, realtime: { transport: WebSocket } })
    const email = newAddress('cleo')
    ok(await page.auth.signUp({ email, password }))
    assert.ok(jar.size > 0)
    // What the server of the application makes for each request.
    const server = () => createServerClient(atOnceUrl, anon, { cookies, realtime: { transport: WebSocket } })
    const { user } = ok(await server().auth.getUser())
    assert.equal(user.email, email)
    await write(server(), 'from the server')
    const path = `${user.id}/from-the-server.txt`
    ok(await server().storage.from(bucket).upload(path, 'words'))
    assert.equal(await ok(await page.storage.from(bucket).download(path)).text(), 'words')
    ok(await page.auth.refreshSession())
    assert.equal(ok(await server().auth.getClaims()).claims.sub, user.id)
    assert.equal((await server().auth.signOut()).error, null)
    assert.equal(jar.size, 0)
    assert.equal(ok(await server().auth.getSession()).session, null)
  },
})

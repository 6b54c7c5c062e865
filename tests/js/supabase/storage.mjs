// Drives a running server's files through supabase-js, as an application would. Which version of the package is said by
// the first argument; the server's address and tokens come in the environment. Ends with a line per step.

import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import WebSocket from 'ws'

const [packageName] = process.argv.slice(2)
const { createClient } = await import(packageName)
const { MINDLOOM_URL: url, ANON: anon, ALICE: alice, ALICE_ID: id, BOB: bob, SERVICE: service, PNG: png } = process.env
const isCurrent = packageName.endsWith('current')
const image = Buffer.from(png, 'base64')

const connect = (token) =>
  createClient(url, anon, {
    auth: { persistSession: false, autoRefreshToken: false },
    accessToken: async () => token,
    realtime: { transport: WebSocket },
  }).storage

const [one, other, admin, stranger] = [alice, bob, service, anon].map(connect)

/** What is there, or a failed assertion that says why it is not. */
const data = async (asked) => {
  const { data, error } = await asked
  assert.equal(error, null, error && `${error.statusCode} ${error.message}`)
  return data
}

/** The refusal. */
const refusal = async (asked) => {
  const { data, error } = await asked
  assert.ok(error, `no error but ${JSON.stringify(data)}`)
  return [error.statusCode, error.message]
}

const text = async (blob) => await (await blob).text()
const missing = ['404', 'Object not found']
const forbidden = ['403', 'new row violates row-level security policy']

const steps = {
  async buckets() {
    assert.deepEqual(await data(admin.createBucket('made', { public: false, fileSizeLimit: '2KB', allowedMimeTypes: ['image/*', 'text/plain'] })), { name: 'made' })
    assert.deepEqual(await refusal(admin.createBucket('made', { public: false })), ['409', 'The resource already exists'])
    assert.deepEqual(await refusal(admin.createBucket('a/b', { public: false })), ['400', 'Bucket name invalid'])
    assert.deepEqual(await refusal(one.createBucket('mine', { public: false })), forbidden)
    const bucket = await data(admin.getBucket('made'))
    assert.deepEqual([bucket.id, bucket.public, bucket.file_size_limit, bucket.allowed_mime_types], ['made', false, 2000, ['image/*', 'text/plain']])
    assert.deepEqual(await data(admin.updateBucket('made', { public: true, fileSizeLimit: 10, allowedMimeTypes: null })), { message: 'Successfully updated' })
    const updated = await data(admin.getBucket('made'))
    assert.deepEqual([updated.public, updated.file_size_limit, updated.allowed_mime_types], [true, 10, null])
    assert.ok((await data(one.listBuckets())).some((bucket) => bucket.id === 'made'))
    if (isCurrent) {
      const found = await data(admin.listBuckets({ search: 'mad', limit: 1, sortColumn: 'created_at', sortOrder: 'desc' }))
      assert.deepEqual(found.map((bucket) => bucket.id), ['made'])
    }
    await data(admin.from('made').upload('x.txt', 'short', { contentType: 'text/plain' }))
    assert.deepEqual(await refusal(admin.deleteBucket('made')), ['409', 'The bucket you tried to delete is not empty'])
    await data(admin.emptyBucket('made'))
    assert.deepEqual(await data(admin.deleteBucket('made')), { message: 'Successfully deleted' })
    assert.deepEqual(await refusal(admin.getBucket('made')), ['404', 'Bucket not found'])
  },

  async 'upload and download, in every form'() {
    const bodies = {
      text: 'words',
      buffer: Buffer.from('words'),
      array: new TextEncoder().encode('words').buffer,
      blob: new Blob(['words'], { type: 'text/plain' }),
      view: new TextEncoder().encode('words'),
      stream: Readable.from([Buffer.from('wo'), Buffer.from('rds')]),
    }
    for (const [form, body] of Object.entries(bodies)) {
      const path = `${id}/forms/${form}.txt`
      const made = await data(one.from('private').upload(path, body, { contentType: 'text/plain', metadata: { form } }))
      assert.equal(made.path, path)
      assert.equal(made.fullPath, `private/${path}`)
      assert.match(made.id, /^[0-9a-f-]{36}$/)
      assert.equal(await text(data(one.from('private').download(path))), 'words', form)
      const info = await data(one.from('private').info(path))
      assert.deepEqual([info.size, info.metadata, info.bucketId], [5, { form }, 'private'])
      assert.match(info.contentType, /^text\/plain/)
    }
    const form = new FormData()
    form.append('', new Blob(['in a form'], { type: 'text/plain' }), 'name.txt')
    await data(one.from('private').upload(`${id}/form.txt`, form))
    assert.equal(await text(data(one.from('private').download(`${id}/form.txt`))), 'in a form')
    await data(one.from('private').upload(`${id}/Übung 1.txt`, 'letters of any script'))
    assert.equal(await text(data(one.from('private').download(`${id}/Übung 1.txt`))), 'letters of any script')
  },

  async 'upsert, update and what is refused'() {
    const path = `${id}/twice.txt`
    await data(one.from('private').upload(path, 'first'))
    assert.deepEqual(await refusal(one.from('private').upload(path, 'second')), ['409', 'The resource already exists'])
    await data(one.from('private').upload(path, 'second', { upsert: true }))
    assert.equal(await text(data(one.from('private').download(path))), 'second')
    await data(one.from('private').update(path, 'third', { cacheControl: '60' }))
    assert.equal(await text(data(one.from('private').download(path))), 'third')
    assert.equal((await data(one.from('private').info(path))).cacheControl, 'max-age=60')
    assert.deepEqual(await refusal(one.from('private').upload('elsewhere.txt', 'no')), forbidden)
    assert.deepEqual(await refusal(other.from('private').upload(path, 'no', { upsert: true })), forbidden)
    assert.deepEqual(await refusal(stranger.from('private').upload(`${id}/a`, 'no')), forbidden)
    assert.deepEqual(await refusal(one.from('nowhere').upload('a', 'no')), ['404', 'Bucket not found'])
    assert.equal((await refusal(one.from('private').upload(`${id}/../b`, 'no')))[0] >= '400', true)
    assert.deepEqual(await refusal(one.from('avatars').upload(`${id}/a.png`, 'no image', { contentType: 'image/png' })), ['415', 'mime type text/plain;charset=UTF-8 is not supported'])
    const large = Buffer.concat([image, Buffer.alloc(2 << 20)])
    assert.deepEqual(await refusal(one.from('avatars').upload(`${id}/a.png`, large, { contentType: 'image/png' })), ['413', 'The object exceeded the maximum allowed size'])
    assert.deepEqual(await refusal(one.from('avatars').info(`${id}/a.png`)), missing)
  },

  async 'who sees what'() {
    const path = `${id}/secret.txt`
    await data(one.from('private').upload(path, 'secret'))
    for (const somebody of [other, stranger]) {
      assert.ok((await somebody.from('private').download(path)).error)
      assert.deepEqual(await refusal(somebody.from('private').info(path)), missing)
      assert.deepEqual(await data(somebody.from('private').list(id)), [])
      assert.deepEqual(await data(somebody.from('private').remove([path])), [])
      assert.deepEqual(await refusal(somebody.from('private').createSignedUrl(path, 60)), missing)
    }
    assert.equal(await text(data(admin.from('private').download(path))), 'secret')
    assert.equal((await one.from('private').exists(path)).data, true)
    assert.equal((await one.from('private').exists(`${id}/nothing`)).data, false)
    await data(one.from('avatars').upload(`${id}/face.png`, image, { contentType: 'image/png' }))
    const { publicUrl } = stranger.from('avatars').getPublicUrl(`${id}/face.png`).data
    const seen = await fetch(publicUrl)
    assert.deepEqual([seen.status, seen.headers.get('content-type')], [200, 'image/png'])
    assert.deepEqual(Buffer.from(await seen.arrayBuffer()), image)
    const named = await fetch(stranger.from('avatars').getPublicUrl(`${id}/face.png`, { download: 'ich.png' }).data.publicUrl)
    assert.match(named.headers.get('content-disposition'), /^attachment; filename="ich.png"/)
    const hidden = await fetch(stranger.from('private').getPublicUrl(path).data.publicUrl)
    assert.deepEqual([hidden.status, (await hidden.json()).message], [400, 'Bucket not found'])
  },

  async 'move, copy, remove'() {
    const at = (name) => `${id}/moves/${name}`
    await data(one.from('private').upload(at('a'), 'a', { metadata: { of: 'a' } }))
    await data(one.from('private').upload(at('b'), 'b'))
    assert.equal((await data(one.from('private').move(at('a'), at('c')))).message, 'Successfully moved')
    assert.ok((await one.from('private').download(at('a'))).error)
    assert.equal(await text(data(one.from('private').download(at('c')))), 'a')
    assert.deepEqual(await refusal(one.from('private').move(at('c'), at('b'))), ['409', 'The resource already exists'])
    assert.deepEqual(await refusal(one.from('private').move(at('none'), at('d'))), missing)
    assert.deepEqual(await refusal(one.from('private').move(at('c'), 'elsewhere')), forbidden)
    assert.deepEqual(await data(one.from('private').copy(at('c'), at('d'))), { path: `private/${at('d')}` })
    assert.equal(await text(data(one.from('private').download(at('d')))), 'a')
    assert.deepEqual((await data(one.from('private').info(at('d')))).metadata, { of: 'a' })
    await data(one.from('avatars').upload(`${id}/move.png`, image, { contentType: 'image/png', upsert: true }))
    await data(one.from('avatars').move(`${id}/move.png`, at('e.png'), { destinationBucket: 'private' }))
    assert.equal((await data(one.from('private').info(at('e.png')))).contentType, 'image/png')
    assert.deepEqual(await refusal(one.from('private').move(at('b'), `${id}/b.png`, { destinationBucket: 'avatars' })), ['415', 'mime type text/plain;charset=UTF-8 is not supported'])
    const removed = await data(one.from('private').remove([at('b'), at('c'), at('nothing')]))
    assert.deepEqual(removed.map((row) => row.name).sort(), [at('b'), at('c')])
    const folder = await data(one.from('private').remove([`${id}/moves/`]))
    assert.deepEqual(folder.map((row) => [row.name, row.metadata.count]), [[`${id}/moves/`, 2]])
    assert.deepEqual(await data(one.from('private').list(`${id}/moves`)), [])
  },

  async listings() {
    for (const name of ['b.txt', 'a.txt', 'deep/er/c.txt', 'deep/d.txt', 'B.txt']) {
      await data(one.from('private').upload(`${id}/list/${name}`, name))
    }
    const names = async (options) => (await data(one.from('private').list(`${id}/list`, options))).map((entry) => entry.name)
    assert.deepEqual(await names(), ['deep', 'B.txt', 'a.txt', 'b.txt'])
    assert.deepEqual(await names({ sortBy: { column: 'name', order: 'desc' } }), ['deep', 'b.txt', 'a.txt', 'B.txt'])
    assert.deepEqual(await names({ limit: 2, offset: 1 }), ['B.txt', 'a.txt'])
    assert.deepEqual(await names({ search: 'b' }), ['B.txt', 'b.txt'])
    assert.deepEqual(await names({ sortBy: { column: 'created_at', order: 'asc' } }), ['deep', 'b.txt', 'a.txt', 'B.txt'])
    const [folder, file] = await data(one.from('private').list(`${id}/list`))
    assert.deepEqual([folder.id, folder.metadata], [null, null])
    assert.equal(file.metadata.size, 5)
    if (!isCurrent) return
    const all = []
    let cursor
    do {
      const page = await data(one.from('private').listV2({ prefix: `${id}/list/`, limit: 2, cursor, with_delimiter: true }))
      all.push(...page.folders.map((entry) => entry.name), ...page.objects.map((entry) => entry.name))
      assert.equal(page.hasNext, page.nextCursor !== undefined)
      cursor = page.nextCursor
    } while (cursor)
    assert.deepEqual(all.sort(), ['B.txt', 'a.txt', 'b.txt', 'deep/'].map((name) => `${id}/list/${name}`).sort())
    const flat = await data(one.from('private').listV2({ prefix: `${id}/list/`, sortBy: { column: 'created_at', order: 'desc' } }))
    assert.deepEqual(flat.objects.map((entry) => entry.name.split('/list/')[1]), ['B.txt', 'deep/d.txt', 'deep/er/c.txt', 'a.txt', 'b.txt'])
  },

  async 'signed addresses, both ways'() {
    const path = `${id}/signed file.txt`
    await data(one.from('private').upload(path, 'signed'))
    const { signedUrl } = await data(one.from('private').createSignedUrl(path, 60))
    assert.equal(await (await fetch(signedUrl)).text(), 'signed')
    assert.equal((await data(one.from('private').createSignedUrl(path, 60))).signedUrl, signedUrl, 'caches know it')
    const { signedUrl: named } = await data(one.from('private').createSignedUrl(path, 60, { download: 'n.txt' }))
    assert.match((await fetch(named)).headers.get('content-disposition'), /filename="n.txt"/)
    const many = await data(one.from('private').createSignedUrls([path, `${id}/nothing`], 60))
    assert.equal(await (await fetch(many[0].signedUrl)).text(), 'signed')
    assert.deepEqual([many[1].signedUrl, many[1].error], [null, 'Either the object does not exist or you do not have access to it'])
    const forged = await fetch(signedUrl.replace('signed%20file', 'secret'))
    assert.deepEqual([forged.status, (await forged.json()).code], [400, 'InvalidSignature'])

    const target = `${id}/by token.txt`
    const { token, path: for_ } = await data(one.from('private').createSignedUploadUrl(target))
    assert.equal(for_, target)
    assert.deepEqual(await refusal(other.from('private').createSignedUploadUrl(target)), forbidden)
    const put = await data(stranger.from('private').uploadToSignedUrl(target, token, Buffer.from('by a stranger'), { contentType: 'text/plain' }))
    assert.equal(put.fullPath, `private/${target}`)
    assert.equal(await text(data(one.from('private').download(target))), 'by a stranger')
    assert.deepEqual(await refusal(stranger.from('private').uploadToSignedUrl(target, token, 'again')), ['409', 'The resource already exists'])
    assert.equal((await refusal(stranger.from('private').uploadToSignedUrl(`${id}/else`, token, 'x')))[0], '400')
    const over = await data(one.from('private').createSignedUploadUrl(target, { upsert: true }))
    await data(stranger.from('private').uploadToSignedUrl(target, over.token, new Blob(['replaced'], { type: 'text/plain' })))
    assert.equal(await text(data(one.from('private').download(target))), 'replaced')
  },

  async 'images in other sizes'() {
    const path = `${id}/large.png`
    await data(one.from('avatars').upload(path, image, { contentType: 'image/png' }))
    const size = async (response) => {
      const bytes = Buffer.from(await response.arrayBuffer())
      assert.equal(bytes.subarray(1, 4).toString(), 'PNG')
      return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
    }
    const { publicUrl } = stranger.from('avatars').getPublicUrl(path, { transform: { width: 20, height: 10 } }).data
    assert.deepEqual(await size(await fetch(publicUrl)), [20, 10])
    const blob = await data(one.from('avatars').download(path, { transform: { width: 16, height: 16, resize: 'contain' } }))
    assert.deepEqual(await size(blob), [16, 8])
    const { signedUrl } = await data(one.from('avatars').createSignedUrl(path, 60, { transform: { width: 8 } }))
    assert.deepEqual(await size(await fetch(signedUrl)), [8, 4])
    const kept = await fetch(publicUrl, { headers: { 'If-None-Match': (await fetch(publicUrl)).headers.get('etag') } })
    assert.equal(kept.status, 304)
    const wide = await fetch(stranger.from('avatars').getPublicUrl(path, { transform: { width: 5000 } }).data.publicUrl)
    assert.equal(wide.status, 400)
  },
}

for (const [name, step] of Object.entries(steps)) {
  try {
    await step()
  } catch (error) {
    console.log(`${name}: failed`)
    throw error
  }
  console.log(`${name}: ok`)
}

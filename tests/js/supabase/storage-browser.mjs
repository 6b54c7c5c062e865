// Files from a page of another origin, in a real browser: node storage-browser.mjs PACKAGE CHROMIUM
// Uploads of every kind that a page has, downloads, lists, signed addresses both ways, pictures in the page, what is
// refused, and an upload by tus-js-client that goes on after the page was loaded anew. The server's address, tokens and a
// picture come in the environment.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

import { chromium } from 'playwright-core'

const [packageName, executablePath] = process.argv.slice(2)
const { MINDLOOM_URL: url, ANON: anon, ALICE: alice, ALICE_ID: id, PNG: png } = process.env
const bundle = (path) => readFileSync(new URL(`node_modules/${path}`, import.meta.url), 'utf8')
const scripts = {
  'supabase.js': bundle(`${packageName}/dist/umd/supabase.js`),
  'tus.js': bundle('tus-js-client/dist/tus.js'),
}

// The page comes from no address, so Chromium would ask whether it may call this machine.
const args = ['--no-sandbox', '--disable-features=LocalNetworkAccessChecks']
const browser = await chromium.launch({ executablePath, args })
const page = await browser.newPage()
page.on('pageerror', (error) => {
  console.error('page:', error)
  process.exitCode = 1
})
const app = 'http://app.localhost/'
await page.route(`${app}**`, (route) => {
  const name = new URL(route.request().url()).pathname.slice(1)
  if (name in scripts) return route.fulfill({ contentType: 'text/javascript', body: scripts[name] })
  return route.fulfill({
    contentType: 'text/html',
    body: `<!doctype html><title>app</title><script src="/supabase.js"></script><script src="/tus.js"></script><script>
      window.connect = (token) => supabase.createClient('${url}', '${anon}', {
        auth: { persistSession: false, autoRefreshToken: false, storageKey: token },
        accessToken: async () => token,
      }).storage
      window.own = connect('${alice}')
      window.stranger = connect('${anon}')
      window.bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
      window.sum = async (blob) => [...new Uint8Array(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer()))].join()
      window.large = () => {
        const bytes = new Uint32Array(800_000)
        for (let at = 0, seed = 1; at < bytes.length; at += 1) bytes[at] = seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
        return new File([bytes], 'large.bin', { type: 'application/octet-stream', lastModified: 1_700_000_000_000 })
      }
    </script>`,
  })
})
const open = async () => {
  await page.goto(app)
  await page.waitForFunction(() => window.own && window.tus)
}
await open()
assert.notEqual(new URL(app).origin, new URL(url).origin)

// Up and down, as pages have files.
const forms = await page.evaluate(async (id) => {
  const form = new FormData()
  form.append('', new File(['words'], 'a.txt', { type: 'text/plain' }))
  const bodies = {
    text: 'words',
    file: new File(['words'], 'a.txt', { type: 'text/plain' }),
    blob: new Blob(['words'], { type: 'text/plain' }),
    array: new TextEncoder().encode('words').buffer,
    form,
  }
  const found = {}
  for (const [name, body] of Object.entries(bodies)) {
    const path = `${id}/${name}.txt`
    const up = await own.from('private').upload(path, body, { contentType: 'text/plain', upsert: true, metadata: { name } })
    const down = await own.from('private').download(path)
    found[name] = up.error?.message ?? down.error?.message ?? (await down.data.text())
  }
  return found
}, id)
assert.deepEqual(forms, { text: 'words', file: 'words', blob: 'words', array: 'words', form: 'words' })

// What is there, and what is about it.
const there = await page.evaluate(async (id) => {
  const { data } = await own.from('private').list(id)
  const info = await own.from('private').info(`${id}/blob.txt`)
  const moved = await own.from('private').move(`${id}/blob.txt`, `${id}/moved.txt`)
  const removed = await own.from('private').remove([`${id}/moved.txt`])
  return [data.map((entry) => entry.name), info.data.metadata, moved.error, removed.data.length]
}, id)
assert.deepEqual(there, [['array.txt', 'blob.txt', 'file.txt', 'form.txt', 'text.txt'], { name: 'blob' }, null, 1])

// Signed addresses, to read and to write; a page reads of the answers what it needs.
const signed = await page.evaluate(async (id) => {
  const { data } = await own.from('private').createSignedUrl(`${id}/text.txt`, 60, { download: 'kept.txt' })
  const answer = await fetch(data.signedUrl)
  const part = await fetch(data.signedUrl, { headers: { range: 'bytes=1-2' } })
  const up = await own.from('private').createSignedUploadUrl(`${id}/signed.txt`)
  const put = await stranger.from('private').uploadToSignedUrl(`${id}/signed.txt`, up.data.token, new Blob(['by a stranger']))
  const down = await own.from('private').download(`${id}/signed.txt`)
  return {
    disposition: answer.headers.get('content-disposition'),
    tag: Boolean(answer.headers.get('etag')),
    part: [part.status, part.headers.get('content-range'), await part.text()],
    put: put.error,
    down: await down.data.text(),
  }
}, id)
assert.match(signed.disposition, /^attachment; filename="kept.txt"/)
assert.deepEqual([signed.tag, signed.part, signed.put, signed.down], [true, [206, 'bytes 1-2/5', 'or'], null, 'by a stranger'])

// Pictures show in pages of other origins: public ones, signed ones, in their own size and in another.
const pictures = await page.evaluate(
  async ([id, png]) => {
    const path = `${id}/face.png`
    const image = new Blob([bytesOf(png)], { type: 'image/png' })
    const up = await own.from('avatars').upload(path, image, { upsert: true })
    if (up.error) return up.error.message
    const { data } = await own.from('avatars').createSignedUrl(path, 60, { transform: { width: 10 } })
    const addresses = [
      stranger.from('avatars').getPublicUrl(path).data.publicUrl,
      stranger.from('avatars').getPublicUrl(path, { transform: { width: 20 } }).data.publicUrl,
      data.signedUrl,
    ]
    const width = async (address) => {
      const shown = new Image()
      shown.src = address
      await shown.decode()
      return shown.naturalWidth
    }
    return await Promise.all(addresses.map(width))
  },
  [id, png],
)
assert.deepEqual(pictures, [80, 20, 10])

// What is refused is told, also where the server does not wait for the rest of the body.
const refused = await page.evaluate(
  async ([id, png]) => {
    const message = async (asked) => (await asked).error?.message
    const image = new Blob([bytesOf(png), new Uint8Array(8 << 20)], { type: 'image/png' })
    return [
      await message(stranger.from('private').upload(`${id}/no.txt`, 'no')),
      await message(own.from('avatars').upload(`${id}/large.png`, image)),
      await message(own.from('private').upload(`${id}/text.txt`, 'again')),
      await message(own.from('private').createSignedUrl(`${id}/nothing`, 60)),
    ]
  },
  [id, png],
)
assert.deepEqual(refused, [
  'new row violates row-level security policy',
  'The object exceeded the maximum allowed size',
  'The resource already exists',
  'Object not found',
])

// A large file goes on where it stopped, although the page was left in the middle.
const begin = ([url, alice, id, isSecond]) =>
  new Promise((resolve, reject) => {
    const file = large()
    const seen = { resumed: false, offsets: [], location: null }
    const upload = new tus.Upload(file, {
      endpoint: `${url}/storage/v1/upload/resumable`,
      headers: { authorization: `Bearer ${alice}`, 'x-upsert': 'true' },
      chunkSize: 1 << 20,
      removeFingerprintOnSuccess: true,
      uploadDataDuringCreation: true,
      metadata: { bucketName: 'private', objectName: `${id}/large.bin`, contentType: file.type, cacheControl: '60' },
      onError: (error) => reject(new Error(String(error))),
      onChunkComplete: async (size, sent) => {
        seen.offsets.push(sent)
        seen.location = upload.url
        if (!isSecond && sent >= 2 << 20) {
          await upload.abort()
          resolve(seen)
        }
      },
      onSuccess: () => resolve(seen),
    })
    upload.findPreviousUploads().then((previous) => {
      if (previous.length > 0) {
        seen.resumed = true
        upload.resumeFromPreviousUpload(previous[0])
      }
      upload.start()
    })
  })
const first = await page.evaluate(begin, [url, alice, id, false])
assert.deepEqual([first.resumed, first.offsets], [false, [1 << 20, 2 << 20]])
await open()
const second = await page.evaluate(begin, [url, alice, id, true])
assert.equal(second.resumed, true)
assert.equal(second.location, first.location)
assert.ok(second.offsets[0] > 2 << 20, `${second.offsets}`)
const same = await page.evaluate(async (id) => {
  const { data, error } = await own.from('private').download(`${id}/large.bin`)
  return error?.message ?? (await sum(data)) === (await sum(large()))
}, id)
assert.equal(same, true)

console.log(`ok ${packageName}'s files in a browser`)
await browser.close()
process.exit(process.exitCode ?? 0)

// Uploads a file through tus-js-client, over a connection that breaks again and again. The server's address, the token
// and the file's name come in the environment. Prints how often it was interrupted.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { Upload } from 'tus-js-client'

const { MINDLOOM_URL: url, TOKEN: token, SIGNATURE: signature, NAME: objectName, SIZE: size } = process.env

// Bytes that are the same in every run and have no period.
const bytes = Buffer.alloc(Number(size))
for (let at = 0, seed = 1; at + 4 <= bytes.length; at += 4) {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
  bytes.writeUInt32LE(seed, at)
}

let interruptions = 0
const headers = signature ? { 'x-signature': signature } : { authorization: `Bearer ${token}`, 'x-upsert': 'true' }
await new Promise((resolve, reject) => {
  const upload = new Upload(bytes, {
    endpoint: `${url}/storage/v1/upload/resumable${signature ? '/sign' : ''}`,
    headers,
    chunkSize: 6 * 1024 * 1024,
    uploadDataDuringCreation: true,
    retryDelays: Array(200).fill(5),
    metadata: {
      bucketName: 'private',
      objectName,
      contentType: 'application/octet-stream',
      cacheControl: '60',
      metadata: JSON.stringify({ by: 'tus' }),
    },
    onShouldRetry: (error) => {
      const status = error.originalResponse?.getStatus() ?? 0
      assert.ok(status === 0 || status === 409 || status === 423 || status >= 500, `${status} ${error.originalResponse?.getBody()}`)
      interruptions += 1
      return true
    },
    onError: reject,
    onSuccess: resolve,
  })
  upload.start()
})
console.log(JSON.stringify({ interruptions, sum: createHash('sha256').update(bytes).digest('hex') }))

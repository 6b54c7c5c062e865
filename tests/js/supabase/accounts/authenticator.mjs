// A device that keeps passkeys, in software: it does what a good one does, or what it is told to do wrong.

import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

const sha256 = (data) => createHash('sha256').update(data).digest()
const base64url = (data) => Buffer.from(data).toString('base64url')

/** Whatever a credential needs of CBOR. */
const cbor = (value) => {
  const head = (major, n) => {
    if (n < 24) return Buffer.from([(major << 5) | n])
    if (n < 256) return Buffer.from([(major << 5) | 24, n])
    return Buffer.from([(major << 5) | 25, n >> 8, n & 255])
  }
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value])
  const entries = [...value].flatMap(([key, of]) => [cbor(key), cbor(of)])
  return Buffer.concat([head(5, value.size), ...entries])
}

const USER_PRESENT = 1
const USER_VERIFIED = 4
const ATTESTED = 64

/**
 * Makes a key for what a server asks (`options`, as JSON), on a page of an origin. One that is not `verified` was only
 * touched: it asked for no PIN and no finger. One with an `id` gives its key the name of another.
 */
export const make = (options, origin, { verified = true, id = randomBytes(32) } = {}) => {
  const flags = USER_PRESENT | ATTESTED | (verified ? USER_VERIFIED : 0)
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = publicKey.export({ format: 'jwk' })
  const device = {
    id,
    privateKey,
    rpId: options.rp.id,
    userHandle: options.user.id,
    count: 1,
  }
  const key = new Map([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, Buffer.from(jwk.x, 'base64url')],
    [-3, Buffer.from(jwk.y, 'base64url')],
  ])
  const length = Buffer.from([0, device.id.length])
  const attested = Buffer.concat([Buffer.alloc(16), length, device.id, cbor(key)])
  const authData = Buffer.concat([head(device, flags), attested])
  const attestation = new Map([
    ['fmt', 'none'],
    ['attStmt', new Map()],
    ['authData', authData],
  ])
  const credential = {
    id: base64url(device.id),
    rawId: base64url(device.id),
    type: 'public-key',
    clientExtensionResults: {},
    response: {
      clientDataJSON: clientData('webauthn.create', options.challenge, origin),
      attestationObject: base64url(cbor(attestation)),
      transports: ['internal'],
    },
  }
  return { device, credential }
}

/** Signs a challenge; `wrong` says what is to be otherwise than it should. */
export const answer = (device, options, origin, wrong = {}) => {
  const { count = ++device.count, verified = true, userHandle = device.userHandle, key = device.privateKey } = wrong
  const flags = USER_PRESENT | (verified ? USER_VERIFIED : 0)
  const authenticatorData = head({ ...device, count }, flags)
  const clientDataJSON = clientData('webauthn.get', options.challenge, origin)
  const signed = Buffer.concat([authenticatorData, sha256(Buffer.from(clientDataJSON, 'base64url'))])
  return {
    id: base64url(device.id),
    rawId: base64url(device.id),
    type: 'public-key',
    clientExtensionResults: {},
    response: {
      authenticatorData: base64url(authenticatorData),
      clientDataJSON,
      signature: base64url(sign('sha256', signed, key)),
      userHandle,
    },
  }
}

/** What auth-js made of a server's JSON for a browser, as JSON again. */
export const asJson = ({ challenge, user, ...options }) => ({
  ...options,
  challenge: base64url(challenge),
  ...(user && { user: { ...user, id: base64url(user.id) } }),
})

const head = ({ rpId, count }, flags) => {
  const counted = Buffer.alloc(4)
  counted.writeUInt32BE(count)
  return Buffer.concat([sha256(rpId), Buffer.from([flags]), counted])
}

const clientData = (type, challenge, origin) =>
  base64url(JSON.stringify({ type, challenge, origin, crossOrigin: false }))

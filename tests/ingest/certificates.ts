import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

export interface Certificate {
  /** PEM. */
  cert: string
  key: string
}

/** An authority that issues certificates. */
export interface Authority extends Certificate {
  issue(options: IssueOptions): Certificate
}

export interface IssueOptions {
  name: string
  /** IPv4 addresses it is made out for. */
  addresses?: string[]
  notAfter?: Date
}

/**
 * Makes X.509 certificates (RFC 5280) by hand, because node can read but not write them and a test should need
 * nothing installed: elliptic keys (P-256), ECDSA with SHA-256.
 */
export function createAuthority(name: string): Authority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const issuer = { name, key: keys.privateKey }
  const cert = certificate({ name, publicKey: keys.publicKey, issuer, authority: true, addresses: [] })
  return {
    cert,
    key: pem(keys.privateKey),
    issue: ({ name: subject, addresses = [], notAfter }) => {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const { publicKey } = own
      const made = {
        name: subject,
        publicKey,
        issuer,
        authority: false,
        addresses,
        ...(notAfter ? { notAfter } : {}),
      }
      return { cert: certificate(made), key: pem(own.privateKey) }
    },
  }
}

interface Contents {
  name: string
  publicKey: KeyObject
  issuer: { name: string; key: KeyObject }
  authority: boolean
  addresses: string[]
  notAfter?: Date
}

const YEAR_MS = 365 * 86_400_000
const ECDSA_WITH_SHA256 = '06082a8648ce3d040302'
const COMMON_NAME = '0603550403'
const BASIC_CONSTRAINTS = '0603551d13'
const ALTERNATIVE_NAME = '0603551d11'
const KEY_IDENTIFIER = '0603551d0e'

function certificate({ name, publicKey, issuer, authority, addresses, notAfter }: Contents): string {
  const now = Date.now()
  const algorithm = sequence(hex(ECDSA_WITH_SHA256))
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const extensions = [
    extension(BASIC_CONSTRAINTS, sequence(...(authority ? [der(0x01, Buffer.from([0xff]))] : []))),
    extension(KEY_IDENTIFIER, der(0x04, createHash('sha1').update(spki).digest())),
    ...(addresses.length > 0 ? [extension(ALTERNATIVE_NAME, sequence(...addresses.map(ipAddress)))] : []),
  ]
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    distinguishedName(issuer.name),
    sequence(time(new Date(now - YEAR_MS)), time(notAfter ?? new Date(now + YEAR_MS))),
    distinguishedName(name),
    spki,
    der(0xa3, sequence(...extensions)),
  )
  const signature = sign('sha256', body, { key: issuer.key, dsaEncoding: 'der' })
  const whole = sequence(body, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature])))
  const lines = whole
    .toString('base64')
    .match(/.{1,64}/g)!
    .join('\n')
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

const hex = (text: string) => Buffer.from(text, 'hex')
const sequence = (...parts: Buffer[]) => der(0x30, Buffer.concat(parts))
const extension = (id: string, value: Buffer) => sequence(hex(id), der(0x04, value))
const ipAddress = (address: string) => der(0x87, Buffer.from(address.split('.').map(Number)))
const distinguishedName = (name: string) =>
  sequence(der(0x31, sequence(hex(COMMON_NAME), der(0x0c, Buffer.from(name)))))
const time = (at: Date) => der(0x17, Buffer.from(`${at.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`))
const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString()

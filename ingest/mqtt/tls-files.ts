import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { coerceError } from '../../shared/node/errors.ts'

/** PEM files for a TLS connection to a broker; undefined where the system's own authorities, or no certificate, do. */
export interface TlsFiles {
  ca: string | undefined
  cert: string | undefined
  key: string | undefined
}

/** Their contents, as node:tls takes them. */
export interface TlsSecrets {
  ca?: string
  cert?: string
  key?: string
}

/** A file that is not there, not PEM, or does not fit the others. */
export class TlsFileFault extends Error {
  readonly setting: string
  readonly path: string

  constructor(setting: string, path: string, why: string) {
    super(`${setting} ${path}: ${why}`)
    this.setting = setting
    this.path = path
  }
}

/**
 * Reads and checks the files. node:tls takes an authority that it cannot read for none at all, without a word.
 * @throws TlsFileFault
 */
export function readTlsFiles(files: TlsFiles): TlsSecrets {
  const secrets: TlsSecrets = {}
  if (files.ca !== undefined) {
    secrets.ca = read('MQTT_CA_FILE', files.ca)
    check('MQTT_CA_FILE', files.ca, 'is no certificate in PEM form', () => new X509Certificate(secrets.ca!))
  }
  if (files.cert === undefined || files.key === undefined) return secrets
  const cert = read('MQTT_CERT_FILE', files.cert)
  const key = read('MQTT_KEY_FILE', files.key)
  const certificate = check(
    'MQTT_CERT_FILE',
    files.cert,
    'is no certificate in PEM form',
    () => new X509Certificate(cert),
  )
  const secret = check('MQTT_KEY_FILE', files.key, 'is no private key in PEM form without a password', () =>
    createPrivateKey(key),
  )
  if (!certificate.checkPrivateKey(secret)) {
    throw new TlsFileFault('MQTT_KEY_FILE', files.key, `is not the key of ${files.cert}`)
  }
  return { ...secrets, cert, key }
}

function read(setting: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new TlsFileFault(setting, path, coerceError(error).message)
  }
}

function check<T>(setting: string, path: string, why: string, parse: () => T): T {
  try {
    return parse()
  } catch {
    throw new TlsFileFault(setting, path, why)
  }
}

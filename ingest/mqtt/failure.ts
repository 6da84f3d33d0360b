import { coerceError, errorCode } from '../../shared/node/errors.ts'
import type { FindingCode, FindingParams } from '../broker-care/findings.ts'
import { ConnectRefused } from './connection.ts'
import { TlsFileFault } from './tls-files.ts'

/** Why there is no connection, as one finding. */
export interface ConnectFailure {
  code: FindingCode
  params: FindingParams
}

/** Codes of node:tls and OpenSSL (verification results of X.509, RFC 5280 section 6) by what the operator can do. */
const UNTRUSTED = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'INVALID_CA',
])
const UNTIMELY = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'])

/** What stands in the way of a connection to `broker` (host:port). */
export function failureOf(thrown: unknown, broker: string): ConnectFailure {
  const why = coerceError(thrown).message.trim()
  return { code: codeOf(thrown), params: { broker, why } }
}

function codeOf(thrown: unknown): FindingCode {
  if (thrown instanceof ConnectRefused) return 'broker-refuses'
  if (thrown instanceof TlsFileFault) return 'certificate-unreadable'
  const code = errorCode(thrown) ?? ''
  if (UNTRUSTED.has(code)) return 'certificate-untrusted'
  if (UNTIMELY.has(code)) return 'certificate-expired'
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'certificate-name'
  // An alert is what the other side says: in TLS 1.3 it comes after our handshake has ended.
  if (/^ERR_SSL_.*ALERT_(?!PROTOCOL_VERSION)/.test(code)) return 'certificate-refused'
  if (/^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNEXPECTED_MESSAGE)/.test(code))
    return 'broker-not-tls'
  if (code === 'EPROTO') return 'broker-not-tls'
  return 'broker-unreachable'
}

import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { bootId } from '../../shared/node/boot-id.ts'

/**
 * Name of this program among the ingest programs of its owner. A program that was killed and started again has its
 * old name back, and with it its leases, without waiting for them to run out: host, boot and bound address are one
 * living program's alone. Where the system does not tell its boot, the name is a new one.
 */
export function workerName({ HOST }: { HOST: string }, port: number): string {
  return `${hostname()} ${HOST}:${port} ${bootId() || randomBytes(8).toString('hex')}`
}

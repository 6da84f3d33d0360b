import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { coerceError, errorCode, IocError } from '../shared/node/errors.ts'

const KEY_BYTES = 32

/**
 * The key of INGEST_EVENT_KEY: made once, kept in the data folder for this user alone, and the same ever after, so
 * that a passage told twice is known again.
 * @throws IocError folder-unwritable
 */
export function eventKey(folder: string): string {
  const secrets = join(folder, 'secrets')
  const file = join(secrets, 'event-key')
  try {
    mkdirSync(secrets, { recursive: true, mode: 0o700 })
    if (!existsSync(file)) {
      // Under its name there is a whole key or none, even after a power cut.
      writeFileSync(`${file}.new`, `${randomBytes(KEY_BYTES).toString('hex')}\n`, {
        mode: 0o600,
        flush: true,
      })
      renameSync(`${file}.new`, file)
    }
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new IocError('folder-unwritable', {
      folder: secrets,
      why: errorCode(error) ?? coerceError(error).message,
    })
  }
}

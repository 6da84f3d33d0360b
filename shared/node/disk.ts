import { statfsSync } from 'node:fs'
import { IocError } from './errors.ts'

const MIB = 1_048_576
/** Two segments of the write-ahead log: with less the database cannot even start, or end in order. */
const NEEDED_BYTES = 32 * MIB

/**
 * Tells a full disk apart from every other reason why something in a folder failed: by the code of the failure, or
 * where it has none by the space that is left.
 * @throws IocError disk-full
 */
export function refuseFullDisk(folder: string, code: string | undefined): void {
  const free = freeBytes(folder)
  const scarce = free !== undefined && free < NEEDED_BYTES
  const full = code === undefined ? scarce : code === 'ENOSPC' || code === 'EDQUOT'
  if (!full) return
  throw new IocError('disk-full', {
    folder,
    free: free === undefined ? '?' : Math.floor(free / MIB),
    needed: NEEDED_BYTES / MIB,
  })
}

function freeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  } catch {
    return undefined
  }
}

import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bootId } from './boot-id.ts'
import { refuseFullDisk } from './disk.ts'
import { coerceError, errorCode, IocError } from './errors.ts'

export interface FolderLock {
  release(): void
  /** The copy before did not end by itself: its parts may still be ending. */
  takenOver: boolean
}

/**
 * Keeps two copies off one folder. The lock names its process; a lock whose process is gone (kill -9, power cut)
 * is taken over, and the answer says so.
 * @throws IocError folder-unwritable, disk-full, already-running
 */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, 'lock')
  try {
    mkdirSync(folder, { recursive: true })
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        const handle = openSync(path, 'wx')
        writeFileSync(handle, `${process.pid} ${bootId()} ${startTime(process.pid) ?? ''}\n`)
        closeSync(handle)
        return { release: () => rmSync(path, { force: true }), takenOver: attempt > 0 }
      } catch (error) {
        if (errorCode(error) !== 'EEXIST') throw error
        const holder = readFileSync(path, 'utf8').trim().split(' ')
        if (isAlive(holder)) throw new IocError('already-running', { pid: holder[0]!, folder })
        rmSync(path, { force: true })
      }
    }
    throw new Error('the lock file cannot be taken')
  } catch (thrown) {
    if (thrown instanceof IocError) throw thrown
    refuseFullDisk(folder, errorCode(thrown))
    throw new IocError('folder-unwritable', { folder, why: errorCode(thrown) ?? coerceError(thrown).message })
  }
}

/** Numbers of processes are used again: the same number counts only within one boot and with the same start time. */
function isAlive([pid, boot, started]: string[]): boolean {
  const number = Number(pid)
  if (!Number.isInteger(number) || number <= 0) return false
  if (boot && boot !== bootId()) return false
  try {
    process.kill(number, 0)
  } catch (error) {
    if (errorCode(error) !== 'EPERM') return false
  }
  const now = startTime(number)
  return !started || now === undefined || now === started
}

/** Start time of a process in clock ticks since boot (field 22 of /proc/pid/stat); undefined where there is no /proc. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

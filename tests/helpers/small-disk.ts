import { execFileSync } from 'node:child_process'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const MIB = 1_048_576

/** Arguments of `unshare` for a mount of one's own: root may, others may in a user namespace of their own. */
const OWN_MOUNTS = process.getuid?.() === 0 ? ['-m'] : ['-Urm']
const MOUNT = 'mount -t tmpfs -o size="$1"m tmpfs "$2" && shift 2 && exec "$@"'

/** Whether this machine lets a program have a small disk of its own. */
export function canHaveSmallDisk(): boolean {
  try {
    execFileSync('unshare', [...OWN_MOUNTS, 'sh', '-c', MOUNT, 'sh', '1', '/mnt', 'true'], {
      stdio: 'ignore',
    })
    return true
  } catch {
    return false
  }
}

/** The command that runs `command` with a disk of so many MiB mounted at `folder`, seen by it and its children only. */
export function onSmallDisk(folder: string, megabytes: number, command: string[]): string[] {
  return ['unshare', ...OWN_MOUNTS, 'sh', '-c', MOUNT, 'sh', `${megabytes}`, folder, ...command]
}

/** The small disk of a running program, seen from outside. */
export class SmallDisk {
  readonly #file: string

  constructor(pid: number, folder: string) {
    this.#file = join(`/proc/${pid}/root`, folder, 'ballast')
  }

  /** Takes all space that is left. */
  fill(): void {
    const handle = openSync(this.#file, 'a')
    try {
      for (let size = MIB; size >= 512; ) {
        try {
          writeSync(handle, Buffer.alloc(size))
        } catch {
          size /= 2
        }
      }
    } finally {
      closeSync(handle)
    }
  }

  free(): void {
    rmSync(this.#file, { force: true })
  }
}

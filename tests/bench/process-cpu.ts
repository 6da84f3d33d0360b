import { readdirSync, readFileSync } from 'node:fs'

/** Seconds of processor time a process has used, user and system; 0 when it is gone. Linux. */
export function cpuSeconds(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
  } catch {
    return 0
  }
}

const TICKS_PER_SECOND = 100

/** Of all processes with a name, such as the backends of a database server on this machine. */
export function cpuSecondsOfName(name: string): number {
  let sum = 0
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    try {
      if (readFileSync(`/proc/${entry}/comm`, 'utf8').trim() === name) sum += cpuSeconds(Number(entry))
    } catch {
      // It ended meanwhile.
    }
  }
  return sum
}

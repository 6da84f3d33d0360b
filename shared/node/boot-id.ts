import { readFileSync } from 'node:fs'

/** Tells one boot of this machine from every other boot of any machine; empty where the system does not say (Linux does). */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return ''
  }
}

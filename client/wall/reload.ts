/** What decides whether a wall should load itself again. Moments in milliseconds of this machine's clock. */
export interface ReloadQuestion {
  /** Version of the first snapshot after the page was loaded, and of the newest. */
  loaded: string | undefined
  current: string | undefined
  /** When the newest version was first seen, and the last change on the screen. */
  seenAt: number
  lastEventAt: number | undefined
  lastReloadAt: number | undefined
  linkAlive: boolean
  now: number
}

/** A new version must hold for a while: a server that is being rolled back and forth is left alone. */
const SETTLE_MS = 20_000
/** A screen with a fresh event is being looked at. */
const QUIET_MS = 60_000
/** But not for ever: in a storm events never cease, and all walls are to be on a new version in five minutes. */
const LONGEST_WAIT_MS = 240_000
export const RELOAD_AT_MOST_EVERY_MS = 30_000

export function shouldReload(question: ReloadQuestion): boolean {
  const { loaded, current, seenAt, lastEventAt, lastReloadAt, linkAlive, now } = question
  if (!linkAlive || loaded === undefined || current === undefined || loaded === current) return false
  if (lastReloadAt !== undefined && now - lastReloadAt < RELOAD_AT_MOST_EVERY_MS) return false
  const waited = now - seenAt
  if (waited < SETTLE_MS) return false
  const quiet = lastEventAt === undefined || now - lastEventAt >= QUIET_MS
  return quiet || waited >= LONGEST_WAIT_MS
}

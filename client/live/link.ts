/** What is known of the contact with the server. Moments in milliseconds of this machine's clock. */
export interface Contact {
  /** When the page began to listen. */
  openedAt: number
  /** When the last snapshot, patch or beat came; undefined before the first. */
  lastAt: number | undefined
}

/**
 * connecting: nothing has come yet, and it is too early to complain.
 * live: something came within the last ten seconds.
 * lost: nothing came for ten seconds, which is two beats; whatever the socket itself believes.
 */
export type LinkState =
  | { kind: 'connecting' }
  | { kind: 'live'; lastAt: number }
  | { kind: 'lost'; lastAt: number | undefined; forMs: number }

/** The socket alone notices a dead peer after pingInterval + pingTimeout, 45 s; a wall must say so in 10. */
export const LOST_AFTER_MS = 10_000

export function linkState(contact: Contact, now: number): LinkState {
  const silentMs = now - (contact.lastAt ?? contact.openedAt)
  if (silentMs >= LOST_AFTER_MS) return { kind: 'lost', lastAt: contact.lastAt, forMs: silentMs }
  return contact.lastAt === undefined ? { kind: 'connecting' } : { kind: 'live', lastAt: contact.lastAt }
}

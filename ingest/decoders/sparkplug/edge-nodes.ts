import type { Message } from '../../message.ts'

/** Eclipse Sparkplug 3.0, section 5.9: a missing message may still come, and "a couple of seconds" are enough for it. */
export const REORDER_MS = 2_000
/** With more messages missing nobody waits for them. */
export const MOST_MISSING = 16
export const ASK_AGAIN_MS = 60_000
/** After a restart every edge node is to be asked; not all of them at once. */
export const MOST_ASKED_A_SECOND = 20
/** Of those forgotten beyond it nothing is lost: they are asked for a birth once more. */
export const MOST_NODES = 20_000

interface EdgeNode {
  /** The sequence number that comes next; undefined: the session was not followed from its birth on, or has ended. */
  next: number | 'unnumbered' | undefined
  missing: Set<number>
  askedAt: number | undefined
}

/**
 * Which edge nodes are to be asked for their births, and when. A session is followed by its sequence numbers, 0 to
 * 255 and round again: it begins with an NBIRTH, and a number that does not come means that a message was lost, which
 * may have been a birth. Time is that of the messages: there is no timer, and a gap is noticed by the next message of
 * anybody.
 */
export class EdgeNodes {
  readonly #nodes = new Map<string, EdgeNode>()
  /** Since when messages of an edge node have been missing, the longest first. */
  readonly #gaps = new Map<string, number>()
  readonly #wanted = new Set<string>()
  /** A batch that failed is read again: each message counts once. */
  readonly #seen = new WeakSet<Message>()
  #second = 0
  #askedInIt = 0

  /** Whether this message is read for the first time. */
  isNew(message: Message): boolean {
    if (this.#seen.has(message)) return false
    this.#seen.add(message)
    return true
  }

  /** An NBIRTH: its number is the first of the session. Without one nothing can be missed. */
  born(name: string, seq: number | undefined): void {
    const node = this.#of(name)
    node.next = seq === undefined ? 'unnumbered' : after(seq)
    node.missing.clear()
    this.#gaps.delete(name)
    this.#wanted.delete(name)
  }

  /** Its session is over; whatever it says before its next birth is a reason to ask for one. */
  died(name: string): void {
    this.#unfollow(name)
  }

  /** Any other message with a number. */
  heard(name: string, seq: number | undefined, at: number): void {
    const node = this.#of(name)
    if (node.next === undefined) {
      this.want(name)
      return
    }
    if (seq === undefined || node.next === 'unnumbered') return
    if (node.missing.delete(seq)) {
      if (node.missing.size === 0) this.#gaps.delete(name)
      return
    }
    const skipped = (seq - node.next + 256) % 256
    if (skipped + node.missing.size > MOST_MISSING) {
      this.#unfollow(name)
      this.want(name)
      return
    }
    for (let at = 0; at < skipped; at++) node.missing.add((node.next + at) % 256)
    if (skipped > 0 && !this.#gaps.has(name)) this.#gaps.set(name, at)
    node.next = after(seq)
  }

  /** It is to be asked for its births as soon as that may be. */
  want(name: string): void {
    this.#wanted.add(name)
  }

  /** Those to be asked now. Who is still wanted then and was asked lately is asked when it speaks again. */
  toAsk(at: number): string[] {
    for (const [name, since] of this.#gaps) {
      if (Math.abs(at - since) < REORDER_MS) break
      this.#unfollow(name)
      this.want(name)
    }
    const asked = [...this.#wanted].filter((name) => this.#mayAsk(name, at))
    this.#wanted.clear()
    return asked
  }

  #mayAsk(name: string, at: number): boolean {
    const node = this.#of(name)
    // The clock may have been set back: a time ahead is not waited for.
    if (node.askedAt !== undefined && Math.abs(at - node.askedAt) < ASK_AGAIN_MS) return false
    if (Math.abs(at - this.#second) >= 1_000) {
      this.#second = at
      this.#askedInIt = 0
    }
    if (this.#askedInIt >= MOST_ASKED_A_SECOND) return false
    this.#askedInIt += 1
    node.askedAt = at
    return true
  }

  #unfollow(name: string): void {
    const node = this.#of(name)
    node.next = undefined
    node.missing.clear()
    this.#gaps.delete(name)
  }

  #of(name: string): EdgeNode {
    const known = this.#nodes.get(name)
    if (known) return known
    if (this.#nodes.size >= MOST_NODES) {
      this.#nodes.clear()
      this.#gaps.clear()
    }
    const node: EdgeNode = { next: undefined, missing: new Set(), askedAt: undefined }
    this.#nodes.set(name, node)
    return node
  }
}

function after(seq: number): number {
  return (seq + 1) % 256
}

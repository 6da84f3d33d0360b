import type { Message } from './message.ts'
import type { ReasonCode } from './reasons.ts'
import { type Letter, letter } from './records.ts'
import type { VendorName } from './vendor.ts'

/**
 * Collects the refusals of one stage. What is wrong with a message once (its school, its time, a device in it) is
 * said once, not once for each of its values.
 */
export class Refusals {
  readonly letters: Letter[] = []
  readonly #said = new Map<Message, Set<string>>()

  refuse(
    record: { message: Message; school: string | null },
    reason: ReasonCode,
    about: { field: string | null; value: unknown; detail: string; vendor?: VendorName },
  ): void {
    const key = `${reason} ${about.field} ${about.vendor?.name ?? ''}`
    const said = this.#said.get(record.message)
    if (said?.has(key)) return
    if (said) said.add(key)
    else this.#said.set(record.message, new Set([key]))
    this.letters.push(letter(record.message, reason, { ...about, school: record.school }))
  }
}

import type { Message } from './message.ts'
import type { ReasonCode } from './reasons.ts'
import { cut, type Letter } from './records.ts'

/** Reasons that lie in how a device was set up, so that each of its messages has them, perhaps many times. */
const FOLDED: ReadonlySet<ReasonCode> = new Set<ReasonCode>(['unknown-metric', 'ambiguous'])
const LONGEST_FIELDS = 300
const LONGEST_DETAIL = 500

/**
 * One letter a message for all its values that are refused for such a reason: a device that sends ten unknown fields
 * every minute must not fill the table. The letter names the fields and keeps their number.
 */
export function foldLetters(letters: readonly Letter[]): Letter[] {
  const folds = new Map<Message, Map<ReasonCode, Letter[]>>()
  const kept: (Letter | Letter[])[] = []
  for (const letter of letters) {
    if (!FOLDED.has(letter.reason)) {
      kept.push(letter)
      continue
    }
    const ofMessage = folds.get(letter.message) ?? new Map<ReasonCode, Letter[]>()
    folds.set(letter.message, ofMessage)
    const alike = ofMessage.get(letter.reason)
    if (alike) alike.push(letter)
    else {
      const first = [letter]
      ofMessage.set(letter.reason, first)
      kept.push(first)
    }
  }
  return kept.map((one) => (Array.isArray(one) ? fold(one) : one))
}

function fold(letters: readonly Letter[]): Letter {
  const first = letters[0]!
  if (letters.length === 1) return { ...first, values: 1 }
  const fields = letters.map(({ field }) => field).join(', ')
  const details = [...new Set(letters.map(({ detail }) => detail))].join('; ')
  return {
    ...first,
    field: cut(fields, LONGEST_FIELDS),
    detail: cut(`${letters.length} values: ${details}`, LONGEST_DETAIL),
    school: letters.find(({ school }) => school !== null)?.school ?? null,
    values: letters.length,
  }
}

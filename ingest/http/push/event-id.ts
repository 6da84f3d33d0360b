import { createHmac } from 'node:crypto'

/** 96 bits: among a thousand million events the chance of any two alike is one in a hundred thousand million. */
const HEX_DIGITS = 24

/**
 * The id of an event that was told with a person in it: the same whenever it is told again, and without the key it
 * says nothing about the person, not even to somebody who tries out all of them.
 */
export function eventId(key: string, ...parts: readonly string[]): string {
  return createHmac('sha256', key).update(parts.join('\t')).digest('hex').slice(0, HEX_DIGITS)
}

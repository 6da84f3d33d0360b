const SHORTEST_MS = 1_000
const LONGEST_MS = 10_000
/** The first wait is spread over three seconds, so that screens cut off together do not come back together. */
const FIRST_SPREAD_MS = 3_000

/**
 * How long to wait before an attempt to reconnect, in milliseconds: 1 s and a random part that doubles from 3 s
 * until the wait is anything from 1 to 10 s. There is no last attempt.
 * @param attempt failed attempts so far, from 0
 * @param random from 0 up to 1
 */
export function reconnectDelay(attempt: number, random: number): number {
  const spread = Math.min(LONGEST_MS - SHORTEST_MS, FIRST_SPREAD_MS * 2 ** Math.min(attempt, 10))
  return SHORTEST_MS + random * spread
}

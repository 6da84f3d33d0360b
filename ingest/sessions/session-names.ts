/**
 * Names of the sessions of one owner (MQTT_CLIENT_ID) at its broker. One session has the plain name, so that the
 * session of a single program stays the one it always was.
 */
export function sessionNames(owner: string, count: number): string[] {
  return count === 1 ? [owner] : Array.from({ length: count }, (_, at) => `${owner}-${at + 1}`)
}

/** The filters each session subscribes to. Several sessions share the messages: each message comes to one of them. */
export function sessionFilters(owner: string, count: number, filters: readonly string[]): string[] {
  if (count === 1) return [...filters]
  return filters.map((filter) => (filter.startsWith('$share/') ? filter : `$share/${owner}/${filter}`))
}

/** How many of `sessions` the worker at place `at` of `workers` is to hold: all the same, the first ones one more. */
export function fairShare(sessions: number, workers: number, at: number): number {
  return Math.floor(sessions / workers) + (at < sessions % workers ? 1 : 0)
}

/**
 * The JSON of a body that may hold personal data; undefined when it is none. The words of a failure are not passed
 * on: they repeat what stands there.
 */
export function quietJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

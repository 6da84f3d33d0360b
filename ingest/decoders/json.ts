import { isUtf8 } from 'node:buffer'
import type { Fault } from './decoder.ts'

/**
 * Loggers write NaN and Infinity where a measurement failed (Python's json.dumps does). That is not JSON, but the
 * other values of the message are sound: such words are read as null, which is then refused as one bad value.
 */
const NOT_A_NUMBER = /([:[,]\s*)(?:NaN|[-+]?Infinity)(?=\s*[,}\]])/g

/** @throws SyntaxError when the text is not JSON even then. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const mended = text.replace(NOT_A_NUMBER, '$1null')
    if (mended === text) throw error
    return JSON.parse(mended)
  }
}

/** The JSON of a payload, or why there is none. */
export function readJson(payload: Buffer): { body: unknown } | { fault: Fault } {
  const refuse = (reason: Fault['reason'], detail: string) => ({
    fault: { reason, field: null, value: '', detail },
  })
  if (!isUtf8(payload)) return refuse('not-utf8', 'the bytes are not UTF-8')
  try {
    return { body: parseJson(payload.toString('utf8')) }
  } catch (error) {
    return refuse('not-json', (error as Error).message.slice(0, 200))
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

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

import { isUtf8 } from 'node:buffer'
import type { Message } from '../message.ts'
import type { Fault } from './decoder.ts'
import { parseJson } from './json.ts'

/** The text of a payload, or why there is none. */
export function readText({ payload }: Message): { text: string } | Fault {
  if (isUtf8(payload)) return { text: payload.toString('utf8') }
  return { reason: 'not-utf8', field: null, value: '', detail: 'the bytes are not UTF-8' }
}

/** The JSON of a payload, or why there is none. */
export function readJson(message: Message): { body: unknown } | Fault {
  const read = readText(message)
  if ('reason' in read) return read
  try {
    return { body: parseJson(read.text) }
  } catch (error) {
    const detail = (error as Error).message.slice(0, 200)
    return { reason: 'not-json', field: null, value: '', detail }
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A text with something in it; undefined for anything else. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

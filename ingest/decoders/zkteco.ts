import { z } from 'zod'
import type { Direction, VendorDraft, VendorName } from '../vendor.ts'
import { isObject, readJson } from './body.ts'
import type { Format, Reading } from './format.ts'
import { isoMoment } from './moment.ts'

/**
 * What stays of a push of attendance records when the HTTP edge has taken everything about the person out of it
 * (ingest/http/push/iclock-redaction.ts). null: it was not there, or had not the form that belongs there.
 */
export const IclockPush = z.strictObject({
  /** The terminal's own place in its records, which it wants to be told when it starts again. */
  stamp: z.string().nullable(),
  records: z.array(
    z.strictObject({
      /** Number of the line, from 1. */
      line: z.number().int(),
      /** Of the event, see ingest/http/push/event-id.ts; null: the line is not a record. */
      id: z.string().nullable(),
      /** Local time without a zone. */
      time: z.string().nullable(),
      status: z.number().int().nullable(),
    }),
  ),
})
export type IclockPush = z.infer<typeof IclockPush>

/** ZKTeco, Attendance PUSH: check-in and -out, break-out and -in, overtime-in and -out. 255 and others say nothing. */
const DIRECTIONS: readonly (Direction | undefined)[] = ['in', 'out', 'out', 'in', 'in', 'out']

/** Attendance records of a ZKTeco terminal; the topic ends in its serial number. */
export const zkteco: Format = {
  needs: (topic) => [terminalOf(topic)],

  read(message, { route, description }) {
    const read = readJson(message)
    const push = 'body' in read ? IclockPush.safeParse(read.body).data : undefined
    const vendor = terminalOf(message.topic)
    if (!push) {
      const detail = 'attendance records of a terminal, as this program hands them on'
      return { drafts: [], faults: [{ reason: 'bad-body', field: null, value: '', detail, vendor }] }
    }
    const drafts: VendorDraft[] = []
    const wrong = new WrongLines(vendor)
    for (const { line, id, time, status } of push.records) {
      const at = isoMoment(time, route.zone)
      if (id === null) wrong.add(line, '', 'a record is PIN, time, status and more, with tabs between them')
      else if (at === undefined) wrong.add(line, '.time', 'a time is yyyy-mm-dd hh:mm:ss')
      else {
        const passage = { event: id, at, direction: DIRECTIONS[status ?? -1], timeField: 'time' }
        drafts.push({ kind: 'checkin', message, vendor, path: `line ${line}.`, ...passage })
      }
    }
    const { stamp } = push
    const { faults } = wrong
    if (stamp === null || stamp === stampOf(description(vendor))) return { drafts, faults }
    return { drafts, faults, descriptions: [{ vendor, at: message.receivedAt, body: { stamp } }] }
  },
}

const SHOWN_LINES = 20

/** A terminal that writes lines of another form writes all of them so: what is wrong in one way is one fault. */
class WrongLines {
  readonly #vendor: VendorName
  readonly #lines = new Map<string, { field: string; lines: number[] }>()

  constructor(vendor: VendorName) {
    this.#vendor = vendor
  }

  add(line: number, part: string, detail: string): void {
    const alike = this.#lines.get(detail)
    if (alike) alike.lines.push(line)
    else this.#lines.set(detail, { field: `line ${line}${part}`, lines: [line] })
  }

  get faults(): Reading['faults'] {
    return [...this.#lines].map(([what, { field, lines }]) => {
      const shown = lines.slice(0, SHOWN_LINES).join(', ')
      const detail = `${what} (${lines.length === 1 ? 'line' : `${lines.length} lines:`} ${shown})`
      return { reason: 'bad-body', field, value: '', detail, vendor: this.#vendor }
    })
  }
}

export function terminalOf(topic: string): VendorName {
  return { format: 'zkteco', name: topic.split('/').at(-1) ?? '' }
}

/** The stamp in a terminal's description; undefined when it never sent one. */
export function stampOf(description: unknown): string | undefined {
  const stamp = isObject(description) ? description['stamp'] : undefined
  return typeof stamp === 'string' ? stamp : undefined
}

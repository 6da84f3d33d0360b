import { IocError } from '../../../shared/node/errors.ts'
import type { IclockPush } from '../../decoders/zkteco.ts'
import { eventId } from './event-id.ts'

/** So many records go into one message: a body of 1 MiB may hold twenty thousand. */
export const MOST_RECORDS_OF_MESSAGE = 1_000

/** A record has thirty characters at least; what has more lines in a body of 1 MiB is something else. */
const MOST_LINES = 50_000
const STAMP = /^\d{1,20}$/
const LOCAL_TIME = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d$/
const STATUS = /^\d{1,3}$/

/**
 * Takes attendance records of a terminal apart and keeps only what says nothing about a person: `PIN\ttime\tstatus\t
 * verify…` becomes time, status and an id made with our key. A line of another form keeps nothing but its number.
 * @param key INGEST_EVENT_KEY
 * @throws IocError bad-request when there are too many lines.
 * @param stamp what the terminal says of its own place in its records.
 */
export function redactRecords(body: Buffer, terminal: string, stamp: unknown, key: string): IclockPush[] {
  // One byte, one character: terminals write in code pages of their own, and the id must not depend on them.
  const lines = body.toString('latin1').split(/\r\n|\r|\n/)
  if (lines.length > MOST_LINES) {
    throw new IocError('bad-request', { summary: `${lines.length} lines; at most ${MOST_LINES}` })
  }
  const records = lines.flatMap((text, at): IclockPush['records'] => {
    if (text.trim() === '') return []
    const [pin = '', time = '', status = ''] = text.split('\t').map((field) => field.trim())
    if (pin === '' || time === '') return [{ line: at + 1, id: null, time: null, status: null }]
    return [
      {
        line: at + 1,
        id: eventId(key, terminal, pin, time, status),
        time: LOCAL_TIME.test(time) ? time : null,
        status: STATUS.test(status) ? Number(status) : null,
      },
    ]
  })
  const said = typeof stamp === 'string' && STAMP.test(stamp) ? stamp : null
  const pushes: IclockPush[] = []
  for (let from = 0; from < records.length; from += MOST_RECORDS_OF_MESSAGE) {
    const part = records.slice(from, from + MOST_RECORDS_OF_MESSAGE)
    // The stamp is that of the last record: it is kept with it.
    pushes.push({ stamp: from + part.length === records.length ? said : null, records: part })
  }
  return pushes
}

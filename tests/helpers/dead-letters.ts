import type { Queryable } from '../../shared/db/connect.ts'

/** A dead message to put into the tables by hand. */
export interface GivenDeadMessage {
  at?: Date | undefined
  topic?: string
  payload?: string | Buffer
  /** Bytes as they came, where they were more than the payload. */
  size?: number
  source?: 'mqtt' | 'http'
  attempts?: number
  letters?: {
    reason: string
    school?: string | null
    field?: string | null
    value?: string | null
    format?: string
    device?: string
  }[]
}

/** Puts a dead message with its letters into the tables, as ingest would; returns its id. */
export async function addDeadMessage(database: Queryable, given: GivenDeadMessage = {}): Promise<number> {
  const letters = given.letters ?? [{ reason: 'not-json' }]
  const payload = Buffer.from(given.payload ?? '')
  const { rows } = await database.query<{ id: number }>(
    `with message as (
      insert into dead_message (received_at, source, topic, payload, size, qos, retained, attempts, waiting, letters)
      values ($1, $2, $3, $4, $5, 1, false, $6, $7, $8) returning id
    ),
    written as (
      insert into dead_letter (message_id, reason, field, value, detail, remedy, school_code, format, device_name)
      select message.id, l.reason, l.field, l.value, 'detail', 'remedy', l.school, l.format, l.device
      from message, jsonb_to_recordset($9::jsonb)
        as l (reason text, field text, value text, school text, format text, device text)
    )
    select id from message`,
    [
      given.at ?? new Date(),
      given.source ?? 'mqtt',
      given.topic ?? 'x',
      payload,
      given.size ?? payload.length,
      given.attempts ?? 0,
      letters.some(({ device }) => device !== undefined),
      letters.length,
      JSON.stringify(letters),
    ],
  )
  return rows[0]!.id
}

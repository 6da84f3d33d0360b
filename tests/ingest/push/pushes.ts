import { createHash } from 'node:crypto'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import type { Database } from '../../../shared/db/connect.ts'
import type { Logger } from '../../../shared/node/log.ts'

export const SECRET = 'hanet-client-secret-of-the-tests'
export const EVENT_KEY = 'a-key-of-the-tests-0123456789abcdef'
export const CAMERA = 'C21283M868'
export const TERMINAL = 'CJ9A204260012'

/** 07:00 of a school day, province time. */
export const MORNING = Date.parse('2026-11-23T00:00:00Z')

export const hashOf = (id: string, secret = SECRET) =>
  createHash('md5').update(`${secret}${id}`).digest('hex')

/** A pupil whom nothing may remember. */
export const PUPIL = {
  personName: 'Nguyễn Thị Bích Ngọc',
  personID: '2394871623948716',
  aliasID: 'HS00127788',
  personTitle: 'Lớp 7C',
  keycode: 'b7f0c1d2e3a4b5c6',
  photo: 'https://static.hanet.example/face/9f8e7d6c5b4a.jpg',
}

/** A webhook as HANET sends it. */
export function hanetPush(more: Record<string, unknown> = {}): Record<string, unknown> {
  const id = String(more['id'] ?? 'e5d2c3f4-0001')
  return {
    action_type: 'update',
    aliasID: PUPIL.aliasID,
    data_type: 'log',
    date: '2026-11-23 06:58:11',
    detected_image_url: PUPIL.photo,
    deviceID: CAMERA,
    deviceName: 'Cổng chính',
    hash: hashOf(id),
    id,
    keycode: PUPIL.keycode,
    mask: '-1',
    personID: PUPIL.personID,
    personName: PUPIL.personName,
    personTitle: PUPIL.personTitle,
    personType: '1',
    placeID: '1234',
    placeName: 'Trường thử 1',
    time: MORNING - 109_000,
    ...more,
  }
}

/** A line of attendance records as a terminal sends it. */
export const record = (pin: string, time: string, status: string | number = 0) =>
  [pin, time, status, 15, 0, 0, 0].join('\t')

export interface Answer {
  status: number
  text: string
  headers: Headers
}

export async function post(url: string, body: string | Buffer, type?: string): Promise<Answer> {
  const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type }
  const reply = await fetch(url, {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers,
  })
  return { status: reply.status, text: await reply.text(), headers: reply.headers }
}

export const postJson = (url: string, body: unknown) => post(url, JSON.stringify(body), 'application/json')

/** The tables in which a text stands anywhere, as it is or as bytes. */
export async function tablesWith(database: Database, text: string): Promise<string[]> {
  const { rows } = await database.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  )
  const found: string[] = []
  for (const { name } of rows) {
    const { rows: hits } = await database.query<{ n: number }>(
      `select count(*) as n from ${name} as t
       where position(lower($1) in lower(to_jsonb(t)::text)) > 0 or position($2 in to_jsonb(t)::text) > 0`,
      [text, Buffer.from(text).toString('hex')],
    )
    if (hits[0]!.n > 0) found.push(name)
  }
  return found
}

/** A log that is kept, down to its finest lines. */
export function keptLog(): { log: Logger; text(): string } {
  let kept = ''
  const sink = new Writable({
    write(chunk, _encoding, done) {
      kept += String(chunk)
      done()
    },
  })
  return { log: pino({ level: 'trace' }, sink), text: () => kept }
}

import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { reasons } from '../../ingest/reasons.ts'
import { topics } from '../../shared/contract/topics.ts'
import { metricsData } from '../../shared/db/reference.ts'
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts'
import { mqttClient } from './clients.ts'
import { type IngestHarness, startIngest } from './harness.ts'
import { findProgram } from './mosquitto.ts'
import { addSchools } from './registry-fixture.ts'

const run = promisify(execFile)
const paper = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8')
const OTHERS = 'Định dạng khác (other formats)'
const [ownPart, rest] = paper.split(OTHERS) as [string, string]
/** What other systems push, and Sparkplug, have tests of their own. */
const othersPart = rest.split('\n## ')[0]!
const linesOf = (part: string) => [...part.matchAll(/```sh\n(.*?)\n```/gs)].map((match) => match[1]!)
const lines = linesOf(ownPart)
const publishLines = lines.filter((line) => line.startsWith('mosquitto_pub'))
const curlLines = lines.filter((line) => line.startsWith('curl'))
const has = (program: string) => findProgram(program) !== undefined

let db: TestDatabase
let ingest: IngestHarness
beforeAll(async () => {
  db = await createTestDatabase()
  await addSchools(db.database)
  // The evening of the day the examples speak of.
  const clock = { now: () => Date.parse('2026-11-23T18:00:00+07:00') }
  ingest = await startIngest({ databaseUrl: db.url, clock })
})
afterAll(async () => {
  await ingest.stop()
  await db.drop()
})

/** What a vendor does with a line: puts in the address and runs it. */
const runLine = (line: string) =>
  run('sh', [
    '-c',
    line
      .replace('-p 1883', `-p ${new URL(ingest.mqttUrl).port}`)
      .replace('http://127.0.0.1:3001', ingest.httpUrl),
  ])

/** What a line publishes, and as whom. Bytes are written in the octal of printf. */
function partsOf(line: string) {
  const retain = line.includes(' -r ')
  const username = / -u (\S+)/.exec(line)?.[1]
  const topic = / -t '?([^' ]+)/.exec(line)![1]!
  const text = / -m '(.*)'$/.exec(line)?.[1]
  const octal = /^printf '(.*)' \|/.exec(line)?.[1] ?? ''
  const bytes = octal.replace(/\\(\d{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  )
  return { retain, username, topic, body: text ?? Buffer.from(bytes, 'latin1') }
}

async function storedRows(): Promise<Record<string, unknown>[]> {
  const { rows } = await db.database.query(`
    select 'reading' as kind, m.code || '=' || r.value as what, r.ts::text as at from reading r join metric m on m.id = r.metric_id
    union all select 'roll', class || ' ' || session || ' ' || present || '/' || enrolled, taken_at::text from roll
    union all select 'checkin', direction || ' ' || gate, ts::text from checkin
    union all select 'status', open::text || ' ' || reason, since::text from school_status
    union all select 'connection', online::text, '' from device_connection_current
    union all select 'dead letter', topic || ' ' || detail, '' from dead_letter l join dead_message m on m.id = l.message_id
    order by 1, 2, 3`)
  return rows
}
const clear = () =>
  db.database.query(
    `truncate reading, device_seen, roll, roll_current, checkin, school_status, school_status_current,
      device_connection, device_connection_current, dead_letter, dead_message, journal`,
  )

const BY_MQTT = [
  { kind: 'checkin', what: 'in Cổng chính', at: '2026-11-22 23:48:11+00' },
  { kind: 'connection', what: 'true', at: '' },
  { kind: 'reading', what: 'co2=612', at: '2026-11-23 00:30:00+00' },
  { kind: 'reading', what: 'co2=618', at: '2026-11-23 00:31:00+00' },
  { kind: 'reading', what: 'co2=625', at: '2026-11-23 00:32:00+00' },
  { kind: 'reading', what: 'humidity=61.5', at: '2026-11-23 11:00:00+00' },
  { kind: 'reading', what: 'light=340', at: '2026-11-23 00:32:00+00' },
  { kind: 'reading', what: 'noise=47', at: '2026-11-23 11:00:00+00' },
  { kind: 'reading', what: 'temperature=27.3', at: '2026-11-23 00:30:00+00' },
  { kind: 'roll', what: '3A morning 33/35', at: '2026-11-23 00:25:00+00' },
  { kind: 'status', what: 'false Nghỉ tránh bão', at: '2026-11-22 23:00:00+00' },
]

describe('the command lines of docs/protocol.md', () => {
  test('are seven for MQTT and five for HTTP', () => {
    expect([publishLines.length, curlLines.length, lines.length]).toEqual([7, 5, 12])
  })

  test.skipIf(!has('mosquitto_pub'))('for MQTT do what the paper says', async () => {
    await clear()
    for (const line of publishLines) await runLine(line)
    await vi.waitFor(async () => expect(await storedRows()).toEqual(BY_MQTT))
  })

  test('for MQTT do the same when their topic, body and flags are sent by another client', async () => {
    await clear()
    const client = await mqttClient(ingest.mqttUrl)
    for (const line of publishLines) {
      const { topic, body, retain } = partsOf(line)
      await client.publishAsync(topic, body, { qos: 1, retain })
    }
    expect(await storedRows()).toEqual(BY_MQTT)
  })

  test.skipIf(!has('curl'))('for HTTP answer as shown and store', async () => {
    await clear()
    const answers = []
    for (const line of curlLines) answers.push(JSON.parse((await runLine(line)).stdout))
    expect(answers[0]).toEqual(JSON.parse(/```json\n(.*)\n```/.exec(paper)![1]!))
    expect(answers.map(({ stored }) => stored)).toEqual([2, 1, 1, 1, 1])
    expect((await storedRows()).map(({ kind }) => kind)).toEqual([
      'checkin',
      'connection',
      'reading',
      'reading',
      'roll',
      'status',
    ])
  })
})

/** Every name in the examples, each of a device of its own. */
const NAMES = [
  'thingsboard:th01-p1',
  'thingsboard-gateway:Phòng 101',
  'senml-json:urn:dev:s01:p1',
  'senml-cbor:urn:dev:s01:p2',
  'chirpstack:24e124725c140101',
  'things-stack:room-101@school-sensors',
  'tasmota:TH01_R1',
  'zigbee2mqtt:th-01/P101',
  'homie:s01-r101',
]
const ARRIVAL = '2026-11-23 11:00:00+00'
const DATED = '2026-11-23 00:30:00+00'
const BY_OTHERS = [
  ['chirpstack', 'co2=612', '2026-11-23 00:30:00.775+00'],
  ['chirpstack', 'temperature=27.3', '2026-11-23 00:30:00.775+00'],
  ['homie', 'co2=612', ARRIVAL],
  ['senml-cbor', 'co2=612', DATED],
  ['senml-json', 'co2=612', '2026-11-23 00:29:00+00'],
  ['senml-json', 'temperature=27.4', DATED],
  ['tasmota', 'humidity=71', DATED],
  ['tasmota', 'online=true', ''],
  ['tasmota', 'temperature=29.3888888889', DATED],
  ['things-stack', 'co2=612', '2026-11-23 00:30:00.205+00'],
  ['things-stack', 'temperature=26.1', '2026-11-23 00:30:00.205+00'],
  ['thingsboard', 'co2=612', DATED],
  ['thingsboard', 'temperature=27.3', DATED],
  ['thingsboard-gateway', 'co2=612', DATED],
  ['thingsboard-gateway', 'humidity=64', ARRIVAL],
  ['zigbee2mqtt', 'battery=88', DATED],
  ['zigbee2mqtt', 'humidity=64', DATED],
  ['zigbee2mqtt', 'temperature=27.3', DATED],
].map(([format, what, at]) => ({ format, what, at }))

describe('the command lines of other formats', () => {
  const others = linesOf(othersPart)
  beforeAll(async () => {
    await db.database.query(
      `insert into device (school_id, site_id, code, kind, room, room_kind, interval_s, valid_from)
       select s.id, t.id, split_part(n.name, ':', 1), 'room', 'P', 'classroom', 60, '2022-01-01'
       from unnest($1::text[]) as n (name) join school s on s.code = 'TH-01' join site t on t.school_id = s.id`,
      [NAMES],
    )
    await db.database.query(
      `insert into device_alias (format, name, device_id)
       select d.code, substr(n.name, length(d.code) + 2), d.id
       from unnest($1::text[]) as n (name) join device d on d.code = split_part(n.name, ':', 1)`,
      [NAMES],
    )
    await db.database.query('update registry_version set version = version + 1')
  })
  const stored = async () =>
    (
      await db.database.query(
        `select d.code as format, m.code || '=' || r.value as what, r.ts::text as at
         from reading r join device d on d.id = r.device_id join metric m on m.id = r.metric_id
         union all select d.code, 'online=' || c.online, '' from device_connection_current c join device d on d.id = c.device_id
         union all select 'dead letter', reason || ' ' || detail, '' from dead_letter
         order by 1, 2, 3`,
      )
    ).rows

  test('are one for each format that MQTT carries, and more where it needs them', () => {
    expect(others).toHaveLength(11)
    for (const name of NAMES) expect(othersPart).toContain(`| \`${name.split(':')[0]}\` |`)
  })

  test.skipIf(!has('mosquitto_pub'))('do what the paper says', async () => {
    await clear()
    for (const line of others) await runLine(line)
    await vi.waitFor(async () => expect(await stored()).toEqual(BY_OTHERS))
  })

  test('do the same when their topic, body and flags are sent by another client', async () => {
    await clear()
    for (const line of others) {
      const { topic, body, retain, username } = partsOf(line)
      const client = await mqttClient(ingest.mqttUrl, username === undefined ? {} : { username })
      await client.publishAsync(topic, body, { qos: 1, retain })
    }
    expect(await stored()).toEqual(BY_OTHERS)
  })
})

test('the paper lists every topic, metric with its limits, and reason', () => {
  for (const { pattern, retained } of Object.values(topics)) {
    expect(paper).toMatch(
      new RegExp(`\\| \`${pattern.replace(/[{}/]/g, '\\$&')}\` \\|.*\\| ${retained ? 'có' : 'không'}`),
    )
  }
  for (const { code, unit, minimum, maximum } of metricsData()) {
    expect(paper).toContain(`| \`${code}\` | ${unit} | ${minimum} – ${maximum} |`)
  }
  const section = paper.slice(paper.indexOf('## 6.'), paper.indexOf('## 7.'))
  const listed = [...section.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map((match) => match[1])
  expect(listed).toEqual(Object.keys(reasons))
})

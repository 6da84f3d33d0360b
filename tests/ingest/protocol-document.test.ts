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
/** What other systems push has a test of its own: push/push-document.test.ts. */
const own = paper.slice(0, paper.indexOf('\n## Hệ thống khác'))
const lines = [...own.matchAll(/```sh\n(.*?)\n```/gs)].map((match) => match[1]!)
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

async function storedRows(): Promise<Record<string, unknown>[]> {
  const { rows } = await db.database.query(`
    select 'reading' as kind, m.code || '=' || r.value as what, r.ts::text as at from reading r join metric m on m.id = r.metric_id
    union all select 'roll', class || ' ' || session || ' ' || present || '/' || enrolled, taken_at::text from roll
    union all select 'checkin', direction || ' ' || gate, ts::text from checkin
    union all select 'status', open::text || ' ' || reason, since::text from school_status
    union all select 'connection', online::text, '' from device_connection_current
    union all select 'dead letter', topic || ' ' || detail, '' from dead_letter
    order by 1, 2, 3`)
  return rows
}
const clear = () =>
  db.database.query(
    `truncate reading, device_seen, roll, roll_current, checkin, school_status, school_status_current,
      device_connection, device_connection_current, dead_letter, journal`,
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
      const { topic, body } = /-t (?<topic>\S+) -m '(?<body>.*)'$/.exec(line)!.groups!
      await client.publishAsync(topic!, body!, { qos: 1, retain: line.includes(' -r ') })
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

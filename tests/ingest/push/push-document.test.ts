import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { attendanceStatuses } from '../../../shared/domain/attendance-code.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { type IngestHarness, startIngest } from '../harness.ts'
import { findProgram } from '../mosquitto.ts'
import { addAliases, addSchools } from '../registry-fixture.ts'
import { EVENT_KEY } from './pushes.ts'

const run = promisify(execFile)
const paper = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8')
const section = paper.slice(paper.indexOf('\n## Hệ thống khác')).split('\n## ')[1]!
const lines = [...section.matchAll(/```sh\n(.*?)\n```/gs)].map((match) => match[1]!)

let db: TestDatabase
let ingest: IngestHarness
beforeAll(async () => {
  db = await createTestDatabase()
  await addSchools(db.database)
  await addAliases(db.database, {
    'ngsi-ld:urn:ngsi-ld:Room:TH01:101': 'TH-01/room-1',
    'hanet:C21283M868/in': 'TH-01/gate-1',
    'zkteco:CJ9A204260012': 'TH-01/room-2',
  })
  // The evening of the day the examples speak of.
  const clock = { now: () => Date.parse('2026-11-23T18:00:00+07:00') }
  const settings = { HANET_CLIENT_SECRET: 'hanet-client-secret', INGEST_EVENT_KEY: EVENT_KEY }
  ingest = await startIngest({ databaseUrl: db.url, clock, settings })
})
afterAll(async () => {
  await ingest.stop()
  await db.drop()
})

test.skipIf(findProgram('curl') === undefined)(
  'the command lines for pushes answer and store what the paper says',
  async () => {
    const answers: string[] = []
    for (const line of lines) {
      const here = line.replace('http://127.0.0.1:3001', ingest.httpUrl)
      answers.push((await run('sh', ['-c', here])).stdout.trim())
    }
    expect(answers).toEqual([
      '{"stored":2,"duplicate":0,"rejected":[]}',
      '{"stored":1,"duplicate":0,"rejected":[]}',
      expect.stringMatching(/^GET OPTION FROM: CJ9A204260012\n/),
      'OK: 2',
      '{"stored":1,"duplicate":0,"rejected":[]}',
    ])
    const { rows } = await db.database.query(`
      select m.code || '=' || r.value as what, r.ts::text as at from reading r join metric m on m.id = r.metric_id
      union all select gate || ' ' || direction, ts::text from checkin
      union all select class || ' ' || present || '/' || enrolled, taken_at::text from roll
      order by 1, 2`)
    expect(rows).toEqual([
      { what: '3B 3/6', at: '2026-11-23 00:25:00+00' },
      { what: 'co2=612', at: '2026-11-23 00:30:00+00' },
      { what: 'gate-1 in', at: '2026-11-22 23:58:11+00' },
      { what: 'humidity=61', at: '2026-11-23 00:30:00+00' },
      { what: 'room-2 in', at: '2026-11-22 23:58:11+00' },
      { what: 'room-2 in', at: '2026-11-22 23:58:14+00' },
    ])
  },
)

test('the table of codes is that of the code', () => {
  const words = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!)
  const table = section
    .slice(section.indexOf('| mã (code) |'))
    .split('\n')
    .slice(2)
    .filter((line) => line.startsWith('| ') || line.startsWith('|  |'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, code, , edFi]) => ({ letters: words(code!), edFi: words(edFi!) }))
  const isLetter = (word: string) => word.length === 1
  const expected = attendanceStatuses.map(({ letter, edFi, also }) => ({
    letters: [...(letter ? [letter] : []), ...also.filter(isLetter)],
    edFi: [edFi, ...also.filter((word) => !isLetter(word))],
  }))
  expect(table).toEqual([...expected, { letters: ['null'], edFi: [] }])
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ErrorReply } from '../../../shared/contract/http.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { HandBoard } from '../live/hand-board.ts'
import { NOW, seedSchools } from '../routes/fixture.ts'
import { get, startTestWeb, type Web } from './web-harness.ts'

let database: TestDatabase
let web: Web

beforeAll(async () => {
  database = await createTestDatabase()
  await seedSchools(database.database)
  web = await startTestWeb({
    board: new HandBoard(),
    databaseUrl: database.url,
    clockSetting: { real: Date.now(), shown: NOW, speed: 0.000001 },
  })
})
afterAll(async () => {
  await web.stop()
  await database.drop()
})

const SPAN = 'from=2026-11-23T00:00:00Z&to=2026-11-23T01:00:00Z'
const series = '/api/v1/schools/THV/series'
const history = '/api/v1/indicators/attendance-rate/series'

describe('a bad request is answered 400 with field, value and remedy', () => {
  test.each([
    ['/api/v1/areas?treee=administrative', 'treee', 'administrative', 'leave it out; known here: tree, on'],
    ['/api/v1/areas?tree=planets', 'tree', 'planets', 'give one of administrative, former-district'],
    ['/api/v1/areas?on=23/11/2026', 'on', '23/11/2026', 'give a day as yyyy-mm-dd'],
    ['/api/v1/areas?on=2026-02-30', 'on', '2026-02-30', 'give a day as yyyy-mm-dd'],
    [
      '/api/v1/areas?tree=administrative&tree=former-district',
      'tree',
      'administrative, former-district',
      'give it once',
    ],
    ['/api/v1/schools?limit=0', 'limit', '0', 'give at least 1'],
    ['/api/v1/schools?limit=9999', 'limit', '9999', 'give at most 2000'],
    ['/api/v1/schools?limit=many', 'limit', 'many', 'give a number'],
    ['/api/v1/schools?level=kindergarten', 'level', 'kindergarten', 'give one of preschool, primary'],
    ['/api/v1/schools?area=Vinh', 'area', 'Vinh', 'give the GSO code of an area: 2, 3 or 5 digits'],
    [
      `/api/v1/schools?search=${'x'.repeat(101)}`,
      'search',
      `${'x'.repeat(100)}…`,
      'give at most 100 characters',
    ],
    ['/api/v1/schools/b@d', 'code', 'b@d', 'give letters, digits, - and _, at most 32'],
    ['/api/v1/schools/THV?full=1', 'full', '1', 'leave it out; no parameters are known here'],
    ['/api/v1/schools/THV/latest?metric=co2', 'metric', 'co2', 'leave it out'],
    [`${series}?metric=co2&${SPAN}`, 'device', '', 'is required'],
    [`${series}?device=R1&metric=CO2&${SPAN}`, 'metric', 'CO2', 'give a metric code'],
    [
      `${series}?device=R1&metric=co2&from=2026-11-23&to=2026-11-24T00:00:00Z`,
      'from',
      '2026-11-23',
      'with a zone',
    ],
    [
      `${series}?device=R1&metric=co2&from=2026-11-23T00:00:00&to=2026-11-24T00:00:00Z`,
      'from',
      '2026-11-23T00:00:00',
      'with a zone',
    ],
    [`${series}?device=R1&metric=co2&${SPAN}&step=2h`, 'step', '2h', 'give one of raw, 1m, 5m, 1h, 1d'],
    [
      `${series}?device=R1&metric=co2&from=2026-11-24T00:00:00Z&to=2026-11-23T00:00:00Z`,
      'to',
      '2026-11-23T00:00:00Z',
      'give a moment after from',
    ],
    [
      `${series}?device=R1&metric=co2&from=2026-11-23T00:00:00Z&to=2026-11-23T00:00:00Z`,
      'to',
      '2026-11-23T00:00:00Z',
      'give a moment after from',
    ],
    [
      `${series}?device=R1&metric=co2&from=2026-11-01T00:00:00Z&to=2026-11-23T00:00:00Z&step=1m`,
      'to',
      '2026-11-23T00:00:00Z',
      'the span holds 31680 points, more than 5000: shorten the span',
    ],
    [
      `${history}?from=2026-01-01T00:00:00Z&to=2026-11-23T00:00:00Z`,
      'to',
      '2026-11-23T00:00:00Z',
      'more than 10000: shorten the span or choose a longer step',
    ],
    [`${history}?${SPAN}&step=1m`, 'step', '1m', 'give one of 5m, 1h, 1d'],
    [`${history}?${SPAN}&period=day`, 'period', 'day', 'give one of morning, afternoon'],
    [`${history}?to=2026-11-23T00:00:00Z`, 'from', '', 'is required'],
    ['/api/v1/indicators/Attendance', 'id', 'Attendance', 'give small letters, digits and -'],
    ['/api/v1/events?limit=201', 'limit', '201', 'give at most 200'],
    ['/api/v1/status?verbose=1', 'verbose', '1', 'leave it out'],
  ])('%s', async (path, field, value, remedy) => {
    const { status, body } = await get(web.url, path)
    const reply = ErrorReply.parse(body)
    expect({ status, code: reply.code }).toEqual({ status: 400, code: 'bad-request' })
    expect(reply.problems).toHaveLength(1)
    expect(reply.problems![0]).toMatchObject({ field, value })
    expect(reply.problems![0]!.remedy).toContain(remedy)
    expect(reply.message).toContain(field)
  })

  test('with every problem at once', async () => {
    const { body } = await get(web.url, '/api/v1/schools?limit=0&level=x&colour=red')
    const fields = ErrorReply.parse(body).problems!.map((problem) => problem.field)
    expect(fields.sort()).toEqual(['colour', 'level', 'limit'])
  })
})

describe('what does not exist is answered 404 by name', () => {
  test.each([
    ['/api/v1/schools?area=99', 'area in the tree former-district 99'],
    ['/api/v1/schools?area=412&tree=administrative', 'area in the tree administrative 412'],
    ['/api/v1/indicators?area=99999', 'area in the tree former-district 99999'],
    ['/api/v1/indicators/happiness', 'indicator happiness'],
    ['/api/v1/indicators/attendance-rate?area=999', 'area in the tree former-district 999'],
    [`/api/v1/indicators/happiness/series?${SPAN}`, 'indicator happiness'],
    [`${history}?${SPAN}&area=999`, 'area 999'],
    ['/api/v1/events?area=999', 'area in the tree former-district 999'],
    ['/api/v1/schools/NONE', 'school NONE'],
    ['/api/v1/schools/NONE/latest', 'school NONE'],
    [`/api/v1/schools/NONE/series?device=R1&metric=co2&${SPAN}`, 'school NONE'],
    [`${series}?device=R9&metric=co2&${SPAN}`, 'device of school THV R9'],
    [`/api/v1/schools/QP/series?device=R1&metric=co2&${SPAN}`, 'device of school QP R1'],
    [`${series}?device=R1&metric=happiness&${SPAN}`, 'metric happiness'],
    ['/api/v1/nothing?name=An', 'address GET /api/v1/nothing'],
    ['/nothing', 'address GET /nothing'],
  ])('%s', async (path, what) => {
    const { status, body } = await get(web.url, path)
    expect({ status, body }).toEqual({
      status: 404,
      body: { code: 'not-found', message: `There is no ${what}.` },
    })
  })

  test('also a method nobody serves', async () => {
    const answer = await fetch(`${web.url}/api/v1/areas`, { method: 'POST', body: '{}' })
    expect(answer.status).toBe(404)
    expect(ErrorReply.parse(await answer.json()).message).toBe('There is no address POST /api/v1/areas.')
  })
})

test('an address that is not well written is a bad request, not a fault', async () => {
  const { status, body } = await get(web.url, '/api/v1/schools/%E0%A4%A')
  expect({ status, code: ErrorReply.parse(body).code }).toEqual({ status: 400, code: 'bad-request' })
})

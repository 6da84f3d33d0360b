import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RouteName, type RouteReply, routes } from '../../../shared/contract/http.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { get, startTestWeb, type Web } from '../http/web-harness.ts'
import { HandBoard } from '../live/hand-board.ts'
import { NOW, seedEvents, seedSchools } from './fixture.ts'

let database: TestDatabase
let web: Web

beforeAll(async () => {
  database = await createTestDatabase()
  await seedSchools(database.database)
  await seedEvents(database.database)
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

async function ask<N extends RouteName>(name: N, path: string): Promise<RouteReply<N>> {
  const { status, body } = await get(web.url, path)
  expect({ status, body }).toMatchObject({ status: 200 })
  return routes[name].reply.parse(body) as RouteReply<N>
}

test('areas of the former-district tree are the province, its 21 districts and their communes, with their schools', async () => {
  const { areas, on } = await ask('areas', '/api/v1/areas')
  expect(on).toBe('2026-11-23')
  expect(areas.filter((area) => area.kind === 'district')).toHaveLength(21)
  expect(areas.filter((area) => area.kind === 'commune')).toHaveLength(130)
  expect(areas[0]).toMatchObject({ code: '40', kind: 'province', parent: null, schools: 3 })
  expect(areas.find((area) => area.code === '412')).toMatchObject({
    parent: '40',
    schools: 2,
    tile: { row: 5, col: 5 },
    validTo: '2025-06-30',
  })
  expect(areas.find((area) => area.code === '16681')).toMatchObject({ parent: '412', schools: 1, tile: null })
})

test('areas of the administrative tree are those of the day asked for', async () => {
  const today = await ask('areas', '/api/v1/areas?tree=administrative')
  expect(today.areas.map((area) => area.kind).filter((kind) => kind === 'district')).toEqual([])
  expect(today.areas).toHaveLength(131)
  const before = await ask('areas', '/api/v1/areas?tree=administrative&on=2024-01-01')
  expect(before.areas).toHaveLength(22)
  const afterFirstMerger = await ask('areas', '/api/v1/areas?tree=administrative&on=2025-01-01')
  expect(afterFirstMerger.areas).toHaveLength(21)
})

test('schools are listed by code with both their areas and whether they said they are open', async () => {
  const { total, schools, next } = await ask('schools', '/api/v1/schools')
  expect({ total, next }).toEqual({ total: 3, next: null })
  expect(schools.map((school) => [school.code, school.open])).toEqual([
    ['QP', null],
    ['THV', true],
    ['TV', false],
  ])
  expect(schools[1]).toMatchObject({
    commune: '16681',
    formerDistrict: '412',
    simulated: true,
    terrain: 'plain',
  })
  expect(schools[0]!.formerDistrict).toBe('415')
})

test('a page of schools says where the next one begins, and its total is of all pages', async () => {
  const first = await ask('schools', '/api/v1/schools?limit=2')
  expect(first).toMatchObject({ total: 3, next: 'THV' })
  const second = await ask('schools', '/api/v1/schools?limit=2&after=THV')
  expect(second.schools.map((school) => school.code)).toEqual(['TV'])
  expect(second).toMatchObject({ total: 3, next: null })
})

test.each([
  ['area=412', ['THV', 'TV']],
  ['area=16681', ['THV']],
  ['area=16681&tree=administrative', ['THV']],
  ['level=primary', ['QP', 'THV']],
  ['search=dang%20thai', ['THV']],
  ['search=%C4%90%E1%BA%B7ng', ['THV']],
  ['search=qp', ['QP']],
  ['search=100%25', []],
])('schools asked with %s are %j', async (query, codes) => {
  const { schools, total } = await ask('schools', `/api/v1/schools?${query}`)
  expect(schools.map((school) => school.code)).toEqual(codes)
  expect(total).toBe(codes.length)
})

test('a school shows its sites, sessions, devices and status', async () => {
  const school = await ask('school', '/api/v1/schools/THV')
  expect(school).toMatchObject({
    code: 'THV',
    commune: '16681',
    formerDistrict: '412',
    status: { open: true, reason: '', since: '2026-11-23T00:00:00.000Z' },
    sites: [{ code: 'main', name: 'Điểm chính', main: true }],
    sessions: [
      { session: 'morning', weekdays: [1, 2, 3, 4, 5], starts: '07:00', ends: '10:30', classes: 20 },
    ],
    devices: [
      { code: 'GW', kind: 'gateway', online: null, lastSeen: null },
      { code: 'R1', room: '1A', intervalSeconds: 60, lastSeen: '2026-11-23T01:00:00.000Z' },
    ],
  })
})

test('a school that has merged away still answers and names its successor', async () => {
  const school = await ask('school', '/api/v1/schools/OLD')
  expect(school).toMatchObject({ validTo: '2025-08-31', mergedInto: 'THV', open: null, status: null })
})

test('events of an area are those of its schools up to now, newest first', async () => {
  const province = await ask('events', '/api/v1/events')
  expect(province.events.map((event) => event.school)).toEqual(['QP', 'THV'])
  expect(province.events[1]).toMatchObject({
    at: '2026-11-23T00:58:00.000Z',
    area: '16681',
    areaName: 'Thành Vinh',
    schoolName: 'Trường TH Đặng Thai Mai',
    params: { rooms: 3 },
  })
  const district = await ask('events', '/api/v1/events?area=412')
  expect(district.events.map((event) => event.school)).toEqual(['THV'])
  const one = await ask('events', '/api/v1/events?limit=1')
  expect(one.events).toHaveLength(1)
})

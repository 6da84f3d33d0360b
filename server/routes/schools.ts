import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { SchoolDetail, SchoolSummary } from '../../shared/contract/school.ts'
import { dayOf } from '../../shared/domain/time.ts'
import { IocError } from '../../shared/node/errors.ts'
import { question, Timestamp } from '../sql/read.ts'
import type { RouteParts } from './parts.ts'
import { requireArea } from './refusals.ts'
import { serve } from './serve.ts'

const { sites, sessions, devices } = SchoolDetail.shape
const readSchools = question(
  'schools',
  z.object({ total: z.number().int(), schools: z.array(SchoolSummary) }),
)
const readSchool = question(
  'school',
  SchoolDetail.omit({ status: true, sites: true, sessions: true, devices: true }).extend({
    id: z.number().int(),
    reason: z.string().nullable(),
    since: Timestamp.nullable(),
  }),
)
const readSites = question('school-sites', sites.element)
const readSessions = question('school-sessions', sessions.element)
const readDevices = question('school-devices', devices.element.extend({ lastSeen: Timestamp.nullable() }))

export function serveSchools(http: FastifyInstance, { board, database, clock }: RouteParts): void {
  serve(http, 'schools', async ({ query }) => {
    const { area, tree, level = null, search, limit, after = null } = query
    requireArea(board, tree, area)
    const words = search === undefined ? null : foldMarks(search.trim())
    // One more than asked for tells whether there is a next page.
    const values = [area, tree, dayOf(clock.now()), level, words, after, limit + 1]
    const [found] = await readSchools(database, values)
    const schools = found!.schools.slice(0, limit)
    const next = found!.schools.length > limit ? schools.at(-1)!.code : null
    return { total: found!.total, schools, next }
  })

  serve(http, 'school', async ({ params: { code } }) => {
    const [school] = await readSchool(database, [code])
    if (!school) throw new IocError('not-found', { what: 'school', value: code })
    const { id, reason, since, ...detail } = school
    const day = dayOf(clock.now())
    return {
      ...detail,
      status:
        detail.open === null || since === null ? null : { open: detail.open, reason: reason ?? '', since },
      sites: await readSites(database, [id]),
      sessions: await readSessions(database, [id, day]),
      devices: await readDevices(database, [id, day]),
    }
  })
}

/** Small letters without marks: "Nguyễn Đình" becomes "nguyen dinh". schools.sql folds names the same way. */
function foldMarks(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[đĐ]/g, 'd')
    .toLowerCase()
}

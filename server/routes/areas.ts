import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { Area } from '../../shared/contract/area.ts'
import { dayOf } from '../../shared/domain/time.ts'
import { question } from '../sql/read.ts'
import type { RouteParts } from './parts.ts'
import { serve } from './serve.ts'

const AreaRow = Area.omit({ tile: true })
  .extend({ tileRow: z.number().nullable(), tileCol: z.number().nullable() })
  .transform(({ tileRow, tileCol, ...area }): Area => {
    const tile = tileRow === null || tileCol === null ? null : { row: tileRow, col: tileCol }
    return { ...area, tile }
  })
const readAreas = question('areas', AreaRow)

export function serveAreas(http: FastifyInstance, { database, clock }: RouteParts): void {
  serve(http, 'areas', async ({ query: { tree, on = dayOf(clock.now()) } }) => ({
    tree,
    on,
    areas: await readAreas(database, [tree, on]),
  }))
}

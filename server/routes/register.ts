import type { FastifyInstance } from 'fastify'
import { serveAreas } from './areas.ts'
import { serveDeadLetters } from './dead-letters.ts'
import { serveEvents } from './events.ts'
import { serveIndicatorSeries } from './indicator-series.ts'
import { serveIndicators } from './indicators.ts'
import { serveLatest } from './latest.ts'
import type { RouteParts } from './parts.ts'
import { serveSchools } from './schools.ts'
import { serveSeries } from './series.ts'
import { serveStatus } from './status.ts'

/** The read API, one noun a file. */
export async function registerRoutes(http: FastifyInstance, parts: RouteParts): Promise<void> {
  for (const noun of [
    serveAreas,
    serveSchools,
    serveLatest,
    serveSeries,
    serveIndicators,
    serveIndicatorSeries,
    serveEvents,
    serveDeadLetters,
    serveStatus,
  ]) {
    // Each in a scope of its own, which also makes the description of the API see it.
    await http.register(async (scope) => noun(scope, parts))
  }
}

import { expect, test } from 'vitest'
import { isoMoment } from '../../../ingest/decoders/moment.ts'

test.each([
  ['2026-09-07 06:58:11', '+07:00', '2026-09-06T23:58:11.000Z'],
  ['2026-09-07T06:58:11', '+07:00', '2026-09-06T23:58:11.000Z'],
  ['2026-01-01 00:00:00', '+07:00', '2025-12-31T17:00:00.000Z'],
  ['2028-02-29 12:00:00', '-03:30', '2028-02-29T15:30:00.000Z'],
  ['2026-09-07T06:58:11Z', '+07:00', '2026-09-07T06:58:11.000Z'],
])('%s in the zone %s is %s', (text, zone, moment) => {
  expect(new Date(isoMoment(text, zone)!).toISOString()).toBe(moment)
})

test.each(['2026-02-30 06:00:00', '2026-13-01 06:00:00', '2026-09-07 25:00:00', '2026-09-07 06:60:00'])(
  '%s is no moment',
  (text) => expect(isoMoment(text, '+07:00')).toBeUndefined(),
)

test.each(['2026-09-07', '07/09/2026 06:58:11', '2026-09-07 6:58:11', '', '12345', null])(
  '%s has not the form of one',
  (text) => expect(isoMoment(text, '+07:00')).toBeUndefined(),
)

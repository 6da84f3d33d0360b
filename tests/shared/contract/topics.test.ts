import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatTopic, type ParsedTopic, parseTopic, topics } from '../../../shared/contract/topics.ts'

test('every topic written can be read back', () => {
  const code = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/)
  const topic: fc.Arbitrary<ParsedTopic> = fc.oneof(
    fc.record({ kind: fc.constantFrom('telemetry', 'deviceState'), school: code, device: code }),
    fc.record({ kind: fc.constantFrom('attendance', 'checkin', 'status'), school: code }),
  )
  fc.assert(
    fc.property(topic, (one) => {
      expect(parseTopic(formatTopic(one))).toEqual(one)
    }),
  )
})

test.each([
  '',
  'ioc/v1',
  'ioc/v1//status',
  'ioc/v2/S1/status',
  'ioc/v1/S1/status/',
  'ioc/v1/S 1/status',
  'ioc/v1/+/status',
  'ioc/v1/S1/telemetry/a/b',
])('%j is no topic of the protocol', (topic) => {
  expect(parseTopic(topic)).toBeUndefined()
})

test.each([
  [{ ts: 1_793_000_000_000, values: { co2: 612 } }, true],
  [[{ ts: '2026-11-23T07:31:02+07:00', values: { co2: 612 } }], true],
  [{ co2: 612, power: true }, true],
  [{ ts: '2026-11-23T07:31:02', values: { co2: 612 } }, false],
  [{ ts: 1_793_000_000, values: { co2: 612 } }, false],
  [{ ts: 1_793_000_000_000, values: {} }, false],
  [{ co2: '612' }, false],
  [[], false],
])('telemetry %j is accepted: %s', (body, accepted) => {
  expect(topics.telemetry.body.safeParse(body).success).toBe(accepted)
})

test('a check-in that carries an identity is refused', () => {
  const body = { id: 'a', ts: 1_793_000_000_000, direction: 'in', gate: '1' }
  expect(topics.checkin.body.safeParse(body).success).toBe(true)
  expect(topics.checkin.body.safeParse({ ...body, pupil: 'x' }).success).toBe(false)
})

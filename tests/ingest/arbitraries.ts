import fc from 'fast-check'
import { NOW, roll } from './messages.ts'

/** What devices, school systems and the careless may send, for tests that try whatever arrives. */

const oneOf = <T>(...values: T[]) => fc.constantFrom(...values)
const codes = oneOf('TH-01', 'TH-02', 'TH-OLD', 'XX', 'room-1', 'gate-1', '')
const topics = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.tuple(codes, codes).map(([school, device]) => `ioc/v1/${school}/telemetry/${device}`),
  fc
    .tuple(codes, oneOf('attendance', 'checkin', 'status', 'grades'))
    .map(([school, what]) => `ioc/v1/${school}/${what}`),
  fc.tuple(codes, codes).map(([school, device]) => `ioc/v1/${school}/devices/${device}/state`),
)
const moments = fc.oneof(
  fc.integer({ min: NOW - 86_400_000, max: NOW + 400_000 }),
  oneOf<unknown>(
    0,
    -1,
    1e300,
    null,
    '',
    '2026-11-23T07:00:00+07:00',
    '2026-11-23T07:00:00',
    '2003-01-01T00:00:00Z',
    'now',
    {},
  ),
)
const values = fc.dictionary(
  oneOf('co2', 'temperature', 'power', 'radon', 'Nhiệt độ', '__proto__', 'constructor', ''),
  fc.oneof(fc.double(), fc.integer({ min: -100, max: 20_000 }), fc.boolean(), fc.jsonValue()),
)
const sets = fc.record({ ts: moments, values }, { requiredKeys: [] })
const checkins = fc.record(
  {
    id: fc.string({ maxLength: 20, unit: 'binary' }),
    ts: moments,
    direction: oneOf('in', 'out', 'up'),
    gate: fc.string({ maxLength: 5 }),
    pupil: fc.string(),
  },
  { requiredKeys: ['id', 'ts', 'direction', 'gate'] },
)
const rolls = fc
  .record(
    {
      class: oneOf('3A', '3B', '', 'x\0', '\ud800'),
      revision: fc.integer({ min: -1, max: 3 }),
      present: fc.integer({ min: 30, max: 36 }),
      takenAt: moments,
      date: oneOf('2026-11-23', '2026-02-30', ''),
    },
    { requiredKeys: [] },
  )
  .map((more) => roll(more))
const statuses = fc.record(
  {
    open: fc.oneof(fc.boolean(), fc.string()),
    reason: fc.string({ maxLength: 210 }),
    since: moments,
    online: fc.boolean(),
  },
  { requiredKeys: [] },
)
const bodies = fc.oneof(
  fc
    .oneof(
      values,
      sets,
      checkins,
      rolls,
      statuses,
      fc.array(fc.oneof(sets, checkins, rolls), { maxLength: 5 }),
      fc.jsonValue(),
    )
    .map((body) => Buffer.from(JSON.stringify(body) ?? '')),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ maxLength: 60 }).map((text) => Buffer.from(text)),
)

const asBytes = (body: unknown) => Buffer.from(JSON.stringify(body) ?? '')
/** Right topic, right form, and then something wrong in it or not. */
export const matched = fc.oneof(
  fc.tuple(oneOf('ioc/v1/TH-01/telemetry/room-1'), fc.record({ ts: moments, values }).map(asBytes)),
  fc.tuple(oneOf('ioc/v1/TH-01/attendance', 'ioc/v1/TH-02/attendance'), rolls.map(asBytes)),
  fc.tuple(oneOf('ioc/v1/TH-01/checkin'), fc.array(checkins, { minLength: 1, maxLength: 5 }).map(asBytes)),
  fc.tuple(oneOf('ioc/v1/TH-01/status'), statuses.map(asBytes)),
  fc.tuple(oneOf('ioc/v1/TH-01/devices/gate-1/state'), fc.record({ online: fc.boolean() }).map(asBytes)),
)
/** A topic and its bytes. */
export const anything = fc.oneof(matched, fc.tuple(topics, bodies))

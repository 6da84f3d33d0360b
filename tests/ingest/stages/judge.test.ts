import { describe, expect, test } from 'vitest'
import type { Message } from '../../../ingest/message.ts'
import { dedupe } from '../../../ingest/stages/dedupe.ts'
import { type Directory, enrich, type School } from '../../../ingest/stages/enrich.ts'
import { validate } from '../../../ingest/stages/validate.ts'
import { metricsData } from '../../../shared/db/reference.ts'
import { decodeNative, message, NOW, roll, TELEMETRY } from '../messages.ts'

const MINUTE = 60_000
const DAY = 86_400_000
const always = { validFrom: '2000-01-01', validTo: null }

function directory(): Directory & { refreshes: number; later: Map<string, School> } {
  const schools = new Map<string, School>([
    [
      'TH-01',
      {
        id: 1,
        ...always,
        devices: new Map([
          ['room-1', { id: 11, ...always }],
          ['gone', { id: 12, ...always, validTo: '2026-11-22' }],
        ]),
      },
    ],
    ['TH-OLD', { id: 2, ...always, validTo: '2026-07-31', devices: new Map() }],
  ])
  const metrics = new Map(metricsData().map((metric) => [metric.code, metric]))
  return {
    refreshes: 0,
    later: new Map(),
    school: (code) => schools.get(code),
    metric: (code) => metrics.get(code),
    async refresh() {
      this.refreshes += 1
      for (const [code, school] of this.later) schools.set(code, school)
    },
  }
}

/** From messages to rows, as the pipeline does it. */
async function judge(messages: Message[], registry: Directory = directory()) {
  const batch = dedupe(await enrich(validate(await decodeNative(messages), registry), registry))
  return { ...batch, reasons: batch.letters.map(({ reason, field }) => `${reason} ${field}`) }
}

describe('limits of a metric', () => {
  test('are still possible; what is outside is refused with value, unit and remedy', async () => {
    const body = { ts: NOW, values: { co2: 300, humidity: 100, temperature: 60.1, noise: 19 } }
    const { records, letters } = await judge([message(TELEMETRY, body)])
    expect(records).toHaveLength(2)
    expect(letters).toMatchObject([
      {
        reason: 'out-of-range',
        field: 'values.temperature',
        value: '60.1',
        detail: 'temperature = 60.1: outside -10 to 60 °C',
      },
      { reason: 'out-of-range', field: 'values.noise' },
    ])
    expect(letters[0]!.remedy).toContain('check the sensor and the unit')
  })

  test('need a known metric', async () => {
    expect((await judge([message(TELEMETRY, { radon: 3, co2: 500 })])).reasons).toEqual([
      'unknown-metric radon',
    ])
  })
})

describe('the clock', () => {
  test.each([
    ['5 minutes ahead is accepted', 5 * MINUTE, undefined],
    ['more than 5 minutes ahead is refused', 5 * MINUTE + 1, 'future ts'],
    ['20 years ago is accepted', -20 * 365 * DAY, undefined],
    ['more than 20 years ago is refused', -20 * 365 * DAY - 1, 'too-old ts'],
  ])('%s', async (_what, offset, reason) => {
    const { records, reasons } = await judge([
      message(TELEMETRY, { ts: NOW + offset, values: { co2: 500, light: 5 } }),
    ])
    expect(reasons).toEqual(reason ? [reason] : [])
    expect(records).toHaveLength(reason ? 0 : 2)
  })

  test('judges rolls, check-ins and statuses as well', async () => {
    const far = NOW + DAY
    const messages = [
      message('ioc/v1/TH-01/attendance', roll({ date: '2026-11-24' })),
      message('ioc/v1/TH-01/attendance', roll({ takenAt: far })),
      message('ioc/v1/TH-01/checkin', { id: 'c', ts: far, direction: 'in', gate: 'A' }),
      message('ioc/v1/TH-01/status', { open: true, reason: '', since: far }),
      message('ioc/v1/TH-01/attendance', roll({ date: '2005-11-01', takenAt: NOW })),
    ]
    expect((await judge(messages)).reasons).toEqual([
      'future date',
      'future takenAt',
      'future ts',
      'future since',
      'too-old date',
    ])
  })

  test('takes the roll of today at one minute past midnight', async () => {
    const receivedAt = Date.parse('2026-11-22T17:01:00Z')
    const body = roll({ date: '2026-11-23', takenAt: receivedAt })
    expect((await judge([message('ioc/v1/TH-01/attendance', body, { receivedAt })])).reasons).toEqual([])
  })
})

describe('the registry', () => {
  test('an unknown school or device is said once for a message, not once a value', async () => {
    const body = { ts: NOW, values: { co2: 500, light: 5, noise: 40 } }
    const messages = [
      message('ioc/v1/XX-99/telemetry/room-1', body),
      message('ioc/v1/TH-01/telemetry/room-9', body),
      message('ioc/v1/TH-OLD/telemetry/room-1', body),
      message('ioc/v1/TH-01/telemetry/gone', body),
    ]
    expect((await judge(messages)).reasons).toEqual([
      'unknown-school null',
      'unregistered-device null',
      'school-not-valid null',
      'device-not-valid null',
    ])
  })

  test('is as of the day the record speaks of: late data of a closed school is taken', async () => {
    const checkin = { id: 'c1', ts: '2026-07-31T07:00:00+07:00', direction: 'in', gate: 'A' }
    expect((await judge([message('ioc/v1/TH-OLD/checkin', checkin)])).records).toMatchObject([
      { schoolId: 2 },
    ])
  })

  test('is looked at again once for a batch that names something unknown', async () => {
    const registry = directory()
    registry.later.set('TH-NEW', { id: 3, ...always, devices: new Map() })
    const checkin = { id: 'c1', ts: NOW, direction: 'in', gate: 'A' }
    const messages = [message('ioc/v1/TH-NEW/checkin', checkin), message('ioc/v1/NO/checkin', checkin)]
    const { records, reasons } = await judge(messages, registry)
    expect(records).toMatchObject([{ schoolId: 3 }])
    expect(reasons).toEqual(['unknown-school null'])
    expect(registry.refreshes).toBe(1)
    await judge([message(TELEMETRY, { co2: 500 })], registry)
    expect(registry.refreshes).toBe(1)
  })
})

test('quality says arrival time, lateness and retention', async () => {
  const at = Date.parse('2026-11-23T00:50:30Z')
  const slotEnd = Date.parse('2026-11-23T00:55:00Z')
  const timed = { ts: at, values: { co2: 500 } }
  const quality = async (body: unknown, more: Partial<Message>) =>
    (await judge([message(TELEMETRY, body, more)])).records.map(
      (row) => row.kind === 'reading' && row.quality,
    )
  expect(await quality(timed, { receivedAt: slotEnd + MINUTE })).toEqual([0])
  expect(await quality(timed, { receivedAt: slotEnd + MINUTE + 1 })).toEqual([2])
  expect(await quality({ co2: 500 }, {})).toEqual([1])
  expect(await quality(timed, { retained: true, receivedAt: NOW })).toEqual([6])
})

test.each([
  ['counts that add up', {}, true],
  ['counts that do not add up', { present: 32 }, false],
  ['more late than present', { present: 0, late: 1, excused: 34 }, false],
])('a roll with %s is marked', async (_what, more, consistent) => {
  expect((await judge([message('ioc/v1/TH-01/attendance', roll(more))])).records).toMatchObject([
    { consistent },
  ])
})

describe('within a batch', () => {
  test('the same reading, check-in, roll or status twice is stored once', async () => {
    const bodies: [string, unknown][] = [
      [TELEMETRY, { ts: NOW, values: { co2: 500 } }],
      ['ioc/v1/TH-01/checkin', { id: 'c1', ts: NOW, direction: 'in', gate: 'A' }],
      ['ioc/v1/TH-01/attendance', roll()],
      ['ioc/v1/TH-01/status', { open: true, reason: '', since: NOW }],
    ]
    const twice = [...bodies, ...bodies].map(([topic, body]) => message(topic, body))
    const { records, duplicates, reasons } = await judge(twice)
    expect([records.length, duplicates.length, reasons]).toEqual([4, 4, []])
  })

  test('the same revision or moment with another content is refused', async () => {
    const { records, reasons } = await judge([
      message('ioc/v1/TH-01/attendance', [roll(), roll({ present: 34, excused: 0 })]),
      message('ioc/v1/TH-01/status', { open: true, reason: '', since: NOW }),
      message('ioc/v1/TH-01/status', { open: false, reason: '', since: NOW }),
    ])
    expect(records).toHaveLength(2)
    expect(reasons).toEqual(['revision-conflict [1].revision', 'status-conflict since'])
  })

  test('two changes of one device in one millisecond keep their order', async () => {
    const state = (online: boolean) => message('ioc/v1/TH-01/devices/room-1/state', { online })
    const { records, duplicates } = await judge([state(true), state(false), state(true), state(true)])
    expect(duplicates).toHaveLength(1)
    expect(records).toMatchObject([
      { at: NOW, online: true },
      { at: NOW + 1, online: false },
      { at: NOW + 2, online: true },
    ])
  })
})

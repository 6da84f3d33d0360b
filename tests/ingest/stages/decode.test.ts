import { describe, expect, test } from 'vitest'
import { decode } from '../../../ingest/stages/decode.ts'
import { decodeTools, message, NOW, roll, TELEMETRY } from '../messages.ts'

const decoded = (topic: string, body: unknown) => {
  const batch = decode([message(topic, body)], decodeTools)
  return {
    records: batch.records.map(({ message: _, ...record }) => record),
    letters: batch.letters.map(({ reason, field, detail }) => ({ reason, field, detail })),
  }
}
const place = { kind: 'reading', school: 'TH-01', device: 'room-1' }

describe('telemetry', () => {
  test('has a time for its values, in milliseconds or with a zone', () => {
    const at = NOW - 60_000
    for (const ts of [at, new Date(at).toISOString(), '2026-11-23T07:59:00+07:00']) {
      expect(decoded(TELEMETRY, { ts, values: { co2: 612, power: true } }).records).toEqual([
        { ...place, path: '', metric: 'co2', at, arrival: false, value: 612 },
        { ...place, path: '', metric: 'power', at, arrival: false, value: 1 },
      ])
    }
  })

  test('without a time takes that of its arrival, and says so', () => {
    expect(decoded(TELEMETRY, { co2: 612 }).records).toEqual([
      { ...place, path: '', metric: 'co2', at: NOW, arrival: true, value: 612 },
    ])
  })

  test('comes in arrays, each set by itself', () => {
    const { records, letters } = decoded(TELEMETRY, [
      { ts: NOW, values: { co2: 600 } },
      { ts: 'yesterday', values: { co2: 601 } },
      { ts: NOW + 1000, values: { co2: 602, light: 'dark' } },
    ])
    expect(records.map((record) => 'value' in record && record.value)).toEqual([600, 602])
    expect(letters.map(({ reason, field }) => `${reason} ${field}`)).toEqual([
      'bad-body [1].ts',
      'bad-body [2].values.light',
    ])
  })

  test('keeps the good values beside the bad ones', () => {
    const { records, letters } = decoded(TELEMETRY, {
      ts: NOW,
      values: { co2: 612, temperature: null, humidity: '61', 'Độ ẩm': 61, light: [1], noise: false },
    })
    expect(records).toHaveLength(2)
    expect(letters.map(({ reason, field }) => `${reason} ${field}`)).toEqual([
      'bad-body values.temperature',
      'bad-body values.humidity',
      'unknown-metric values.Độ ẩm',
      'bad-body values.light',
    ])
  })

  test('with NaN or Infinity loses only those values, though that is not JSON', () => {
    const body = `{"ts":${NOW},"values":{"co2":NaN,"temperature":27.5,"noise":-Infinity,"light":1e999}}`
    const { records, letters } = decoded(TELEMETRY, body)
    expect(records).toHaveLength(1)
    expect(letters.map(({ field }) => field)).toEqual(['values.co2', 'values.noise', 'values.light'])
  })

  test.each([
    ['a text', '"612"', null],
    ['a number', '612', null],
    ['null', 'null', null],
    ['an empty array', '[]', null],
    ['no values', '{}', null],
    ['empty values', `{"ts":${NOW},"values":{}}`, 'values'],
    ['values that are a list', `{"ts":${NOW},"values":[1]}`, 'values'],
    ['no ts beside values', '{"values":{"co2":1}}', 'ts'],
    ['a ts in seconds', '{"ts":1793000000,"values":{"co2":1}}', 'ts'],
    ['a ts without a zone', '{"ts":"2026-11-23T08:00:00","values":{"co2":1}}', 'ts'],
    ['something beside ts and values', `{"ts":${NOW},"values":{"co2":1},"unit":"ppm"}`, 'unit'],
  ])('of %s is one dead letter that names the field', (_what, body, field) => {
    const { records, letters } = decoded(TELEMETRY, body)
    expect(records).toEqual([])
    expect(letters).toMatchObject([{ reason: 'bad-body', field }])
  })

  test('of too many values is refused as a whole', () => {
    const values = Object.fromEntries(Array.from({ length: 64 }, (_, at) => [`m${at}`, at]))
    const sets = Array.from({ length: 100 }, () => ({ ts: NOW, values }))
    const { records, letters } = decoded(TELEMETRY, sets)
    expect(records).toEqual([])
    expect(letters).toMatchObject([{ reason: 'too-large', detail: '6400 values; at most 5000' }])
    expect(decoded(TELEMETRY, sets.slice(0, 78)).records).toHaveLength(4992)
  })
})

describe('attendance', () => {
  const topic = 'ioc/v1/TH-01/attendance'
  test('is one roll or an array; a wrong one leaves the others', () => {
    expect(decoded(topic, roll()).records).toMatchObject([
      { kind: 'roll', roll: { takenAt: Date.parse('2026-11-23T00:20:00Z') } },
    ])
    const { records, letters } = decoded(topic, [
      roll(),
      roll({ class: '3B', present: -1 }),
      roll({ class: '3C' }),
    ])
    expect(records).toHaveLength(2)
    expect(letters).toMatchObject([{ reason: 'bad-body', field: '[1].present' }])
  })

  test('names every wrong field of a roll in one dead letter', () => {
    const { letters } = decoded(topic, roll({ session: 'evening', enrolled: 'many' }))
    expect(letters).toHaveLength(1)
    expect(letters[0]!.detail).toMatch(/session.*enrolled/s)
  })
})

describe('check-ins', () => {
  const topic = 'ioc/v1/TH-01/checkin'
  test('carry no identity: a field too many is refused and its value not repeated', () => {
    const checkin = { id: 'c1', ts: NOW, direction: 'in', gate: 'A' }
    expect(decoded(topic, [checkin, { ...checkin, id: 'c2' }]).records).toHaveLength(2)
    const batch = decode([message(topic, { ...checkin, pupil: 'Nguyễn Văn A' })], decodeTools)
    expect(batch.records).toEqual([])
    expect(batch.letters).toMatchObject([{ reason: 'bad-body', field: 'pupil', value: '' }])
    expect(batch.letters[0]!.detail).not.toContain('Nguyễn')
  })
})

test('status and device state are read as the protocol has them', () => {
  expect(decoded('ioc/v1/TH-01/status', { open: false, reason: 'bão', since: NOW }).records).toMatchObject([
    { kind: 'status', status: { open: false, reason: 'bão', since: NOW } },
  ])
  expect(decoded('ioc/v1/TH-01/devices/gate-1/state', { online: false }).records).toMatchObject([
    { kind: 'connection', device: 'gate-1', at: NOW, online: false },
  ])
  expect(decoded('ioc/v1/TH-01/devices/gate-1/state', { online: 'no' }).letters).toMatchObject([
    { reason: 'bad-body', field: 'online' },
  ])
})

test.each([
  ['a topic of another protocol', 'plc/line-1/motor', '{}', 'unknown-topic'],
  ['a topic of another version', 'ioc/v2/TH-01/attendance', '{}', 'unknown-topic'],
  ['text that is not JSON', TELEMETRY, 'co2=612', 'not-json'],
  ['nothing at all', TELEMETRY, '', 'not-json'],
  ['bytes that are not UTF-8', TELEMETRY, Buffer.from([0x7b, 0xff, 0xfe]), 'not-utf8'],
  ['more than 1 MiB', TELEMETRY, Buffer.alloc(1_048_577, 32), 'too-large'],
])('%s is one dead letter', (_what, topic, body, reason) => {
  const { records, letters } = decoded(topic, body)
  expect(records).toEqual([])
  expect(letters).toMatchObject([{ reason }])
})

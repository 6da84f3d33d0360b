import { describe, expect, test } from 'vitest'
import { decode } from '../../../ingest/stages/decode.ts'
import { QUALITY } from '../../../ingest/stages/enrich.ts'
import { identify } from '../../../ingest/stages/identify.ts'
import { validate } from '../../../ingest/stages/validate.ts'
import { TopicMap } from '../../../ingest/topic-map.ts'
import { metricsData } from '../../../shared/db/reference.ts'
import { decodeTools, message, NOW } from '../messages.ts'

const metrics = new Map(metricsData().map((metric) => [metric.code, metric]))
const ROOM = 'urn:ngsi-ld:Room:TH01:101'
const AT = '2026-11-23T00:58:30Z'
const at = Date.parse(AT)

/** From the body to what would be stored, as the pipeline does it. */
async function read(body: unknown, more: { topic?: string; metrics?: Record<string, string> } = {}) {
  const { topic = 'push/ngsi-ld', metrics: own } = more
  const route = own && {
    filter: topic,
    format: 'ngsi-ld' as const,
    zone: '+07:00',
    metrics: own,
    persons: [1],
  }
  const tools = route ? { ...decodeTools, map: new TopicMap([route]) } : decodeTools
  const batch = decode([message(topic, body, { source: 'http' })], tools)
  const named = await identify(batch, {
    deviceOf: ({ name }) => ({ school: 'TH-01', device: name, direction: undefined }),
    devicesBelow: () => [],
    refresh: async () => {},
  })
  const { records, letters, ignored } = validate(named, { metric: (code) => metrics.get(code) })
  return {
    readings: records
      .filter((record) => record.kind === 'reading')
      .map(({ device, metric, value, at, arrival, marks }) => [
        device,
        metric,
        value,
        at,
        arrival,
        marks ?? 0,
      ]),
    letters: letters.map(({ reason, field }) => `${reason} ${field}`),
    details: letters.map(({ detail }) => detail),
    ignored: ignored.size,
  }
}
const notification = (...data: unknown[]) => ({
  id: 'urn:ngsi-ld:Notification:1',
  type: 'Notification',
  subscriptionId: 'urn:ngsi-ld:Subscription:1',
  data,
})
const room = (attributes: object) => notification({ id: ROOM, type: 'Room', ...attributes })
const property = (value: unknown, more: object = {}) => ({ type: 'Property', value, observedAt: AT, ...more })

describe('a notification is read in each of its forms', () => {
  test('normalized: type, value, unit and time of each attribute', async () => {
    const body = room({
      co2: property(612, { unitCode: '59' }),
      temperature: property(81.5, { unitCode: 'FAH' }),
      location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [104.9, 19.2] } },
      refSchool: { type: 'Relationship', object: 'urn:ngsi-ld:School:TH01' },
      name: { type: 'Property', value: 'Phòng 101' },
      title: { type: 'LanguageProperty', languageMap: { vi: 'Phòng học' } },
      '@context': 'https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld',
    })
    expect(await read(body)).toEqual({
      readings: [
        [ROOM, 'co2', 612, at, false, 0],
        [ROOM, 'temperature', 27.5, at, false, 0],
      ],
      letters: [],
      details: [],
      ignored: 0,
    })
  })

  test('concise: only value, unit and time', async () => {
    const body = room({
      co2: { value: 612, observedAt: AT },
      noise: { value: 47, unitCode: '2N', observedAt: AT },
    })
    expect((await read(body)).readings).toEqual([
      [ROOM, 'co2', 612, at, false, 0],
      [ROOM, 'noise', 47, at, false, 0],
    ])
  })

  test('simplified: bare values, whose time is that of the notification, and perhaps said before', async () => {
    const body = { ...room({ co2: 612, power: true }), notifiedAt: AT }
    expect((await read(body)).readings).toEqual([
      [ROOM, 'co2', 612, at, true, QUALITY.repeated],
      [ROOM, 'power', 1, at, true, QUALITY.repeated],
    ])
  })

  test('NGSI-v2, normalized: units and times are metadata, numbers may be texts', async () => {
    const metadata = {
      TimeInstant: { type: 'DateTime', value: AT },
      unitCode: { type: 'Text', value: 'CEL' },
    }
    const { readings, letters } = await read({
      subscriptionId: '51c0ac9ed714fb3b37d7d5a8',
      data: [
        {
          id: 'room-1',
          type: 'Room',
          temperature: { type: 'Number', value: '27.3', metadata },
          co2: { type: 'Number', value: 612, metadata: {} },
          TimeInstant: { type: 'DateTime', value: '2026-11-23T00:58:00.000Z', metadata: {} },
          position: { type: 'geo:json', value: { type: 'Point', coordinates: [104.9, 19.2] }, metadata: {} },
        },
      ],
    })
    expect(letters).toEqual([])
    expect(readings).toEqual([
      ['room-1', 'temperature', 27.3, at, false, 0],
      ['room-1', 'co2', 612, at - 30_000, false, 0],
    ])
  })

  test('NGSI-v2, keyValues', async () => {
    const data = [{ id: 'room-1', type: 'Room', TimeInstant: AT, co2: 612 }]
    expect((await read({ subscriptionId: '1', data })).readings).toEqual([
      ['room-1', 'co2', 612, at, false, 0],
    ])
  })

  test('with names as whole addresses, where the sender gave no context', async () => {
    const body = room({
      'https://smartdatamodels.org/dataModel.Environment/co2': property(612),
      'https://example.org/terms#temperature': property(27),
      'sosa:humidity': property(61),
    })
    expect((await read(body)).readings.map(([, metric]) => metric)).toEqual([
      'co2',
      'temperature',
      'humidity',
    ])
  })

  test('with several entities, each a device of its own', async () => {
    const { readings } = await read(
      notification(
        { id: 'a', type: 'Room', co2: property(1000) },
        { id: 'b', type: 'Room', co2: property(500) },
      ),
    )
    expect(readings.map(([device, , value]) => `${device} ${value}`)).toEqual(['a 1000', 'b 500'])
  })
})

describe('the time', () => {
  test('is observedAt and never that of the arrival, where there is one', async () => {
    const body = {
      ...room({ co2: property(612, { modifiedAt: '2026-11-23T00:59:59Z' }) }),
      notifiedAt: '2026-11-23T01:00:00Z',
    }
    expect((await read(body)).readings).toEqual([[ROOM, 'co2', 612, at, false, 0]])
  })

  test('that cannot be read is a fault: the arrival must not take its place', async () => {
    const body = room({
      co2: property(612, { observedAt: '2026-11-23 07:58' }),
      noise: property(47, { observedAt: null }),
      light: property(300),
    })
    const { readings, letters } = await read(body)
    expect(readings).toEqual([[ROOM, 'light', 300, at, false, 0]])
    expect(letters).toEqual(['bad-body data[0].co2.observedAt', 'bad-body data[0].noise.observedAt'])
  })

  test('of the entity stands for that of its attributes; unread it is said once, not for each', async () => {
    const data = (dateObserved: unknown) => room({ dateObserved, co2: 612, noise: 47, light: property(300) })
    const span = '2026-11-23T00:00:00Z/2026-11-23T00:58:30Z'
    for (const given of [AT, span, { type: 'Property', value: { '@type': 'DateTime', '@value': AT } }]) {
      expect((await read(data(given))).readings.slice(0, 2)).toEqual([
        [ROOM, 'co2', 612, at, false, 0],
        [ROOM, 'noise', 47, at, false, 0],
      ])
    }
    const { readings, letters } = await read(data('this morning'))
    expect(readings).toEqual([[ROOM, 'light', 300, at, false, 0]])
    expect(letters).toEqual(['bad-body data[0].dateObserved'])
  })

  test('at which the broker took it over stands for it before that of the notification, marked as such', async () => {
    const body = { ...room({ co2: { value: 612, modifiedAt: AT } }), notifiedAt: '2026-11-23T00:59:59Z' }
    expect((await read(body)).readings).toEqual([[ROOM, 'co2', 612, at, true, 0]])
  })

  test('is that of the arrival when nothing else is said', async () => {
    expect((await read(room({ co2: 612 }))).readings).toEqual([
      [ROOM, 'co2', 612, NOW, true, QUALITY.repeated],
    ])
  })

  test.each([
    [
      'observedAt',
      room({ co2: property(612, { observedAt: '2026-11-23T01:06:00Z' }) }),
      'data[0].co2.observedAt',
    ],
    ['notifiedAt', { ...room({ co2: 612 }), notifiedAt: '2026-11-23T01:06:00Z' }, 'data[0].co2'],
  ])('of %s more than five minutes ahead is refused', async (_what, body, field) => {
    expect((await read(body)).letters).toEqual([`future ${field}`])
  })
})

describe('the value', () => {
  test('in a unit that is not one of its metric is refused, not taken as it is', async () => {
    const body = room({
      co2: property(1100, { unitCode: 'GP' }),
      temperature: property(300, { unitCode: 'KEL' }),
    })
    const { readings, letters, details } = await read(body)
    expect(readings).toEqual([[ROOM, 'temperature', 26.85, at, false, 0]])
    expect(letters).toEqual(['bad-body data[0].co2'])
    expect(details[0]).toBe('co2 in the unit GP: not a unit of it that is known')
  })

  test('of relativeHumidity and batteryLevel is a share of 1 without a unit, as Smart Data Models say', async () => {
    const body = room({ relativeHumidity: property(0.54), batteryLevel: property(1) })
    expect((await read(body)).readings).toEqual([
      [ROOM, 'humidity', 54, at, false, 0],
      [ROOM, 'battery', 100, at, false, 0],
    ])
  })

  test('of relativeHumidity above 1 without a unit is refused; with P1, or by the topic map, it is percent', async () => {
    const bare = room({ relativeHumidity: property(54) })
    expect((await read(bare)).letters).toEqual(['bad-body data[0].relativeHumidity'])
    const percent = [[ROOM, 'humidity', 54, at, false, 0]]
    expect((await read(room({ relativeHumidity: property(54, { unitCode: 'P1' }) }))).readings).toEqual(
      percent,
    )
    expect((await read(bare, { metrics: { relativeHumidity: 'humidity' } })).readings).toEqual(percent)
  })

  test('that is a text, nothing or an object is a fault of its metric', async () => {
    const body = room({
      co2: property('many'),
      temperature: property(null),
      noise: property({ a: 1 }),
      light: property(300),
    })
    const { readings, letters } = await read(body)
    expect(readings).toHaveLength(1)
    expect(letters).toEqual([
      'bad-body data[0].co2',
      'bad-body data[0].temperature',
      'bad-body data[0].noise',
    ])
  })

  test('that was deleted is none', async () => {
    expect(await read(room({ co2: property('urn:ngsi-ld:null'), noise: 'urn:ngsi-ld:null' }))).toMatchObject({
      readings: [],
      letters: [],
      ignored: 1,
    })
  })

  test('of unknown names makes one letter an entity, not one a name', async () => {
    const { letters, details } = await read(
      room({ radon: property(3), ozone: 4, co2: property(612), note: 'x' }),
    )
    expect(letters).toEqual(['unknown-metric data[0].radon'])
    expect(details).toEqual(['no metric is known under the name radon, ozone'])
  })

  test('in several instances counts without datasetId; the others are of other sources', async () => {
    const other = property(900, { datasetId: 'urn:ngsi-ld:Dataset:2' })
    const both = await read(room({ co2: [other, property(612)] }))
    expect(both.readings).toEqual([[ROOM, 'co2', 612, at, false, 0]])
    expect(both.letters).toEqual(['bad-body data[0].co2'])
    const foreign = await read(room({ co2: [other, other], tags: [{ datasetId: 'a', value: 'x' }] }))
    expect(foreign.readings).toEqual([])
    expect(foreign.letters).toEqual(['bad-body data[0].co2'])
  })

  test('of one quantity twice at one time is refused when it differs, and repeated when it does not', async () => {
    const { readings, letters, details } = await read(
      room({ temperature: property(27), temp: property(28), t: property(27), co2: property(612) }),
    )
    expect(readings.map(([, metric, value]) => `${metric} ${value}`)).toEqual([
      'temperature 27',
      'temperature 27',
      'co2 612',
    ])
    expect(letters).toEqual(['bad-body data[0].temp'])
    expect(details).toEqual(['temperature of the same time is 27 in data[0].temperature'])
  })
})

describe('what is no notification', () => {
  test.each([
    ['a bare entity', { id: ROOM, type: 'Room', co2: property(612) }, 'bad-body data'],
    ['GeoJSON', { type: 'Notification', data: { type: 'FeatureCollection', features: [] } }, 'bad-body data'],
    ['a list', [{ id: ROOM }], 'bad-body null'],
    ['a text', '"x"', 'bad-body null'],
    ['no JSON', '{', 'not-json null'],
    ['an entity without an id', notification({ type: 'Room', co2: 612 }), 'bad-body data[0].id'],
    ['an entity that is none', notification(5, null), 'bad-body data[0].id'],
    ['an id that is too long', notification({ id: 'x'.repeat(201), co2: 612 }), 'bad-body data[0].id'],
    [
      'too many entities',
      notification(...Array.from({ length: 1001 }, () => ({ id: 'a' }))),
      'too-large data',
    ],
  ])('%s is named', async (_what, body, letter) => {
    const { readings, letters } = await read(body)
    expect(readings).toEqual([])
    expect(letters[0]).toBe(letter)
  })

  test('too many values are refused as a whole', async () => {
    const attributes = Object.fromEntries(Array.from({ length: 6 }, (_, n) => [`${n}:co2`, property(600)]))
    const body = notification(...Array.from({ length: 900 }, (_, n) => ({ id: `${n}`, ...attributes })))
    expect((await read(body)).letters).toEqual(['too-large null'])
  })

  test('an empty one holds nothing to keep, and is counted as such', async () => {
    expect(await read(notification())).toMatchObject({ readings: [], letters: [], ignored: 1 })
  })

  test('pushed by MQTT it is no push: only the HTTP side may hand on under push/', () => {
    const { letters } = decode([message('push/ngsi-ld', room({ co2: 612 }))], decodeTools)
    expect(letters.map(({ reason }) => reason)).toEqual(['unknown-topic'])
  })
})

describe('measures for an IoT Agent', () => {
  const topic = '/json/4jggokgpepnvsb2uv4s40d59ov/TH01-101/attrs'

  test('are an object of values; the device is named without the key of its group', async () => {
    expect((await read({ t: 27.3, co2: 612, TimeInstant: AT }, { topic })).readings).toEqual([
      ['TH01-101', 'temperature', 27.3, at, false, 0],
      ['TH01-101', 'co2', 612, at, false, 0],
    ])
  })

  test('may come as an array, each with its time', async () => {
    const body = [{ co2: 612, TimeInstant: AT }, 7, { co2: 618, TimeInstant: '2026-11-23T00:59:30Z' }]
    const { readings, letters } = await read(body, { topic })
    expect(readings.map(([, , value, when]) => [value, when])).toEqual([
      [612, at],
      [618, at + 60_000],
    ])
    expect(letters).toEqual(['bad-body [1]'])
  })

  test('without a time take that of their arrival: an agent passes on what was just measured', async () => {
    expect((await read({ co2: 612 }, { topic })).readings).toEqual([['TH01-101', 'co2', 612, NOW, true, 0]])
  })
})

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { formats } from '../../ingest/decoders/index.ts'
import {
  levelsBehind,
  Route,
  readTopicMap,
  SHIPPED_MAP,
  subscriptionsOf,
  TopicMap,
} from '../../ingest/topic-map.ts'

const shipped = readTopicMap(SHIPPED_MAP)
const mapOf = (...routes: [string, string][]) =>
  new TopicMap(routes.map(([filter, format]) => Route.parse({ filter, format })))

describe('a route', () => {
  test.each([
    ['ioc/v1/TH-01/telemetry/room-1', 'native'],
    ['v1/devices/me/telemetry', 'thingsboard'],
    ['v1/devices/me/attributes', 'nothing'],
    ['application/7/device/24e124725c140101/event/up', 'chirpstack'],
    ['application/7/device/24e124725c140101/event/join', 'nothing'],
    ['v3/app@ttn/devices/room-1/up', 'things-stack'],
    ['v3/app@ttn/devices/room-1/join', 'nothing'],
    ['tele/TH01_R1/SENSOR', 'tasmota'],
    ['tele/TH01_R1/STATE', 'nothing'],
    ['zigbee2mqtt/bridge/response/device/rename', 'nothing'],
    ['zigbee2mqtt/tầng 1/P101', 'zigbee2mqtt'],
    ['homie/5/s12-r101/air/co2', 'homie'],
    ['homie/4/s12-r101/air/co2', undefined],
    ['$SYS/broker/uptime', undefined],
  ])('of %s is that of %s', (topic, format) => {
    expect(shipped.routeOf(topic)?.format).toBe(format)
  })

  test('is the first that fits', () => {
    const map = mapOf(['a/+/x', 'nothing'], ['a/#', 'homie'])
    expect(['a/1/x', 'a/1', 'a', 'b'].map((topic) => map.routeOf(topic)?.format)).toEqual([
      'nothing',
      'homie',
      'homie',
      undefined,
    ])
  })

  test('gives the levels behind what its filter begins with', () => {
    expect(levelsBehind({ filter: 'homie/5/#' }, 'homie/5/dev/$state')).toEqual(['dev', '$state'])
    expect(levelsBehind({ filter: '+/z2m/#' }, 'th-01/z2m/P101')).toEqual(['th-01', 'z2m', 'P101'])
    expect(levelsBehind({ filter: 'a/b' }, 'a/b')).toEqual(['a', 'b'])
  })

  test('leads to a format that is read', () => {
    const unread = shipped.routes.filter(({ format }) => !(format in formats)).map(({ format }) => format)
    const elsewhere = ['sparkplug', 'ngsi-ld', 'hanet', 'zkteco']
    expect(unread.filter((format) => !elsewhere.includes(format))).toEqual([])
  })
})

test("the route in the operator's paper is one", () => {
  const paper = readFileSync(new URL('../../docs/operate.md', import.meta.url), 'utf8')
  const example = /```json\n(.*?)```/s.exec(paper)![1]!
  expect(Route.parse(JSON.parse(example))).toMatchObject({ format: 'tasmota', metrics: { TVOC: null } })
})

describe('subscriptions', () => {
  test('are the filters of what is read, without our own pushes and what is left out', () => {
    expect(shipped.filters).toContain('tele/+/SENSOR')
    expect(shipped.filters.filter((filter) => /^(push|stat|cmnd|homeassistant)/.test(filter))).toEqual([])
  })

  test('do not name a filter within another, for brokers may send a message once for each', () => {
    const map = mapOf(
      ['a/b/+', 'homie'],
      ['a/#', 'homie'],
      ['a/+/c', 'homie'],
      ['a/#', 'native'],
      ['b/+', 'homie'],
      ['b/#', 'homie'],
    )
    expect(map.filters).toEqual(['a/#', 'b/#'])
    expect(mapOf(['a/+', 'homie'], ['a/b', 'homie'], ['+/b', 'homie']).filters).toEqual(['a/+', '+/b'])
  })

  test('are shared by a group, or replaced by one filter', () => {
    const map = mapOf(['a/#', 'homie'], ['b', 'homie'])
    expect(subscriptionsOf(map, undefined)).toEqual(['a/#', 'b'])
    expect(subscriptionsOf(map, ['$share/ioc'])).toEqual(['$share/ioc/a/#', '$share/ioc/b'])
    expect(subscriptionsOf(map, ['$share/ioc/ioc/v1/#'])).toEqual(['$share/ioc/ioc/v1/#'])
    expect(subscriptionsOf(map, ['ioc/v1/#'])).toEqual(['ioc/v1/#'])
  })
})

test.each([
  ['a filter with # in the middle', { filter: 'a/#/b', format: 'homie' }, 'stand alone'],
  ['a format nobody knows', { filter: 'a', format: 'modbus' }, 'format'],
  ['a zone by name', { filter: 'a', format: 'tasmota', zone: 'Asia/Ho_Chi_Minh' }, 'a zone such as'],
  ['a metric that is none', { filter: 'a', format: 'homie', metrics: { x: 'Độ ẩm' } }, 'metric code'],
  ['a word too many', { filter: 'a', format: 'homie', colour: 'red' }, 'colour'],
])('a map with %s is refused with a sentence that names the file', (_what, route, words) => {
  const folder = mkdtempSync(join(tmpdir(), 'ioc-map-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'map.json')
  writeFileSync(file, JSON.stringify({ source: 'a test', routes: [route] }))
  expect(() => readTopicMap(file)).toThrow(`MQTT_TOPIC_MAP=${file}`)
  expect(() => readTopicMap(file)).toThrow(words)
})

test('a map that is not there is refused as a setting', () => {
  expect(() => readTopicMap('/no/such/map.json')).toThrow(/MQTT_TOPIC_MAP.*ENOENT/s)
})

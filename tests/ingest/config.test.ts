import { expect, test } from 'vitest'
import { IngestSettings } from '../../ingest/config.ts'
import { readConfig } from '../../shared/node/config.ts'

const DATABASE_URL = 'postgres://postgres@127.0.0.1/postgres'

test('a database is all that has to be named', () => {
  const config = readConfig(IngestSettings, { DATABASE_URL })
  expect(config).toMatchObject({
    HOST: '127.0.0.1',
    MQTT_PORT: 1883,
    INGEST_PORT: 3001,
    MQTT_CLIENT_ID: 'ioc-ingest',
  })
  expect(config.MQTT_URL).toBeUndefined()
})

test('every setting says what it is', () => {
  const silent = Object.entries(IngestSettings.shape).filter(([, schema]) => !schema.description)
  expect(silent.map(([name]) => name)).toEqual([])
})

test('all wrong settings are named together', () => {
  const read = () =>
    readConfig(IngestSettings, { MQTT_URL: 'http://broker', BATCH_MS: '-1', DATABASE_URL: 'mysql://x' })
  expect(read).toThrow(/DATABASE_URL.*MQTT_URL.*BATCH_MS/s)
})

test('topic filters come in a list', () => {
  const filters = (MQTT_SUBSCRIPTION: string) =>
    readConfig(IngestSettings, { DATABASE_URL, MQTT_SUBSCRIPTION }).MQTT_SUBSCRIPTION
  expect(readConfig(IngestSettings, { DATABASE_URL }).MQTT_SUBSCRIPTION).toBeUndefined()
  expect(filters('ioc/v1/#, spBv1.0/#\n$share/g/tele/+/SENSOR,\nioc/v1/#')).toEqual([
    'ioc/v1/#',
    'spBv1.0/#',
    '$share/g/tele/+/SENSOR',
  ])
  for (const wrong of ['ioc/#/v1', 'ioc/v1#', 'a/b+', ',', `${'a/'.repeat(5_000)}#x`]) {
    expect(() => filters(wrong)).toThrow(/MQTT_SUBSCRIPTION=/)
  }
})

test.each([
  [{ MQTT_CERT_FILE: 'a.crt', MQTT_URL: 'mqtts://b' }, /MQTT_KEY_FILE="": goes with MQTT_CERT_FILE/],
  [{ MQTT_KEY_FILE: 'a.key', MQTT_URL: 'mqtts://b' }, /MQTT_CERT_FILE="": goes with MQTT_KEY_FILE/],
  [{ MQTT_CA_FILE: 'ca.crt', MQTT_URL: 'mqtt://b' }, /MQTT_URL="mqtt:\/\/b": mqtts:\/\/host:port/],
  [{ MQTT_CLIENT_ID: 'a/b' }, /MQTT_CLIENT_ID="a\/b"/],
  [{ MQTT_SESSIONS: '0' }, /MQTT_SESSIONS="0"/],
])('settings that do not go together are refused: %j', (settings, sentence) => {
  expect(() => readConfig(IngestSettings, { DATABASE_URL, ...settings })).toThrow(sentence)
})

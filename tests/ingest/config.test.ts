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

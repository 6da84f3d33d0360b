import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readTopicMap, SHIPPED_MAP } from '../../ingest/topic-map.ts'

test('the shipped rights let ingest read every format of the topic map that another broker can carry', () => {
  const acl = readFileSync(new URL('../../ingest/broker-config/acl', import.meta.url), 'utf8')
  const readable = [...acl.matchAll(/^topic read(?:write)? (\S+)$/gm)].map((match) => match[1])
  // Who published is known to the embedded broker only.
  const wanted = readTopicMap(SHIPPED_MAP).filters.filter((filter) => filter !== 'v1/devices/me/telemetry')
  expect(wanted.filter((filter) => !readable.includes(filter))).toEqual([])
})

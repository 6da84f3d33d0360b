import { readdirSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { Memory } from '../../../ingest/decoders/memory.ts'
import type { Message } from '../../../ingest/message.ts'
import type { Draft } from '../../../ingest/records.ts'
import { type DecodeTools, decode } from '../../../ingest/stages/decode.ts'
import { QUALITY } from '../../../ingest/stages/enrich.ts'
import { identify } from '../../../ingest/stages/identify.ts'
import { validate } from '../../../ingest/stages/validate.ts'
import { Route, readTopicMap, SHIPPED_MAP, TopicMap } from '../../../ingest/topic-map.ts'
import type { keyOf } from '../../../ingest/vendor.ts'
import { metricsData } from '../../../shared/db/reference.ts'
import { message } from '../messages.ts'

/** One case of one format: a message, and what it must become. */
const Fixture = z.strictObject({
  title: z.string(),
  topic: z.string(),
  /** The body as JSON, as text, or as bytes. */
  payload: z.json().optional(),
  text: z.string().optional(),
  hex: z.string().optional(),
  username: z.string().nullish(),
  retained: z.boolean().default(false),
  /** Registered devices, school/device by format:name. */
  devices: z.record(z.string(), z.string()).default({}),
  /** What the topic map says of this topic besides what is shipped. */
  route: Route.partial().optional(),
  /** Messages before it, in the same batch. */
  said: z.array(z.strictObject({ topic: z.string(), payload: z.json() })).default([]),
  becomes: z.strictObject({
    records: z.array(z.string()).default([]),
    /** Reason and field of each. */
    letters: z.array(z.string()).default([]),
    descriptions: z.array(z.string()).default([]),
    ignored: z.boolean().default(false),
  }),
})
export type Fixture = z.infer<typeof Fixture>

const FOLDER = new URL('.', import.meta.url)

/** All fixtures, by format. */
export function readFixtures(): { format: string; name: string; fixture: Fixture }[] {
  return (
    readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
      // Sparkplug is not JSON: its one fixture is bytes that another program wrote.
      .filter((path) => path.endsWith('.json') && !path.startsWith('sparkplug/'))
      .sort()
      .map((path) => {
        const fixture = Fixture.parse(JSON.parse(readFileSync(new URL(path, FOLDER), 'utf8')))
        const [format, name] = path.replace(/\.json$/, '').split('/') as [string, string]
        return { format, name, fixture }
      })
  )
}

export function messageOf({ topic, payload, text, hex, username, retained }: Fixture): Message {
  const body = hex === undefined ? (text ?? JSON.stringify(payload)) : Buffer.from(hex, 'hex')
  return message(topic, body, { retained, username: username ?? undefined })
}

const shipped = readTopicMap(SHIPPED_MAP)
const metrics = new Map(metricsData().map((metric) => [metric.code, metric]))

/** The message through decode, identify and validate, and what became of it, in words. */
export async function carried(fixture: Fixture, given = messageOf(fixture)): Promise<Fixture['becomes']> {
  const route = Route.safeParse({ ...shipped.routeOf(fixture.topic), ...fixture.route }).data
  const map =
    fixture.route && route ? new TopicMap([{ ...route, filter: route.filter }, ...shipped.routes]) : shipped
  const tools: DecodeTools = {
    map,
    descriptions: { get: () => undefined },
    ordered: true,
    memory: new Memory(),
  }
  const earlier = fixture.said.map(({ topic, payload }) => message(topic, payload))
  const aliases = {
    deviceOf: (vendor: Parameters<typeof keyOf>[0]) => {
      const [school, device] = fixture.devices[`${vendor.format}:${vendor.name}`]?.split('/') ?? []
      return school && device ? { school, device } : undefined
    },
    devicesBelow: () => [],
    refresh: async () => {},
  }
  const decoded = decode([...earlier, given], tools)
  const batch = validate(await identify(decoded, aliases), { metric: (code) => metrics.get(code) })
  const own = <T extends { message: Message }>(all: readonly T[]) =>
    all.filter((one) => one.message === given)
  return {
    records: own(batch.records).map(describe),
    letters: own(batch.letters).map(({ reason, field }) => `${reason} ${field}`),
    descriptions: own(batch.descriptions).map(({ vendor }) => `${vendor.format}:${vendor.name}`),
    ignored: batch.ignored.has(given),
  }
}

function describe(draft: Draft): string {
  const device = `${draft.school}/${'device' in draft ? draft.device : ''}`
  if (draft.kind === 'connection') {
    return `${device} ${draft.online ? 'online' : 'offline'} at ${new Date(draft.at).toISOString()}`
  }
  if (draft.kind !== 'reading') return `${device} ${draft.kind}`
  const marks = [
    draft.arrival ? 'arrival' : '',
    draft.message.retained ? 'retained' : '',
    (draft.marks ?? 0) & QUALITY.repeated ? 'repeated' : '',
    (draft.marks ?? 0) & QUALITY.historical ? 'historical' : '',
  ].filter(Boolean)
  const at = new Date(draft.at).toISOString()
  return [`${device} ${draft.metric} = ${draft.value} at ${at}`, ...marks].join(', ')
}

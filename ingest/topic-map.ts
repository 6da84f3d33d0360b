import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { IocError } from '../shared/node/errors.ts'
import { FORMATS } from './vendor.ts'

/** Which payload format is spoken on which topics. The first route whose filter fits a topic counts. */
export const Route = z.strictObject({
  /** MQTT topic filter with + and #. */
  filter: z
    .string()
    .min(1)
    .max(200)
    .refine(isFilter, 'a topic filter: + and # stand alone in their level, # last'),
  format: z.enum(FORMATS),
  /** Zone of local times without one. @defaultValue +07:00 */
  zone: z
    .string()
    .regex(/^[+-]\d\d:\d\d$/, 'a zone such as +07:00')
    .default('+07:00'),
  /** Further names of metrics in this vendor's words, by name: the metric's code. */
  metrics: z.record(z.string(), z.string()).default({}),
  /** HANET person types whose passages count: 0 staff, 1 customers, which are the pupils. @defaultValue [1] */
  persons: z.array(z.int().min(0).max(99)).default([1]),
})
export type Route = z.infer<typeof Route>

const TopicMapFile = z.strictObject({ source: z.string(), routes: z.array(Route).min(1).max(200) })

/** The map that is shipped: the topics each format uses by itself. */
export const SHIPPED_MAP = new URL('./topic-map.json', import.meta.url)

export class TopicMap {
  readonly routes: readonly Route[]
  readonly #levels: { levels: string[]; route: Route }[]
  /** Routes of topics seen; topics are many, but not without bound. */
  readonly #known = new Map<string, Route | undefined>()

  constructor(routes: readonly Route[]) {
    this.routes = routes
    this.#levels = routes.map((route) => ({ levels: route.filter.split('/'), route }))
  }

  /** The route of a topic; undefined when nobody told us what is spoken there. */
  routeOf(topic: string): Route | undefined {
    if (this.#known.has(topic)) return this.#known.get(topic)
    const levels = topic.split('/')
    const route = this.#levels.find((one) => fits(one.levels, levels))?.route
    if (this.#known.size >= MOST_KNOWN) this.#known.clear()
    this.#known.set(topic, route)
    return route
  }

  /** What to subscribe to at an external broker: every filter but those of our own HTTP pushes. */
  get filters(): string[] {
    return [...new Set(this.routes.map((route) => route.filter))].filter((filter) => !isPush(filter))
  }
}

const MOST_KNOWN = 100_000

/** Topics under which this program's own HTTP routes hand on what is pushed to them. */
export function isPush(topic: string): boolean {
  return topic.startsWith('push/')
}

/** @throws IocError bad-setting when the file cannot be read or says something wrong. */
export function readTopicMap(file: string | URL): TopicMap {
  try {
    return new TopicMap(TopicMapFile.parse(JSON.parse(readFileSync(file, 'utf8'))).routes)
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message
    throw new IocError('bad-setting', { problems: `MQTT_TOPIC_MAP=${String(file)}: ${why}` })
  }
}

function isFilter(filter: string): boolean {
  const levels = filter.split('/')
  return levels.every((level, at) => {
    if (level.includes('#')) return level === '#' && at === levels.length - 1
    return !level.includes('+') || level === '+'
  })
}

/** [MQTT-4.7] A filter fits a topic level by level; # takes the rest, none included. */
function fits(filter: readonly string[], topic: readonly string[]): boolean {
  if (topic[0]?.startsWith('$') && (filter[0] === '+' || filter[0] === '#')) return false
  for (let at = 0; at < filter.length; at++) {
    if (filter[at] === '#') return true
    if (at >= topic.length) return false
    if (filter[at] !== '+' && filter[at] !== topic[at]) return false
  }
  return filter.length === topic.length
}

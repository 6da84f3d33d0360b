import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { FORMATS } from '../shared/contract/format.ts'
import { MetricCode } from '../shared/contract/reading.ts'
import { IocError } from '../shared/node/errors.ts'

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
    .regex(/^[+-](0\d|1[0-4]):[0-5]\d$/, 'a zone such as +07:00')
    .default('+07:00'),
  /** Further names in this vendor's words, by name: the metric's code, or null for what is to be left out. */
  metrics: z.record(z.string(), MetricCode.nullable()).default({}),
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
    if (topic.length <= LONGEST_KNOWN) this.#known.set(topic, route)
    return route
  }

  /**
   * What to subscribe to at an external broker: every filter but those of our own HTTP pushes and of what is left
   * out. A filter within another is not named: brokers may send a message once for each of them.
   */
  get filters(): string[] {
    const wanted = this.#levels.filter(
      ({ levels, route }) => route.format !== 'nothing' && levels[0] !== 'push',
    )
    return wanted
      .filter(
        (one, at) =>
          !wanted.some(
            (other, place) =>
              covers(other.levels, one.levels) && (place < at || !covers(one.levels, other.levels)),
          ),
      )
      .map(({ route }) => route.filter)
  }
}

const MOST_KNOWN = 100_000
const LONGEST_KNOWN = 200

/**
 * The levels of a topic behind those that its route's filter names at its beginning: below `zigbee2mqtt/#` the topic
 * `zigbee2mqtt/hall/air` has `hall`, `air`. Filters of another beginning thus work for every format.
 */
export function levelsBehind({ filter }: Pick<Route, 'filter'>, topic: string): string[] {
  const levels = filter.split('/')
  const wildcard = levels.findIndex((level) => level === '+' || level === '#')
  return topic.split('/').slice(wildcard === -1 ? 0 : wildcard)
}

/** What to subscribe to, as MQTT_SUBSCRIPTION says it: `$share/<group>` alone is put before every filter of the map. */
export function subscriptionsOf(map: TopicMap, setting: readonly string[] | undefined): string[] {
  if (setting === undefined) return map.filters
  const isGroup = (filter: string) => /^\$share\/[^/+#]+$/.test(filter)
  return setting.flatMap((filter) =>
    isGroup(filter) ? map.filters.map((one) => `${filter}/${one}`) : [filter],
  )
}

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

/** Whether every topic that fits one filter fits another, too. */
function covers(wide: readonly string[], narrow: readonly string[]): boolean {
  for (let at = 0; at < wide.length; at++) {
    if (wide[at] === '#') return true
    const level = narrow[at]
    if (level === undefined || level === '#') return false
    if (wide[at] !== '+' && wide[at] !== level) return false
  }
  return wide.length === narrow.length
}

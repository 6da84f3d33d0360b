import { z } from 'zod'
import type { Message } from '../message.ts'
import type { VendorName } from '../vendor.ts'
import { isObject, readJson } from './body.ts'
import { faultOf } from './decoder.ts'
import { unreadable } from './findings.ts'
import type { Reading } from './format.ts'

/** Of a node or property. Homie sets no limit; one that is said again for each property needs one. */
const Id = z.string().max(100)

/** The $description of a Homie 5 device, as far as it says how its values are to be read. */
const Description = z.object({
  homie: z.string().startsWith('5.', 'the major version 5'),
  nodes: z
    .record(
      Id,
      z.object({
        properties: z
          .record(Id, z.object({ datatype: z.string(), unit: z.string().max(50).optional() }))
          .default({}),
      }),
    )
    .default({}),
})

/** What is kept of a property. measured: a number, or true and false. other: texts, colours, choices; nothing of it is a measurement. */
const Property = z.object({ kind: z.enum(['measured', 'other']), unit: z.string().optional() })
export type HomieProperty = z.infer<typeof Property>

const MEASURED = new Set(['integer', 'float', 'boolean'])
const MOST_PROPERTIES = 500

/** Reads a $description message. */
export function readHomieDescription(message: Message, vendor: VendorName): Reading {
  const read = readJson(message)
  if ('reason' in read) return unreadable(read)
  const parsed = Description.safeParse(read.body)
  if (!parsed.success) return unreadable(faultOf(parsed.error, read.body, ''))
  const properties: [string, HomieProperty][] = []
  for (const [node, { properties: own }] of Object.entries(parsed.data.nodes)) {
    for (const [property, { datatype, unit }] of Object.entries(own)) {
      const kind = MEASURED.has(datatype) ? 'measured' : 'other'
      properties.push([`${node}/${property}`, unit ? { kind, unit } : { kind }])
    }
  }
  if (properties.length > MOST_PROPERTIES) {
    const detail = `${properties.length} properties; at most ${MOST_PROPERTIES}`
    return unreadable({ reason: 'too-large', field: 'nodes', value: properties.length, detail })
  }
  const said = { vendor, at: message.receivedAt, body: Object.fromEntries(properties) }
  return { drafts: [], faults: [], descriptions: [said] }
}

/** One property, `node/property`, in what is kept of a description; undefined: it is not there. */
export function homieProperty(body: unknown, path: string): HomieProperty | undefined {
  return Property.safeParse(isObject(body) ? body[path] : undefined).data
}

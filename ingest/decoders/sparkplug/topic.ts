import type { VendorName } from '../../vendor.ts'

/** Messages of edge nodes (N…) and of the devices behind them (D…). Eclipse Sparkplug 3.0, section 4.1. */
const OF_NODE = ['NBIRTH', 'NDATA', 'NDEATH'] as const
const OF_DEVICE = ['DBIRTH', 'DDATA', 'DDEATH'] as const
/** Messages of host applications: to edge nodes, and about themselves. */
const OF_HOST = ['NCMD', 'DCMD', 'STATE'] as const

export type Address =
  | { type: (typeof OF_HOST)[number] }
  | {
      type: (typeof OF_NODE)[number] | (typeof OF_DEVICE)[number]
      /** The edge node, `group/edge`. */
      node: VendorName
      /** Whose message it is: the edge node or a device behind it, `group/edge/device`. */
      sender: VendorName
    }

/** As in device_alias: a longer name can be registered for nobody. */
const LONGEST_NAME = 200

/** undefined: no topic of Sparkplug B. */
export function readTopic(topic: string): Address | undefined {
  const [namespace, group, type, edge, device, ...more] = topic.split('/')
  if (namespace !== 'spBv1.0') return undefined
  if (group === 'STATE') return { type: 'STATE' }
  if (!group || !edge || device === '' || more.length > 0 || topic.length > LONGEST_NAME) return undefined
  const known = (types: readonly string[]) => types.includes(type!)
  if (known(OF_HOST)) return { type: type as (typeof OF_HOST)[number] }
  if (!known(device === undefined ? OF_NODE : OF_DEVICE)) return undefined
  const node = named(`${group}/${edge}`)
  const sender = device === undefined ? node : named(`${node.name}/${device}`)
  return { type: type as (typeof OF_NODE)[number], node, sender }
}

/** Where an edge node listens for commands. @param node `group/edge` */
export function commandTopic(node: string): string {
  const [group, edge] = node.split('/')
  return `spBv1.0/${group}/NCMD/${edge}`
}

function named(name: string): VendorName {
  return { format: 'sparkplug', name }
}

import { z } from 'zod'

/**
 * Payload formats. native: protocol v1 of docs/protocol.md. The others are what devices and gateways on the market
 * send by themselves; each has a file of its own in ingest/decoders/. nothing: topics of gateways about themselves.
 */
export const FORMATS = [
  'native',
  'thingsboard',
  'thingsboard-gateway',
  'senml-json',
  'senml-cbor',
  'sparkplug',
  'chirpstack',
  'things-stack',
  'tasmota',
  'zigbee2mqtt',
  'homie',
  'ngsi-ld',
  'iota-json',
  'hanet',
  'zkteco',
  'nothing',
] as const
export const FormatName = z.enum(FORMATS)
export type FormatName = z.infer<typeof FormatName>

/** Formats in which a device has a name of its own; in the others its codes say which one it is. */
export const NAMING_FORMATS = FORMATS.filter((format) => format !== 'native' && format !== 'nothing')

/** Longest name of a device in its vendor's words, as the table device_alias has it. */
export const LONGEST_NAME = 200

/** What a name looks like, where a format says so more exactly than: some characters, none of them a control character. */
const SHAPES: Partial<Record<FormatName, { shape: RegExp; example: string }>> = {
  chirpstack: { shape: /^[0-9a-f]{16}$/, example: '24e124725c140101' },
  'things-stack': { shape: /^[a-z0-9-]{2,36}@[a-z0-9-]{2,36}$/, example: 'room-101@school-sensors' },
  homie: { shape: /^[a-z0-9-]+$/, example: 's12-r101' },
}
const ANY_NAME = /^[^\p{Cc}]+$/u

/** How a name is written so that two spellings of one device are one: a devEui in small letters. */
export function canonicalName(format: FormatName, name: string): string {
  return format === 'chirpstack' ? name.toLowerCase() : name
}

/** A name such as the format's, for a person whose name does not have its form; undefined when it has. */
export function misshapenName(format: FormatName, name: string): { example: string } | undefined {
  const { shape, example } = SHAPES[format] ?? { shape: ANY_NAME, example: 'TH01_R1' }
  return name.length <= LONGEST_NAME && shape.test(name) ? undefined : { example }
}

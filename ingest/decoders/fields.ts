import { isObject } from './body.ts'
import { isIgnored } from './quantity.ts'

/** A named value in a body. */
export interface Field {
  /** Where it stands, such as `AM2301.Temperature`. */
  path: string
  /** Its names from the most exact to the least: `AM2301.Temperature`, `Temperature`. */
  names: readonly string[]
  value: unknown
}

/** Vendors nest by sensor and by channel; what lies deeper is no measurement. */
const MOST_DEEP = 4
/** No metric has a longer name; and a long one must not be said again for each value of its group. */
const LONGEST_KEY = 100

/**
 * The values of a body, groups within groups taken apart. A value numbered by channel (`temperatureSensor.1`, as
 * Cayenne LPP has it) is called by its group. Groups that hold no measurement of ours are left out as a whole.
 */
export function fieldsOf(body: Readonly<Record<string, unknown>>, place = ''): Field[] {
  const fields: Field[] = []
  const open = (group: Readonly<Record<string, unknown>>, levels: readonly string[]) => {
    for (const [written, value] of Object.entries(group)) {
      const key = written.slice(0, LONGEST_KEY)
      const here = [...levels, key]
      const name = here.join('.')
      if (isObject(value) && here.length < MOST_DEEP) {
        if (!isIgnored(key) && !isIgnored(name)) open(value, here)
        continue
      }
      const called = /^\d+$/.test(key) && levels.length > 0 ? levels.at(-1)! : key
      fields.push({ path: `${place}${name}`, names: name === called ? [name] : [name, called], value })
    }
  }
  open(body, [])
  return fields
}

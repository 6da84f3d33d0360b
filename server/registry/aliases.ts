import {
  canonicalName,
  type FormatName,
  misshapenName,
  NAMING_FORMATS,
} from '../../shared/contract/format.ts'
import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import type { Cells } from './cells.ts'

/** A name by which a payload format calls a device. */
export interface Alias {
  format: FormatName
  name: string
}

/** Who holds each name in the registry: `school/device` by `format:name`. */
export type AliasHolders = ReadonlyMap<string, string>

const ALIASES = sql(import.meta.url, './sql/aliases.sql')

export async function readAliasHolders(database: Queryable): Promise<AliasHolders> {
  const { rows } = await database.query<{ alias: string; holder: string }>(ALIASES)
  return new Map(rows.map(({ alias, holder }) => [alias, holder]))
}

export function textOf({ format, name }: Alias): string {
  return `${format}:${name}`
}

/**
 * Reads the names of a device in its vendors' words, such as `chirpstack:24e124725c140101; tasmota:TH01_R1`. A name
 * with a semicolon in it cannot be written so.
 */
export function readAliases(cells: Cells): Alias[] | undefined {
  const aliases: Alias[] = []
  for (const part of cells.text('aliases').split(';')) {
    if (part.trim() === '') continue
    const alias = readAlias(part.trim(), cells)
    if (alias === undefined) return undefined
    if (aliases.some((other) => textOf(other) === textOf(alias))) {
      return cells.refuse(
        'aliases',
        { vi: 'tên này có hai lần trong ô', en: 'this name stands there twice' },
        textOf(alias),
      )
    }
    aliases.push(alias)
  }
  return aliases
}

function readAlias(text: string, cells: Cells): Alias | undefined {
  const [, written = '', rest = ''] = /^([^:]*):(.*)$/.exec(text) ?? []
  const format = NAMING_FORMATS.find((known) => known === written.trim().toLowerCase())
  if (format === undefined) {
    const list = NAMING_FORMATS.join(', ')
    const reason = {
      vi: `phải viết định dạng:tên, với định dạng là một trong: ${list}`,
      en: `must be written format:name, with a format of: ${list}`,
    }
    return cells.refuse('aliases', reason, text)
  }
  const name = canonicalName(format, rest.trim())
  const wrong = misshapenName(format, name)
  if (!wrong) return { format, name }
  const example = `${format}:${wrong.example}`
  const reason = {
    vi: `tên không đúng mẫu của định dạng; ví dụ ${example}`,
    en: `the name has not the form of its format; such as ${example}`,
  }
  return cells.refuse('aliases', reason, text)
}
